//! `cargo xtask`: the command line over [`xtask::tasks`].

use std::fmt;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand};
use xtask::files::Files;
use xtask::{docs, lint, release, tasks};

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
        /// Name the ids and names of responses, too, that every example has and that could be `required`.
        #[arg(long, conflicts_with = "rules")]
        suggest: bool,
    },
    /// Write the bundled description to openapi/dist.
    Publish {
        /// Change nothing; fail and show the difference if a published file is out of date.
        #[arg(long)]
        check: bool,
    },
    /// Make what is published of a version: the static program with completions, manual pages and licences as an archive with
    /// its sum, in target/dist. It checks changelog, versions and packages, and says what to publish in which order.
    Release {
        /// The platform, as rustc calls it; without it, that of this machine.
        #[arg(long, value_name = "TRIPLE")]
        target: Option<String>,
        /// Take changes that are not committed.
        #[arg(long)]
        allow_dirty: bool,
        /// Go on without a section of the version in CHANGELOG.md.
        #[arg(long)]
        allow_unreleased: bool,
        /// Do not make the packages, nor compare their API with the last release's.
        #[arg(long)]
        skip_packages: bool,
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
        /// Compare the description with the responses of a recording instead, such as `otcdb doctor --record` writes, and say
        /// what to write where.
        #[arg(long, value_name = "FILE", conflicts_with = "docs")]
        har: Option<PathBuf>,
    },
    /// Write the description of operations that have none from their pages, and their facts.
    ///
    /// What a person has to write stands as a marker, which `lint` refuses.
    Draft {
        /// Pages, or folders of pages.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// The folder below openapi/; without it, the one above `api-ref` in the path of each page.
        #[arg(long)]
        service: Option<String>,
        /// Names of operations: METHOD PATH OPERATION_ID in each line and, where several pages have one method and
        /// path, the page's id behind them. In Markdown, each row of a table with a method and path names the operation
        /// by the first name behind them, and the page by its first cell.
        #[arg(long, value_name = "FILE")]
        names: Option<PathBuf>,
        /// A host of the service, such as rds.eu-de.otc.t-systems.com; `{region}` may stand for the region. Without
        /// it, hosts come from the documentation's page of endpoints.
        #[arg(long)]
        host: Vec<String>,
        /// Whose documentation the pages are.
        #[arg(long, value_parser = PossibleValuesParser::new(docs::SOURCES), default_value = docs::SOURCES[0])]
        source: String,
        /// Draft into another workspace than this one: a folder that holds `openapi`.
        #[arg(long, value_name = "FOLDER")]
        into: Option<PathBuf>,
        /// Write nothing; say whether the drafts are sound.
        #[arg(long)]
        check: bool,
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
        /// Insert what is only new (a field, a parameter, a value, a status, an example) into the description.
        #[arg(long)]
        apply: bool,
    },
}

/// Faults are of the description and not of this program, so they are told without where in it they were found.
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nobody left to tell when this stream is closed.
            let _ = writeln!(io::stderr(), "Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let root = tasks::workspace();
    match Arguments::parse().task {
        Task::Codegen { check } => {
            finish(&tasks::codegen(&root)?, check, tasks::CODEGEN)?;
            if !check {
                say(format_args!(
                    "next: cargo test --workspace, and read each changed snapshot\n"
                ))?;
            }
        }
        Task::Publish { check } => finish(&tasks::publish(&root)?, check, tasks::PUBLISH)?,
        Task::Docs(task) => documentation(task, &root)?,
        Task::Release {
            target,
            allow_dirty,
            allow_unreleased,
            skip_packages,
        } => {
            let options = release::Options {
                target,
                allow_dirty,
                allow_unreleased,
                skip_packages,
            };
            let released = release::release(&root, &options, &mut |step| {
                let _ = writeln!(io::stderr(), "{step}");
            })?;
            say(format_args!("{released}"))?;
        }
        Task::Lint { rules: true, .. } => {
            for rule in lint::RULES {
                say(format_args!("{:<18} {}\n", rule.name, rule.why))?;
            }
        }
        Task::Lint { suggest, .. } => {
            for bundle in tasks::checked_bundles(&root)? {
                let (service, size) = (&bundle.service, lint::size(&bundle));
                let rules = lint::RULES.len();
                say(format_args!("{service}: {size} keep all {rules} rules\n"))?;
                let found = if suggest {
                    lint::could_be_required(&bundle)
                } else {
                    Vec::new()
                };
                for field in found {
                    say(format_args!(
                        "{service}: every example has {field}; it could be required\n"
                    ))?;
                }
            }
        }
    }
    Ok(())
}

