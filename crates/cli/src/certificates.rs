//! The certificates that connections are checked with, as far as a variable names them.

use std::io;
use std::path::Path;

use otcdb_core::{Error, Result, files};

/// What no file of certificates is longer than, in bytes. The usual ones have a few hundred thousand.
const MOST: u64 = 64 * 1024 * 1024;

/// The variable by which OpenSSL, and what follows its ways, is told of other certificates.
const VARIABLE: &str = "SSL_CERT_FILE";

/// Makes sure that a file of certificates is one. The library that reads it would wait for a pipe, and read a device
/// without end.
///
/// # Errors
/// It is something else, or too large. That it is not there is left to the library.
pub(crate) fn check() -> Result<()> {
    let Some(path) = std::env::var_os(VARIABLE) else {
        return Ok(());
    };
    let path = Path::new(&path);
    match files::check(path, MOST) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            let what = format!("{VARIABLE} names {}: {error}", path.display());
            Err(Error::invalid_argument(what)
                .with_hint("name a file of certificates in PEM, or leave the variable out"))
        }
        _ => Ok(()),
    }
}
