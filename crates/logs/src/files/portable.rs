//! Systems without the calls that open a folder's files by name: links are looked for before.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::{Access, Seen, no_file};

pub(super) fn create_folder(root: &Path, parts: Vec<&str>, _: u32) -> io::Result<()> {
    std::fs::create_dir_all(root)?;
    let mut folder = root.to_owned();
    for part in parts {
        folder.push(part);
        match std::fs::create_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => enter(&folder, part)?,
            made => made?,
        }
    }
    Ok(())
}

pub(super) fn open(root: &Path, parts: Vec<&str>, access: Access, _: u32) -> io::Result<File> {
    let path = path_of(root, parts)?;
    match file(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && access != Access::Read => {}
        checked => {
            checked?;
        }
    }
    let mut options = OpenOptions::new();
    options.read(true);
    match access {
        Access::Read => &mut options,
        Access::Append => options.append(true).create(true),
        Access::Update => options.write(true).create(true).truncate(false),
        Access::Replace => options.write(true).create(true).truncate(true),
    };
    options.open(path)
}

pub(super) fn look(root: &Path, parts: Vec<&str>) -> io::Result<Seen> {
    Ok(seen(&file(&path_of(root, &parts)?)?))
}

fn seen(metadata: &Metadata) -> Seen {
    let modified = metadata
        .modified()
        .ok()
        .and_then(|modified| modified.duration_since(UNIX_EPOCH).ok())
        .and_then(|age| i64::try_from(age.as_nanos()).ok());
    Seen {
        size: metadata.len(),
        modified: modified.unwrap_or_default(),
    }
}

pub(super) fn room(_: &File) -> Option<u64> {
    None
}

pub(super) fn rename(root: &Path, from: Vec<&str>, to: Vec<&str>) -> io::Result<()> {
    let (from, to) = (path_of(root, &from)?, path_of(root, &to)?);
    file(&from)?;
    match file(&to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::fs::rename(from, to)
}

pub(super) fn remove(root: &Path, parts: Vec<&str>) -> io::Result<()> {
    std::fs::remove_file(path_of(root, &parts)?)
}

pub(super) fn names(root: &Path, parts: Vec<&str>) -> io::Result<Vec<String>> {
    let mut folder = root.to_owned();
    for part in parts {
        folder.push(part);
        enter(&folder, part)?;
    }
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        names.extend(entry?.file_name().into_string());
    }
    Ok(names)
}

fn path_of(root: &Path, parts: &[&str]) -> io::Result<PathBuf> {
    let Some((name, folders)) = parts.split_last() else {
        return Err(no_file("it", "a folder"));
    };
    let mut path = root.to_owned();
    for part in folders {
        path.push(part);
        enter(&path, part)?;
    }
    Ok(path.join(name))
}

fn enter(path: &Path, part: &str) -> io::Result<()> {
    if std::fs::symlink_metadata(path)?.is_dir() {
        Ok(())
    } else {
        Err(no_file(part, "no folder"))
    }
}

fn file(path: &Path) -> io::Result<Metadata> {
    let metadata = std::fs::symlink_metadata(path)?;
    if metadata.is_file() {
        return Ok(metadata);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Err(no_file(&name, "no file, and none is followed"))
}
