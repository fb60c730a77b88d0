//! Reads all pages of a folder and prints counts, refusals and findings.
//!
//! `cargo run --release --example survey -- FOLDER [--findings]`

#![expect(clippy::print_stdout, reason = "an example talks to its user")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use otcdb_apidocs::{Facts, Field, Hint, Stated, read};

#[derive(Default)]
struct Counts {
    pages: usize,
    operations: BTreeSet<String>,
    parameters: usize,
    body_root: usize,
    body_nested: BTreeSet<(usize, u32)>,
    response_fields: BTreeSet<(usize, u32)>,
    schemas: BTreeSet<(usize, u32)>,
    shared: usize,
    request_json: usize,
    response_json: usize,
    error_tables: usize,
    repaired: usize,
    untyped: BTreeSet<(usize, u32)>,
    untyped_pages: BTreeSet<usize>,
    findings: BTreeMap<&'static str, usize>,
    types: BTreeMap<String, usize>,
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        out.push(folder.to_owned());
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else {
            out.push(path);
        }
    }
    out.sort();
}

fn walk(
    fields: &[Field],
    page: usize,
    nested: bool,
    rows: &mut BTreeSet<(usize, u32)>,
    c: &mut Counts,
) {
    if nested && let Some(first) = fields.first() {
        c.schemas.insert((page, first.line));
    }
    for field in fields {
        rows.insert((page, field.line));
        match field.type_word.value() {
            Some(word) => *c.types.entry(word.clone()).or_default() += 1,
            None if !field.type_word.is_missing() => {}
            None => {
                c.untyped.insert((page, field.line));
                c.untyped_pages.insert(page);
            }
        }
        walk(&field.fields, page, true, rows, c);
    }
}

fn count(facts: &Facts, page: usize, c: &mut Counts) {
    c.pages += 1;
    if let Some(op) = facts.operation.value() {
        c.operations.insert(format!("{} {}", op.method, op.path));
    }
    c.parameters += facts.parameters.items.len();
    let mut rows = BTreeSet::new();
    walk(&facts.parameters.items, page, false, &mut rows, c);
    let mut body = BTreeSet::new();
    for form in &facts.request.forms {
        c.body_root += form.fields.len();
        walk(&form.fields, page, false, &mut body, c);
    }
    let roots: BTreeSet<(usize, u32)> = facts
        .request
        .forms
        .iter()
        .flat_map(|f| &f.fields)
        .map(|f| (page, f.line))
        .collect();
    c.body_nested.extend(body.difference(&roots));
    let request = body;
    for response in &facts.responses {
        let success = response
            .status
            .value()
            .is_none_or(|s| (200..300).contains(s));
        let mut rows = BTreeSet::new();
        for form in &response.body.forms {
            walk(&form.fields, page, false, &mut rows, c);
            if !success {
                c.error_tables += 1;
            }
        }
        if success {
            // A response may lead to a table of the request.
            c.shared += rows.iter().filter(|r| request.contains(*r)).count();
            c.response_fields.extend(rows);
        }
    }
    let json = |b: Option<&otcdb_apidocs::Payload>| b.is_some();
    for example in &facts.request_examples {
        c.request_json += usize::from(json(example.body.as_ref()));
        c.repaired += example
            .body
            .as_ref()
            .map_or(0, |b| usize::from(!b.repairs.is_empty()));
    }
    for example in &facts.response_examples {
        c.response_json += usize::from(json(example.body.as_ref()));
        c.repaired += example
            .body
            .as_ref()
            .map_or(0, |b| usize::from(!b.repairs.is_empty()));
    }
}

fn documented(prefix: &str, fields: &[Field]) {
    for field in fields {
        let name = format!("{prefix}{}", field.name);
        if !field.values.is_empty() || !field.limits.is_empty() || !field.default.is_missing() {
            println!(
                "  {name}: values {:?} limits {:?} default {:?}",
                field.values,
                field
                    .limits
                    .iter()
                    .map(|l| (&l.min, &l.max))
                    .collect::<Vec<_>>(),
                field.default
            );
        }
        documented(&format!("{name}."), &field.fields);
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| ".".to_owned()));
    let options: Vec<String> = arguments.collect();
    let verbose = options.iter().any(|a| a == "--findings");
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    let pages: Vec<(PathBuf, Vec<u8>)> = paths
        .into_iter()
        .filter(|p| {
            p.file_name()
                .is_some_and(|n| n != "index.rst" && n != "LICENSE" && n != "README.md")
        })
        .filter_map(|p| std::fs::read(&p).ok().map(|b| (p, b)))
        .collect();
    let started = std::time::Instant::now();
    let readings: Vec<_> = pages
        .iter()
        .map(|(path, bytes)| (path, read(bytes, &Hint::default())))
        .collect();
    let took = started.elapsed();
    let mut c = Counts::default();
    for (index, (path, reading)) in readings.iter().enumerate() {
        match reading {
            Ok(reading) => {
                count(&reading.facts, index, &mut c);
                if options.iter().any(|a| a == "--documented") {
                    println!("{}", path.display());
                    documented("", &reading.facts.parameters.items);
                    for form in &reading.facts.request.forms {
                        documented("request ", &form.fields);
                    }
                    for response in &reading.facts.responses {
                        for form in &response.body.forms {
                            documented("response ", &form.fields);
                        }
                    }
                }
                for finding in &reading.findings {
                    *c.findings.entry(finding.kind.as_str()).or_default() += 1;
                    if verbose {
                        println!("{}: {finding}", path.display());
                    }
                }
                if matches!(reading.facts.operation, Stated::Missing) {
                    println!("{}: no operation stated", path.display());
                }
            }
            Err(refusal) => println!("{}: {refusal}", path.display()),
        }
    }
    println!("files {}, read {} in {took:?}", pages.len(), c.pages);
    println!("operations {}", c.operations.len());
    println!(
        "parameters {} (and {} top-level body fields, together {}), nested request fields {}",
        c.parameters,
        c.body_root,
        c.parameters + c.body_root,
        c.body_nested.len()
    );
    println!(
        "response fields (2xx) {}, of them in tables of the request {}",
        c.response_fields.len(),
        c.shared
    );
    println!("nested schemas {}", c.schemas.len());
    println!(
        "JSON examples: requests {}, responses {}, repaired {}",
        c.request_json, c.response_json, c.repaired
    );
    println!("error tables {}", c.error_tables);
    println!(
        "fields without type {} on {} pages",
        c.untyped.len(),
        c.untyped_pages.len()
    );
    for (kind, number) in &c.findings {
        println!("finding {kind}: {number}");
    }
    if options.iter().any(|a| a == "--types") {
        for (word, number) in &c.types {
            println!("type {word}: {number} {:?}", otcdb_apidocs::shape(word));
        }
    }
}
