//! Any texts as the files of a service's folder, each behind a line with its name: diagnostics, or one document.
#![no_main]

use std::path::{Component, Path};

use libfuzzer_sys::fuzz_target;
use otcdb_fuzz::{folder, parts};
use otcdb_openapi::{Bundle, yaml};

fuzz_target!(|bytes: &[u8]| {
    let root = folder();
    for part in parts(bytes) {
        let end = part
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(part.len());
        let (name, text) = part.split_at(end);
        let Some(path) = std::str::from_utf8(name).ok().map(Path::new) else {
            continue;
        };
        // Nothing is written anywhere else.
        if !path
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
        {
            continue;
        }
        let path = root.path().join("toy").join(path);
        let is_there = path.parent().map(std::fs::create_dir_all);
        if matches!(is_there, Some(Ok(()))) {
            let _ = std::fs::write(path, text);
        }
    }
    match Bundle::load(root.path(), "toy") {
        Ok(bundle) => {
            let written = yaml::emit(&bundle.published).expect("a document is written");
            if let Ok(read) = yaml::parse(&written) {
                assert_eq!(read, bundle.published);
            }
            let _ = bundle.describe();
        }
        Err(diagnostics) => {
            assert!(!diagnostics.0.is_empty(), "it is refused without a reason");
            for diagnostic in &diagnostics.0 {
                assert!(
                    !diagnostic
                        .to_string()
                        .contains(&*root.path().to_string_lossy()),
                    "{diagnostic}"
                );
            }
        }
    }
});
