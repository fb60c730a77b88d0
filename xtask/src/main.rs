//! `cargo xtask`: the command line over [`xtask::tasks`].

#![expect(clippy::print_stdout, reason = "a command talks to its user")]

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::files::Files;
use xtask::{lint, operations, tasks};

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

fn main() -> Result<()> {
    let root = tasks::workspace();
    match Arguments::parse().task {
        Task::Codegen { check } => {
            finish(&tasks::codegen(&root)?, check, tasks::CODEGEN)?;
            if !check {
                println!(
                    "next: cargo test --workspace (and read each changed snapshot), cargo xtask publish"
                );
            }
        }
        Task::Publish { check } => finish(&tasks::publish(&root)?, check, tasks::PUBLISH)?,
        Task::Lint { rules: true } => {
            for rule in lint::RULES {
                println!("{:<18} {}", rule.name, rule.why);
            }
        }
        Task::Lint { rules: false } => {
            for bundle in tasks::checked_bundles(&root)? {
                let count = operations::operations(&bundle.document).len();
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

fn finish(files: &Files, check: bool, command: &str) -> Result<()> {
    let root = tasks::workspace();
    if check {
        files.check(&root, command)?;
        println!("{} generated files are up to date", files.iter().count());
        return Ok(());
    }
    let written = files.write(&root)?;
    for path in &written {
        println!("wrote {}", path.display());
    }
    println!(
        "{} files written, {} unchanged",
        written.len(),
        files.iter().count() - written.len()
    );
    Ok(())
}
