//! Reading files that a person names, none of which may hang a program or fill its memory.
//!
//! A name of a file may turn out to be that of a pipe that nobody writes to, of a device that never ends, or of a file
//! that is larger than anything that is meant.

use std::fs::{File, FileType, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

/// What no text begins with on purpose.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The content of a regular file of at most `most` bytes.
///
/// Pipes that this process was given by its parent, such as `/dev/stdin` or what a shell writes for `<(…)`, are read too:
/// someone has them open on purpose. So is `/dev/null`, which is empty.
///
/// # Errors
/// What the system says; [`io::ErrorKind::InvalidInput`] for what is no regular file; and
/// [`io::ErrorKind::FileTooLarge`] for what is longer. The path is not in the message.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    // Before it is opened too: to open a device can mean something to it, and a socket cannot be opened.
    accept(path, &std::fs::metadata(path)?)?;
    let file = open(path)?;
    let metadata = file.metadata()?;
    accept(path, &metadata)?;
    if metadata.is_file() && metadata.len() > most {
        return Err(too_large(most));
    }
    if !metadata.is_file() {
        wait_for_data(&file)?;
    }
    bounded(file, most)
}

/// Whether [`read`] would read a file, for one that a library reads by itself.
///
/// # Errors
/// As [`read`].
pub fn check(path: &Path, most: u64) -> io::Result<()> {
    let metadata = std::fs::metadata(path)?;
    accept(path, &metadata)?;
    match metadata.len() > most {
        true => Err(too_large(most)),
        false => Ok(()),
    }
}

/// The same of text in UTF-8, without the mark of the order of bytes that some editors write before it.
///
/// # Errors
/// As [`read`], and [`io::ErrorKind::InvalidData`] for what is no UTF-8.
pub fn read_text(path: &Path, most: u64) -> io::Result<String> {
    let mut text = String::from_utf8(read(path, most)?).map_err(|_| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "it is no text in UTF-8; save it as UTF-8",
        )
    })?;
    if text.starts_with(BYTE_ORDER_MARK) {
        text.drain(..BYTE_ORDER_MARK.len_utf8());
    }
    Ok(text)
}

/// All of a stream that has at most `most` bytes. Of a longer one no more than one byte beyond is read.
///
/// # Errors
/// What the stream says, and [`io::ErrorKind::FileTooLarge`] for a longer one.
pub fn bounded(stream: impl io::Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => Err(too_large(most)),
        false => Ok(bytes),
    }
}

fn too_large(most: u64) -> io::Error {
    const MIB: u64 = 1024 * 1024;
    let bound = match most {
        MIB.. if most.is_multiple_of(MIB) => format!("{} MiB", most / MIB),
        _ => format!("{most} bytes"),
    };
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it has more than {bound}"),
    )
}

fn accept(path: &Path, metadata: &Metadata) -> io::Result<()> {
    let kind = metadata.file_type();
    let accepted = kind.is_file() || (is_pipe(kind) && is_given(path)) || is_null(path);
    if accepted {
        return Ok(());
    }
    let what = match kind {
        kind if kind.is_dir() => "a folder",
        kind if is_pipe(kind) => "a named pipe",
        kind if is_socket(kind) => "a socket",
        _ => "a device",
    };
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("it is {what}, not a regular file"),
    ))
}

/// Whether the path is that of a descriptor of this process.
fn is_given(path: &Path) -> bool {
    path == Path::new("/dev/stdin")
        || path.starts_with("/dev/fd")
        || path.starts_with("/proc/self/fd")
}

fn is_null(path: &Path) -> bool {
    cfg!(unix) && path == Path::new("/dev/null")
}

#[cfg(unix)]
fn is_pipe(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&kind)
}

#[cfg(unix)]
fn is_socket(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_socket(&kind)
}

#[cfg(not(unix))]
fn is_pipe(_: FileType) -> bool {
    false
}

#[cfg(not(unix))]
fn is_socket(_: FileType) -> bool {
    false
}

/// Opens without waiting for whoever is at the other end: what stands at the path may have changed since it was looked
/// at.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// From now on, reading waits.
#[cfg(unix)]
fn wait_for_data(file: &File) -> io::Result<()> {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    Ok(fcntl_setfl(file, fcntl_getfl(file)? - OFlags::NONBLOCK)?)
}

#[cfg(not(unix))]
fn wait_for_data(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(path: impl AsRef<Path>) -> (io::ErrorKind, String) {
        let error = read(path.as_ref(), 10).unwrap_err();
        (error.kind(), error.to_string())
    }

    fn not_a_file(what: &str) -> (io::ErrorKind, String) {
        let text = format!("it is {what}, not a regular file");
        (io::ErrorKind::InvalidInput, text)
    }

    #[test]
    fn a_file_is_read_up_to_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "0123456789").unwrap();
        assert_eq!(read(&path, 10).unwrap(), b"0123456789");
        assert_eq!(read_text(&path, 11).unwrap(), "0123456789");
        let error = read(&path, 9).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(error.to_string(), "it has more than 9 bytes");
        std::fs::write(&path, "\u{feff}a\u{feff}").unwrap();
        assert_eq!(read_text(&path, 10).unwrap(), "a\u{feff}");
        std::fs::write(&path, b"\xff").unwrap();
        assert_eq!(
            read_text(&path, 10).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
        assert_eq!(refusal(folder.path()), not_a_file("a folder"));
        assert_eq!(
            refusal(folder.path().join("none")).0,
            io::ErrorKind::NotFound
        );
    }

    /// A file that has a hole takes no space, and would take all memory.
    #[test]
    fn a_large_file_is_refused_before_it_is_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(1 << 43).unwrap();
        let error = read(file.path(), 2 * 1024 * 1024).unwrap_err();
        assert_eq!(error.to_string(), "it has more than 2 MiB");
        let error = check(file.path(), 2 * 1024 * 1024).unwrap_err();
        assert_eq!(error.to_string(), "it has more than 2 MiB");
        assert!(check(file.path(), 1 << 43).is_ok());
    }

    #[test]
    fn a_stream_that_never_ends_is_left() {
        let error = bounded(io::repeat(b'x'), 1000).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(bounded(&b"abc"[..], 3).unwrap(), b"abc");
        assert!(bounded(io::empty(), u64::MAX).unwrap().is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_named_and_nothing_waits() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert_eq!(refusal(&socket), not_a_file("a socket"));
        assert_eq!(refusal("/dev/zero"), not_a_file("a device"));
        assert_eq!(read(Path::new("/dev/null"), 10).unwrap(), b"");

        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        assert_eq!(refusal(&pipe), not_a_file("a named pipe"));
        assert!(check(&pipe, 10).is_err() && check(Path::new("/dev/null"), 10).is_ok());
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&pipe, &link).unwrap();
        assert_eq!(refusal(&link), not_a_file("a named pipe"));
        // Even when it stands there only once it is opened.
        let opened = open(&pipe).unwrap();
        assert!(accept(&pipe, &opened.metadata().unwrap()).is_err());
    }

    /// As a shell gives it for `<(…)`.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_that_was_given_is_read_to_its_end() {
        use std::io::Write as _;
        use std::os::fd::AsRawFd as _;
        let (reader, mut writer) = io::pipe().unwrap();
        let path = format!("/dev/fd/{}", reader.as_raw_fd());
        let write = std::thread::spawn(move || {
            for _ in 0..100_000 {
                writer.write_all(b"0123456789").unwrap();
            }
        });
        let text = read(Path::new(&path), 1_000_000).unwrap();
        write.join().unwrap();
        assert_eq!(text.len(), 1_000_000);
    }
}
