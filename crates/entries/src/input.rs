//! The bytes of a log, as it is or compressed, without a file that stays open.

use std::fs::File;
use std::io::{self, BufReader, Chain, Cursor, Read, Seek as _, SeekFrom};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;

/// Opens a log at its beginning, as often as it is asked to.
pub type Opener = Arc<dyn Fn() -> io::Result<File> + Send + Sync>;

/// Reads a file that is open only while it is read: there may be more logs than a process may have files open.
struct Parts {
    open: Opener,
    position: u64,
}

impl Read for Parts {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut file = (self.open)()?;
        file.seek(SeekFrom::Start(self.position))?;
        let count = file.read(into)?;
        self.position += u64::try_from(count).unwrap_or(u64::MAX);
        Ok(count)
    }
}

/// What is read of a compressed file at once.
const COMPRESSED: usize = 64 * 1024;

/// Text of a log from one position on. Compressed logs are known by their first bytes.
pub(crate) fn open(open: &Opener, from: u64) -> io::Result<Box<dyn Read + Send>> {
    let mut head = Vec::with_capacity(4);
    (open)()?.take(4).read_to_end(&mut head)?;
    let compressed = || {
        let position = u64::try_from(head.len()).unwrap_or(0);
        let rest = Parts {
            open: Arc::clone(open),
            position,
        };
        let all: Chain<Cursor<Vec<u8>>, Parts> = Cursor::new(head.clone()).chain(rest);
        BufReader::with_capacity(COMPRESSED, all)
    };
    let mut text: Box<dyn Read + Send> = match head.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(compressed())),
        [0x28, 0xb5, 0x2f, 0xfd] => Box::new(zstd::Decoder::with_buffer(compressed())?),
        _ => {
            return Ok(Box::new(Parts {
                open: Arc::clone(open),
                position: from,
            }));
        }
    };
    io::copy(&mut (&mut text).take(from), &mut io::sink())?;
    Ok(text)
}
