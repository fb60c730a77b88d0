//! Lists `models/<service>/*.yaml`: a model that is there is carried.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let models =
        Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets it")?).join("models");
    println!("cargo::rerun-if-changed=models");
    let mut table = String::from("&[\n");
    for service in sorted(&models)?.iter().filter(|path| path.is_dir()) {
        writeln!(table, "    ({:?}, &[", stem(service)?)?;
        for file in sorted(service)? {
            let is_model = file
                .extension()
                .is_some_and(|extension| extension == "yaml");
            if is_model {
                writeln!(
                    table,
                    "        ({:?}, include_str!({file:?})),",
                    stem(&file)?
                )?;
            }
        }
        table.push_str("    ]),\n");
    }
    table.push_str("]\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    std::fs::write(out.join("models.rs"), table)?;
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