/// Writes to the standard output stream. Whoever closed it, as `head` does, wants no more.
fn say(text: fmt::Arguments<'_>) -> Result<()> {
    match io::stdout().write_fmt(text) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("the standard output stream cannot be written"),
    }
}

fn documentation(task: Docs, root: &Path) -> Result<()> {
    match task {
        Docs::Import {
            paths,
            source,
            check,
        } => {
            let imported = docs::import::import(root, &paths, &source)?;
            for line in &imported.oddities {
                say(format_args!("odd: {line}\n"))?;
            }
            for line in &imported.left_out {
                say(format_args!("left out: {line}\n"))?;
            }
            if imported.others > 0 {
                say(format_args!(
                    "{} pages state no operation\n",
                    imported.others
                ))?;
            }
            finish(&imported.files, check, docs::IMPORT)?;
        }
        Docs::Check { har: Some(har), .. } => {
            let recorded = docs::recorded::check(root, &har)?;
            say(format_args!("{recorded}"))?;
            recorded.verdict()?;
        }
        Docs::Check { docs, har: None } => {
            let checked = docs::check::check(root, docs.as_deref())?;
            say(format_args!("{checked}"))?;
            checked.verdict()?;
        }
        Docs::Draft {
            paths,
            service,
            names,
            host,
            source,
            into,
            check,
        } => {
            let names = match &names {
                None => Vec::new(),
                Some(file) => {
                    let text = std::fs::read_to_string(file)
                        .with_context(|| format!("cannot read {}", file.display()))?;
                    otcdb_apidocs::draft::read_names(&text)
                        .with_context(|| file.display().to_string())?
                }
            };
            let options = docs::draft::Options {
                service,
                names,
                hosts: host,
                source,
            };
            let root = into.as_deref().unwrap_or(root);
            let drafted = docs::draft::draft(root, &paths, &options)?;
            say(format_args!("{drafted}"))?;
            if !check {
                finish_in(root, &drafted.files, false, docs::IMPORT)?;
            }
            drafted.verdict()?;
        }
        Docs::Diff {
            paths,
            source,
            apply,
        } => {
            let (before, after) = match paths.as_slice() {
                [before, after, ..] => (Some(before.as_path()), after.as_path()),
                [after] => (None, after.as_path()),
                [] => return Ok(()),
            };
            if apply {
                let applied = docs::diff::apply(root, before, after, &source)?;
                applied.files.write(root)?;
                say(format_args!("{applied}"))?;
            }
            let diff = docs::diff::diff(root, before, after, &source)?;
            say(format_args!("{}", diff.text))?;
        }
    }
    Ok(())
}

fn finish(files: &Files, check: bool, command: &str) -> Result<()> {
    finish_in(&tasks::workspace(), files, check, command)
}

fn finish_in(root: &Path, files: &Files, check: bool, command: &str) -> Result<()> {
    if check {
        files.check(root, command)?;
        say(format_args!(
            "{} generated files are up to date\n",
            files.iter().count()
        ))?;
        return Ok(());
    }
    let done = files.write(root)?;
    for path in &done.written {
        say(format_args!("wrote {}\n", path.display()))?;
    }
    for path in &done.removed {
        say(format_args!("removed {}\n", path.display()))?;
    }
    say(format_args!(
        "{} files written, {} unchanged\n",
        done.written.len(),
        files.iter().count() - done.written.len()
    ))
}
