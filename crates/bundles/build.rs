//! Compresses `documents/*.json` and lists what there is: a service that is published is embedded.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let documents_folder = Path::new("documents");
    println!("cargo::rerun-if-changed={}", documents_folder.display());
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let mut documents = Vec::new();
    for entry in std::fs::read_dir(documents_folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            documents.push(path);
        }
    }
    documents.sort();
    let mut table = String::from("&[\n");
    for path in documents {
        let service = path.file_stem().and_then(|name| name.to_str());
        let service = service.ok_or("a published document is named after its service")?;
        let text = std::fs::read(&path)?;
        let packed = miniz_oxide::deflate::compress_to_vec_zlib(&text, 9);
        let file = out.join(format!("{service}.json.zlib"));
        std::fs::write(&file, packed)?;
        writeln!(
            table,
            "    Embedded {{ service: {service:?}, size: {}, packed: include_bytes!({file:?}) }},",
            text.len()
        )?;
    }
    table.push_str("]\n");
    std::fs::write(out.join("bundles.rs"), table)?;
    Ok(())
}
