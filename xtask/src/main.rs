//! `cargo xtask`: the command line over [`xtask::tasks`].

#![expect(clippy::print_stdout, reason = "a command talks to its user")]

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand};
use otcdb_openapi::written;
use xtask::files::Files;
use xtask::{docs, lint, tasks};

/// Development tasks of otcdb.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Generate the client crates and the tests' dispatch tables from the description.
    Codegen {
        /// Change nothing; fail and show the difference if a generated file is out of date.
        #[arg(long)]
        check: bool,
    },
    /// Read documentation pages, and compare them with the description.
    #[command(subcommand)]
    Docs(Docs),
    /// Check the description against the rules of this project.
    Lint {
        /// List the rules instead.
        #[arg(long)]
        rules: bool,
    },
    /// Write the bundled description to openapi/dist.
    Publish {
        /// Change nothing; fail and show the difference if a published file is out of date.
        #[arg(long)]
        check: bool,
    },
}

#[derive(Subcommand)]
enum Docs {
    /// Read pages into the facts of the operations that name them: openapi/<service>/facts.
    Import {
        /// Pages, or folders of pages.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Whose documentation the pages are.
        #[arg(long, value_parser = PossibleValuesParser::new(docs::SOURCES), default_value = docs::SOURCES[0])]
        source: String,
        /// Change nothing; fail and show the difference if the facts are out of date.
        #[arg(long)]
        check: bool,
    },
    /// Compare the description with the committed facts of its pages.
    Check {
        /// Read the pages afresh, from FOLDER/otc/<service> and FOLDER/huaweicloud/<service>, and say how much of
        /// them is described.
        #[arg(long, value_name = "FOLDER")]
        docs: Option<PathBuf>,
    },
    /// Say what changed on pages, and what has to be done.
    Diff {
        /// A page, a file of facts, or a folder of these: before, and after. With one alone, what is committed is
        /// what was before.
        #[arg(required = true, num_args = 1..=2, value_names = ["BEFORE", "AFTER"])]
        paths: Vec<PathBuf>,
        /// Whose documentation the pages are.
        #[arg(long, value_parser = PossibleValuesParser::new(docs::SOURCES), default_value = docs::SOURCES[0])]
        source: String,
    },
}

fn main() -> Result<()> {
    let root = tasks::workspace();
    match Arguments::parse().task {
        Task::Codegen { check } => {
            finish(&tasks::codegen(&root)?, check, tasks::CODEGEN)?;
            if !check {
                println!("next: cargo test --workspace, and read each changed snapshot");
            }
        }
        Task::Publish { check } => finish(&tasks::publish(&root)?, check, tasks::PUBLISH)?,
        Task::Docs(task) => documentation(task, &root)?,
        Task::Lint { rules: true } => {
            for rule in lint::RULES {
                println!("{:<18} {}", rule.name, rule.why);
            }
        }
        Task::Lint { rules: false } => {
            for bundle in tasks::checked_bundles(&root)? {
                let count = written::operations(&bundle.document).len();
                println!(
                    "{}: {count} operations keep all {} rules",
                    bundle.service,
                    lint::RULES.len()
                );
            }
        }
    }
    Ok(())
}

fn documentation(task: Docs, root: &Path) -> Result<()> {
    match task {
        Docs::Import {
            paths,
            source,
            check,
        } => {
            let imported = docs::import::import(root, &paths, &source)?;
            for line in &imported.left_out {
                println!("left out: {line}");
            }
            if imported.others > 0 {
                println!("{} pages state no operation", imported.others);
            }
            finish(&imported.files, check, docs::IMPORT)?;
        }
        Docs::Check { docs } => {
            let checked = docs::check::check(root, docs.as_deref())?;
            print!("{checked}");
            checked.verdict()?;
        }
        Docs::Diff { paths, source } => {
            let (before, after) = match paths.as_slice() {
                [before, after, ..] => (Some(before.as_path()), after.as_path()),
                [after] => (None, after.as_path()),
                [] => return Ok(()),
            };
            print!("{}", docs::diff::diff(root, before, after, &source)?.text);
        }
    }
    Ok(())
}

fn finish(files: &Files, check: bool, command: &str) -> Result<()> {
    let root = tasks::workspace();
    if check {
        files.check(&root, command)?;
        println!("{} generated files are up to date", files.iter().count());
        return Ok(());
    }
    let done = files.write(&root)?;
    for path in &done.written {
        println!("wrote {}", path.display());
    }
    for path in &done.removed {
        println!("removed {}", path.display());
    }
    println!(
        "{} files written, {} unchanged",
        done.written.len(),
        files.iter().count() - done.written.len()
    );
    Ok(())
}
