//! How the time of `cargo xtask codegen --check` grows with the operations of a service:
//! `cargo bench -p otcdb-tests --bench codegen`.
//!
//! The description is made of a real one, whose operations and schemas are taken again and again under new names. It is read,
//! judged, made into a client and published, and all of that is compared with the files that are there. What counts is processor
//! time. `--crate COUNT FOLDER`
//! writes the client of such a service into a folder instead, for those who build it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark talks to its user and fails by panicking"
)]

mod made;
mod support;

use std::path::Path;

use otcdb_openapi::Bundle;
use support::ratios::Ratios;
use support::{median, shown};
use xtask::files::Files;
use xtask::generate::{Beside, generate};
use xtask::lint::lint;
use xtask::{publish, tasks, view};

const SIZES: [usize; 4] = [10, 100, 1_000, 3_000];
const ROUNDS: usize = 3;
/// The service whose operations are taken.
const REAL: &str = "rds";
/// Rules that say something of names and words that the copies share.
const OF_COPIES: [&str; 2] = ["enum-constants", "repeated-parameter"];

fn main() {
    let real = Bundle::load(&tasks::workspace().join("openapi"), REAL).unwrap();
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|one| one == "--crate") {
        let root = tempfile::tempdir().unwrap();
        made::describe(
            &real,
            arguments[at + 1].parse().unwrap(),
            &root.path().join("openapi"),
        );
        write_crate(root.path(), Path::new(&arguments[at + 2]));
        return;
    }
    let made = SIZES.map(|size| {
        let root = tempfile::tempdir().unwrap();
        made::describe(&real, size, &root.path().join("openapi"));
        // The round that does not count.
        codegen(root.path()).write(root.path()).unwrap();
        root
    });
    let mut figures = SIZES.map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for (root, figures) in made.iter().zip(&mut figures) {
            let check = || {
                codegen(root.path())
                    .check(root.path(), tasks::CODEGEN)
                    .unwrap()
            };
            figures.push(processor(check));
        }
    }
    let medians = figures.map(median);
    let each: Vec<f64> = SIZES
        .iter()
        .zip(medians)
        .map(|(size, median)| median / *size as f64)
        .collect();
    for ((size, median), each) in SIZES.iter().zip(medians).zip(&each) {
        println!(
            "codegen --check of {size} operations: {} each, {} in all",
            shown(*each),
            shown(median)
        );
    }
    let mut ratios = Ratios::default();
    let of = format!("{} and {} for each", shown(each[3]), shown(each[1]));
    ratios.say(
        "codegen, 3000 operations beside 100",
        each[1] / each[3],
        &of,
    );
    ratios.end();
}

/// Writes the client as one of the service that its operations are taken from: the runtime knows no other.
fn write_crate(root: &Path, folder: &Path) {
    let mut files = Files::default();
    for (path, text) in codegen(root).iter() {
        let text = text.replace("otcdb_core::Service::Made", "otcdb_core::Service::Rds");
        files.add(path, text);
    }
    let written = files.write(folder).unwrap().written;
    println!("{} files", written.len());
}

/// Seconds of processor time that this thread takes for something, which does all of it.
fn processor(work: impl FnOnce()) -> f64 {
    let so_far = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
    };
    let before = so_far();
    work();
    so_far() - before
}

/// What follows from the description of the made service.
fn codegen(root: &Path) -> Files {
    let bundle = Bundle::load(&root.join("openapi"), made::SERVICE).unwrap();
    let found = lint(&bundle).err().map(|found| found.0).unwrap_or_default();
    let mut others = found.iter().filter(|one| !OF_COPIES.contains(&one.rule));
    assert!(others.next().is_none(), "{found:#?}");
    let view = view::view(&bundle.document);
    let beside = Beside {
        has_readme: false,
        has_examples: false,
    };
    let mut files = Files::default();
    let package = format!("crates/{}", made::SERVICE);
    let generated = generate(&bundle, &view, beside).unwrap();
    for (path, text) in generated.client {
        files.add(format!("{package}/{path}"), text);
    }
    files.own(format!("{package}/src"));
    files.add("dispatch.rs", generated.dispatch);
    let published = publish::Beside::read(root).unwrap();
    publish::publish(&bundle, &published, &mut files).unwrap();
    publish::own(&mut files);
    files
}
