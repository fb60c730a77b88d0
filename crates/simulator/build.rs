//! Lists `models/<service>/*.yaml` and `fixtures/<service>.yaml`: what is there is carried.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets it")?);
    let (models, fixtures) = (root.join("models"), root.join("fixtures"));
    println!("cargo::rerun-if-changed=models");
    println!("cargo::rerun-if-changed=fixtures");
    let mut table = String::from("&[\n");
    for service in sorted(&models)?.iter().filter(|path| path.is_dir()) {
        writeln!(table, "    ({:?}, &[", stem(service)?)?;
        list(service, &mut table)?;
        table.push_str("    ]),\n");
    }
    table.push_str("]\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    std::fs::write(out.join("models.rs"), table)?;
    let mut table = String::from("&[\n");
    list(&fixtures, &mut table)?;
    table.push_str("]\n");
    std::fs::write(out.join("fixtures.rs"), table)?;
    Ok(())
}

/// The YAML files of a folder, each with its name.
fn list(folder: &Path, table: &mut String) -> Result<(), Box<dyn Error>> {
    for file in sorted(folder)? {
        if file
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            writeln!(table, "    ({:?}, include_str!({file:?})),", stem(&file)?)?;
        }
    }
    Ok(())
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, std::io::Error> {
    let entries = std::fs::read_dir(folder)?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> Result<&str, String> {
    let stem = path.file_stem().and_then(|name| name.to_str());
    stem.ok_or_else(|| format!("{} has no name in UTF-8", path.display()))
}
