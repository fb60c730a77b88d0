//! The program of a release, and what is read beside it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::archive::Entry;
use super::{output, run};

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// What comes with it from the repository: where it is, and its name in the archive.
const PAPERS: [(&str, &str); 7] = [
    ("README.md", "README.md"),
    ("CHANGELOG.md", "CHANGELOG.md"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    (
        "crates/simulator/assets/swagger-ui/LICENSE",
        "swagger-ui/LICENSE",
    ),
    (
        "crates/simulator/assets/swagger-ui/NOTICE",
        "swagger-ui/NOTICE",
    ),
    (
        "crates/simulator/assets/swagger-ui/swagger-ui-bundle.js.LICENSE.txt",
        "swagger-ui/swagger-ui-bundle.js.LICENSE.txt",
    ),
];

/// The platform for which rustc brings its own linker, so that there it is known what the linker can do.
const LINKED_BY_LLD: &str = "x86_64-unknown-linux-gnu";

/// Ways to compress of levels that nothing here asks for: all but those of the first three.
const UNUSED_BY_ZSTD: [&str; 6] = ["GREEDY", "LAZY", "LAZY2", "BTLAZY2", "BTOPT", "BTULTRA"];

/// Whether a platform has no libraries that every program has to be linked with.
pub(super) fn is_to_be_static(target: &str) -> bool {
    target.contains("-linux-")
}

/// Builds the program as it is published, and says where it is.
pub(super) fn build(root: &Path, target: &str) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args([
        "build",
        "--locked",
        "--profile=dist",
        "--package=otcdb-cli",
        "--bin=otcdb",
    ]);
    cargo.args(["--target", target]);
    // It tells no paths of the machine that built it, and has the same bytes on another.
    let mut flags = vec![format!("--remap-path-prefix={}=/otcdb", root.display())];
    if let Some(home) = cargo_home() {
        flags.push(format!("--remap-path-prefix={}=/cargo", home.display()));
    }
    if is_to_be_static(target) {
        cargo.arg("--features=dns");
        flags.push("-Ctarget-feature=+crt-static".to_owned());
    }
    if target == LINKED_BY_LLD {
        // A static program moves itself, by tens of thousands of relocations that have a short form; and many generic
        // functions come out alike.
        for argument in ["-z,pack-relative-relocs", "--icf=all"] {
            flags.push(format!("-Clink-arg=-Wl,{argument}"));
        }
    }
    let name = format!("CFLAGS_{}", target.replace('-', "_"));
    let given = std::env::var(&name).or_else(|_| std::env::var("CFLAGS"));
    let excluded = UNUSED_BY_ZSTD.map(|one| format!("-DZSTD_EXCLUDE_{one}_BLOCK_COMPRESSOR"));
    let excluded = excluded.join(" ");
    cargo.env(name, format!("{} {excluded}", given.unwrap_or_default()));
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    cargo.env("CARGO_INCREMENTAL", "0");
    let folder = root.join("target");
    cargo.arg("--target-dir").arg(&folder);
    run(root, cargo)?;
    let suffix = if target.contains("windows") {
        ".exe"
    } else {
        ""
    };
    Ok(folder
        .join(target)
        .join("dist")
        .join(format!("otcdb{suffix}")))
}

/// Builds a program that runs on this machine.
pub(super) fn build_here(root: &Path) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args([
        "build",
        "--locked",
        "--package=otcdb-cli",
        "--bin=otcdb",
        "--target-dir=target",
    ]);
    run(root, cargo)?;
    Ok(root.join("target/debug/otcdb"))
}

fn cargo_home() -> Option<PathBuf> {
    let home = || Some(std::env::home_dir()?.join(".cargo"));
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(home)
}

pub(super) fn papers(root: &Path) -> Result<Vec<Entry>> {
    let read = |(from, to): (&str, &str)| {
        let content =
            std::fs::read(root.join(from)).with_context(|| format!("cannot read {from}"))?;
        Ok(Entry::text(to.to_owned(), content))
    };
    PAPERS.into_iter().map(read).collect()
}

/// Completions and manual pages, as the program writes them.
pub(super) fn of_program(program: &Path) -> Result<Vec<Entry>> {
    let folder = program.parent().unwrap_or(program);
    // Completions call the program as it was called: by its name alone, it is to be found in PATH.
    let otcdb = || {
        let mut command = Command::new("otcdb");
        command.env_clear().env("PATH", folder);
        command
    };
    let mut entries = Vec::new();
    for shell in SHELLS {
        let text = output(otcdb().args(["completions", shell]))?;
        let name = match shell {
            "bash" => "otcdb.bash",
            "elvish" => "otcdb.elv",
            "fish" => "otcdb.fish",
            "powershell" => "otcdb.ps1",
            _ => "_otcdb",
        };
        entries.push(Entry::text(format!("completions/{name}"), text));
    }
    let pages = tempfile::tempdir()?;
    output(otcdb().args(["man", "--out"]).arg(pages.path()))?;
    for page in std::fs::read_dir(pages.path())? {
        let page = page?;
        let name = page.file_name().to_string_lossy().into_owned();
        entries.push(Entry::text(
            format!("man/man1/{name}"),
            std::fs::read(page.path())?,
        ));
    }
    Ok(entries)
}
