//! Folder by folder from the output folder down, each opened without following a link, so that nobody can exchange one
//! meanwhile.

use std::fs::{File, Permissions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Mode, OFlags, fstat, mkdirat, openat, renameat, statat, unlinkat,
};
use rustix::io::Errno;

use super::{Access, Seen, no_file};

const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);

pub(super) fn create_folder(root: &Path, parts: Vec<&str>, mode: u32) -> io::Result<()> {
    let mut folder = match openat(CWD, root, FOLDER, Mode::empty()) {
        Err(Errno::NOENT) => {
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(mode)
                .create(root)?;
            let folder = openat(CWD, root, FOLDER, Mode::empty())?;
            widen(File::from(folder.try_clone()?), mode);
            folder
        }
        folder => folder?,
    };
    for part in parts {
        match mkdirat(&folder, part, Mode::from_raw_mode(mode)) {
            Ok(()) => {
                folder = enter(&folder, part)?;
                widen(File::from(folder.try_clone()?), mode);
            }
            Err(Errno::EXIST) => folder = enter(&folder, part)?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

pub(super) fn open(root: &Path, parts: &[&str], access: Access, mode: u32) -> io::Result<File> {
    let (folder, name) = folder_of(root, parts)?;
    // Before it is opened: with a device, opening alone may do something.
    match kind(&folder, name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && access != Access::Read => {}
        checked => checked?,
    }
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let flags = flags
        | match access {
            Access::Read => OFlags::RDONLY,
            Access::Append => OFlags::RDWR | OFlags::APPEND,
            // Emptied only when it is known to be a file.
            Access::Update | Access::Replace => OFlags::RDWR,
        };
    let again = |flags| openat(&folder, name, flags, Mode::from_raw_mode(mode));
    let (file, made) = match again(flags) {
        Err(Errno::NOENT) if access != Access::Read => {
            match again(flags | OFlags::CREATE | OFlags::EXCL) {
                // Someone else was quicker.
                Err(Errno::EXIST) => (again(flags)?, false),
                file => (file?, true),
            }
        }
        Err(Errno::LOOP) => return Err(no_file(name, LINK)),
        file => (file?, false),
    };
    what(name, FileType::from_raw_mode(fstat(&file)?.st_mode))?;
    let file = File::from(file);
    if access == Access::Replace {
        file.set_len(0)?;
    }
    if made || matches!(access, Access::Update | Access::Replace) {
        exactly(&file, mode);
    }
    Ok(file)
}

pub(super) fn look(root: &Path, parts: Vec<&str>) -> io::Result<Seen> {
    let (folder, name) = folder_of(root, &parts)?;
    let stat = statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    what(name, FileType::from_raw_mode(stat.st_mode))?;
    Ok(seen(&stat))
}

// The types of the fields differ between systems.
#[allow(clippy::useless_conversion, clippy::unnecessary_cast)]
fn seen(stat: &rustix::fs::Stat) -> Seen {
    Seen {
        size: u64::try_from(stat.st_size).unwrap_or_default(),
        modified: (stat.st_mtime as i64)
            .saturating_mul(1_000_000_000)
            .saturating_add(stat.st_mtime_nsec as i64),
    }
}

pub(super) fn room(file: &File) -> Option<u64> {
    let about = rustix::fs::fstatvfs(file).ok()?;
    // A file system that does not count says that it has nothing.
    (about.f_blocks > 0).then(|| about.f_bavail.saturating_mul(about.f_frsize))
}

pub(super) fn rename(root: &Path, from: Vec<&str>, to: Vec<&str>) -> io::Result<()> {
    let (old, from) = folder_of(root, &from)?;
    let (new, to) = folder_of(root, &to)?;
    kind(&old, from)?;
    match kind(&new, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    Ok(renameat(&old, from, &new, to)?)
}

pub(super) fn remove(root: &Path, parts: Vec<&str>) -> io::Result<()> {
    let (folder, name) = folder_of(root, &parts)?;
    Ok(unlinkat(&folder, name, AtFlags::empty())?)
}

pub(super) fn names(root: &Path, parts: Vec<&str>) -> io::Result<Vec<String>> {
    let mut folder = openat(CWD, root, FOLDER, Mode::empty())?;
    for part in parts {
        folder = enter(&folder, part)?;
    }
    let mut names = Vec::new();
    for entry in Dir::new(folder)? {
        if let Ok(name) = entry?.file_name().to_str()
            && name != "."
            && name != ".."
        {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// The folder of a file, opened, and the file's name in it.
fn folder_of<'a>(root: &Path, parts: &[&'a str]) -> io::Result<(OwnedFd, &'a str)> {
    let Some((name, folders)) = parts.split_last() else {
        return Err(no_file("it", "a folder"));
    };
    let mut folder = openat(CWD, root, FOLDER, Mode::empty())?;
    for part in folders {
        folder = enter(&folder, part)?;
    }
    Ok((folder, name))
}

fn enter(folder: &OwnedFd, part: &str) -> io::Result<OwnedFd> {
    match openat(folder, part, FOLDER | OFlags::NOFOLLOW, Mode::empty()) {
        // Systems differ in which of the two a link gives.
        Err(error @ (Errno::NOTDIR | Errno::LOOP)) => {
            let stat = statat(folder, part, AtFlags::SYMLINK_NOFOLLOW)?;
            Err(match FileType::from_raw_mode(stat.st_mode) {
                FileType::Symlink => no_file(part, LINK),
                FileType::Directory => error.into(),
                _ => no_file(part, "no folder"),
            })
        }
        entered => Ok(entered?),
    }
}

const LINK: &str = "a symbolic link, and none is followed below the output folder";

fn kind(folder: &OwnedFd, name: &str) -> io::Result<()> {
    let stat = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    what(name, FileType::from_raw_mode(stat.st_mode))
}

fn what(name: &str, kind: FileType) -> io::Result<()> {
    Err(no_file(
        name,
        match kind {
            FileType::RegularFile => return Ok(()),
            FileType::Symlink => LINK,
            FileType::Directory => "a folder",
            FileType::Fifo => "a FIFO, and no file",
            FileType::Socket => "a socket, and no file",
            _ => "a device, and no file",
        },
    ))
}

/// Gives back what the process's mask took: who chose a mode has said more than the mask. A file system without modes
/// keeps what it has.
fn widen(folder: File, mode: u32) {
    if let Ok(metadata) = folder.metadata() {
        let before = metadata.permissions().mode();
        if before & 0o777 != mode {
            // A folder may pass its group on to what is made in it.
            let _ = folder.set_permissions(Permissions::from_mode(before & 0o7000 | mode));
        }
    }
}

fn exactly(file: &File, mode: u32) {
    if let Ok(metadata) = file.metadata()
        && metadata.permissions().mode() & 0o777 != mode
    {
        let _ = file.set_permissions(Permissions::from_mode(mode));
    }
}
