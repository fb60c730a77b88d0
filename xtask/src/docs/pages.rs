//! Pages on disk.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use otcdb_apidocs::{
    Facts, Finding, Hint, MAX_PAGE_BYTES, Permissions, ReadError, Reason, contradictions,
    permissions, read,
};

/// Endings of the forms in which pages come. A file that is named on its own may have any.
const ENDINGS: [&str; 5] = ["htm", "html", "md", "rst", "txt"];
/// Files of a documentation folder that are no page.
const NO_PAGES: [&str; 3] = ["index.rst", "license.txt", "readme.md"];

/// A page that was read.
pub(super) struct Page {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
    pub(super) facts: Facts,
    /// What was odd while it was read, and stands in no facts.
    pub(super) oddities: Vec<Finding>,
}

/// What came of reading files and folders.
#[derive(Default)]
pub(super) struct Pages {
    pub(super) read: Vec<Page>,
    /// Pages that say which rights operations need.
    pub(super) permissions: Vec<(PathBuf, Permissions)>,
    /// Pages that state no operation, such as a list of error codes.
    pub(super) others: usize,
    /// Pages that could not be read.
    pub(super) refused: Vec<(PathBuf, ReadError)>,
}

impl Pages {
    /// What was odd about the pages that were read, a line for each.
    pub(super) fn oddities(&self) -> Vec<String> {
        let of = |page: &Page| {
            let path = page.path.display().to_string();
            let lines = page.oddities.iter();
            lines
                .map(|found| format!("{path}: {found}"))
                .collect::<Vec<_>>()
        };
        self.read.iter().flat_map(of).collect()
    }

    /// Fails if a page was refused.
    pub(super) fn whole(self) -> Result<Self> {
        let list: Vec<String> = self
            .refused
            .iter()
            .map(|(path, refusal)| format!("{}: {refusal}", path.display()))
            .collect();
        ensure!(
            list.is_empty(),
            "{}\nnothing was written; mend the pages, or leave them out",
            list.join("\n")
        );
        Ok(self)
    }
}

/// Reads pages in the order of their paths. In a folder, one that states no operation is passed by.
///
/// # Errors
/// A path that is not there or cannot be read.
pub(super) fn load(paths: &[PathBuf], source: &str) -> Result<Pages> {
    let hint = Hint::of(source);
    let mut pages = Pages::default();
    for path in paths {
        let named = !path.is_dir();
        for file in files(path)? {
            let bytes = bytes(&file)?;
            match read(&bytes, &hint) {
                // Text of any kind can be read; this one tells of no operation.
                Ok(reading) if !named && tells_nothing(&reading.facts) => pages.others += 1,
                Ok(reading) => pages.read.push(Page {
                    path: file,
                    bytes,
                    oddities: oddities(&reading.facts, reading.findings),
                    facts: reading.facts,
                }),
                Err(refusal) if refusal.reason == Reason::NoOperation => {
                    match permissions(&bytes, &hint) {
                        Ok(Some(found)) => pages.permissions.push((file, found)),
                        Ok(None) if !named => pages.others += 1,
                        Ok(None) => pages.refused.push((file, refusal)),
                        Err(refusal) => pages.refused.push((file, refusal)),
                    }
                }
                Err(refusal) => pages.refused.push((file, refusal)),
            }
        }
    }
    Ok(pages)
}

/// Findings that the facts do not tell again, such as a character in a name that nobody sees.
fn oddities(facts: &Facts, mut findings: Vec<Finding>) -> Vec<Finding> {
    let told = contradictions(facts);
    findings.retain(|one| !told.iter().any(|told| told.kind == one.kind));
    findings
}

fn tells_nothing(facts: &Facts) -> bool {
    facts.operation.is_missing() && facts.request_examples.is_empty()
}

/// The bytes of a file, one more at most than a page may have.
pub(super) fn bytes(file: &Path) -> Result<Vec<u8>> {
    use std::io::Read as _;
    regular(file)?;
    let context = || format!("cannot read {}", file.display());
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .with_context(context)?
        .take(MAX_PAGE_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .with_context(context)?;
    Ok(bytes)
}

/// Makes sure that a file is one: to open a pipe that nobody writes to would not return, and a device may have no end.
///
/// # Errors
/// It is not there, or is something else.
pub(super) fn regular(file: &Path) -> Result<()> {
    let metadata =
        std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?;
    ensure!(
        metadata.is_file(),
        "{} is no regular file; name a file or a folder of files",
        file.display()
    );
    Ok(())
}

/// A file by itself, or the pages in a folder and below it, sorted.
///
/// # Errors
/// A path that is not there or cannot be read.
pub(super) fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![path.to_owned()];
    if !path.is_dir() {
        regular(path)?;
        return Ok(vec![path.to_owned()]);
    }
    while let Some(folder) = folders.pop() {
        let context = || format!("cannot read {}", folder.display());
        for entry in std::fs::read_dir(&folder).with_context(context)? {
            let entry = entry.with_context(context)?;
            let path = entry.path();
            // The type of the entry itself: a link to a folder above would never end.
            if entry.file_type().with_context(context)?.is_dir() {
                folders.push(path);
            } else if is_page(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_page(path: &Path) -> bool {
    let lower = |text: Option<&std::ffi::OsStr>| {
        text.map(|t| t.to_string_lossy().to_lowercase())
            .unwrap_or_default()
    };
    ENDINGS.contains(&lower(path.extension()).as_str())
        && !NO_PAGES.contains(&lower(path.file_name()).as_str())
}
