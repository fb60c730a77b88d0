//! Making what is published of a version: the program with its papers in an archive, and a list of what to do with it.

mod archive;
mod checks;
mod documents;
mod elf;
mod notices;
mod order;
mod workspace;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

pub use archive::{Archive, Entry};
pub use checks::{Changes, changes};
pub use order::order;

use workspace::Workspace;

/// What the program is not larger than, in bytes.
const LARGEST: u64 = 15_000_000;

/// What to make, and what may be as it should not be.
#[derive(Debug, Default)]
pub struct Options {
    /// The platform, as rustc calls it; that of this machine if it is not given.
    pub target: Option<String>,
    /// Changes that are not committed are in it.
    pub allow_dirty: bool,
    /// CHANGELOG has no section of the version yet.
    pub allow_unreleased: bool,
    /// Packages are not made, and not compared with those of the last release.
    pub skip_packages: bool,
}

/// What was made.
#[derive(Debug)]
pub struct Release {
    version: String,
    archive: PathBuf,
    sums: PathBuf,
    size: u64,
    is_static: bool,
    changes: Changes,
    packages: Vec<String>,
}

/// Checks, builds and packs. `say` is told what is being done.
///
/// # Errors
/// Something is not as it has to be for a release, or a command fails.
pub fn release(root: &Path, options: &Options, say: &mut dyn FnMut(&str)) -> Result<Release> {
    let workspace = Workspace::read(root)?;
    let version = workspace.version()?;
    let host = host()?;
    let target = options.target.as_deref().unwrap_or(&host);
    say("checking what is released");
    if !options.allow_dirty {
        checks::is_committed(root)?;
    }
    let changes = changes(&root.join("CHANGELOG.md"), &version)?;
    if changes == Changes::Unreleased && !options.allow_unreleased {
        bail!(
            "CHANGELOG.md has no section of {version}; rename \"## Unreleased\" to \"## {version} - YYYY-MM-DD\", or pass \
             --allow-unreleased to try this out"
        );
    }
    let packages = order(&workspace.published())?;
    if !options.skip_packages {
        say("making the packages: .ci/packages.sh");
        run(root, Command::new(".ci/packages.sh"))?;
        say("comparing their API with that of the last release: .ci/semver.sh");
        checks::api(root)?;
    }

    say(&format!(
        "building the program for {target}: the profile dist, some minutes"
    ));
    let program = documents::build(root, target)?;
    let bytes =
        std::fs::read(&program).with_context(|| format!("cannot read {}", program.display()))?;
    let size = bytes.len() as u64;
    let is_static = elf::is_static(&bytes);
    if documents::is_to_be_static(target) {
        ensure!(
            is_static,
            "the program for {target} asks for a loader, so that it is not static"
        );
        ensure!(
            size <= LARGEST,
            "the program has {size} bytes, and may have {LARGEST}; find what has grown, or raise the bound in xtask/src/release"
        );
    }

    say("writing completions, manual pages and notices");
    let here = if target == host {
        program
    } else {
        documents::build_here(root)?
    };
    let name = format!("otcdb-{version}-{target}");
    let mut archive = Archive::new(&name, checks::committed_at(root)?);
    let suffix = if target.contains("windows") {
        ".exe"
    } else {
        ""
    };
    archive.add(Entry::program(format!("otcdb{suffix}"), bytes));
    for entry in documents::papers(root)? {
        archive.add(entry);
    }
    for entry in documents::of_program(&here)? {
        archive.add(entry);
    }
    let notices = notices::of_dependencies(root, &workspace, target)?;
    archive.add(Entry::text("THIRD-PARTY.txt".to_owned(), notices));

    let folder = workspace.target().join("dist");
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    let file = folder.join(format!("{name}.tar.gz"));
    archive.write(&file)?;
    let sums = archive::sums(&folder)?;
    Ok(Release {
        version,
        archive: file,
        sums,
        size,
        is_static,
        changes,
        packages,
    })
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            version,
            archive,
            sums,
            size,
            ..
        } = self;
        let linked = if self.is_static {
            "static"
        } else {
            "linked dynamically"
        };
        writeln!(f, "{}", archive.display())?;
        writeln!(f, "{}", sums.display())?;
        writeln!(f, "the program: {:.1} MB, {linked}", *size as f64 / 1e6)?;
        if self.changes == Changes::Unreleased {
            writeln!(
                f,
                "not to be published: CHANGELOG.md has no section of {version}"
            )?;
        }
        writeln!(f, "\nto publish, in this order:")?;
        writeln!(
            f,
            "1. the tag: git tag --sign v{version} && git push origin v{version}"
        )?;
        writeln!(f, "2. the packages: cargo publish --workspace, which is")?;
        for package in &self.packages {
            writeln!(f, "     {package}")?;
        }
        writeln!(
            f,
            "3. beside the tag, the archives of all platforms with SHA256SUMS"
        )?;
        writeln!(
            f,
            "4. what the next is compared with: .ci/semver.sh --baseline and .ci/description/check.py --baseline"
        )
    }
}

/// The platform of this machine.
fn host() -> Result<String> {
    let told = output(Command::new("rustc").arg("-vV"))?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc -vV names no host")?.to_owned())
}

fn run(root: &Path, mut command: Command) -> Result<()> {
    let status = command.current_dir(root).status();
    let status = status.with_context(|| format!("cannot run {command:?}"))?;
    ensure!(status.success(), "{command:?} failed: {status}");
    Ok(())
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output();
    let output = output.with_context(|| format!("cannot run {command:?}"))?;
    ensure!(
        output.status.success(),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    String::from_utf8(output.stdout).with_context(|| format!("{command:?} wrote no text"))
}
