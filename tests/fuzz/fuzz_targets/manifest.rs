//! Any bytes as the manifest of a folder, and as what stands beside it: whatever can be read of it is there when it is opened
//! again, with what was added.
#![no_main]

use libfuzzer_sys::fuzz_target;
use otcdb_fuzz::{folder, parts};
use otcdb_logs::{Folder, MANIFEST, Manifest, ManifestEntry, SPANS};

fuzz_target!(|bytes: &[u8]| {
    let parts = parts(bytes);
    let root = folder();
    let root = root.path();
    std::fs::write(root.join(MANIFEST), parts[0]).expect("a manifest");
    if let Some(spans) = parts.get(1) {
        std::fs::write(root.join(SPANS), spans).expect("its spans");
    }
    let lines = parts[0].split(|byte| *byte == b'\n');
    let mut entries: Vec<ManifestEntry> = lines.flat_map(serde_json::from_slice).collect();
    let known = |manifest: &Manifest| -> Vec<_> {
        let entries = entries.iter();
        let newest = entries.map(|one| manifest.newest(one.kind, &one.instance, &one.id));
        newest.collect()
    };
    let manifest = Manifest::open(root).expect("it is opened");
    let first = known(&manifest);
    manifest.close().expect("it is written");
    drop(manifest);

    let manifest = Manifest::open(root).expect("it is opened again");
    assert_eq!(known(&manifest), first);
    if let Some(mut added) = entries.pop() {
        added.file = manifest.claim(added.kind, &added.instance, &added.id, "rds/new.log");
        manifest.add(added.clone()).expect("it is added");
        manifest.close().expect("it is written");
        drop(manifest);
        let manifest = Manifest::open(root).expect("it is opened at last");
        let newest = manifest.newest(added.kind, &added.instance, &added.id);
        assert_eq!(newest, Some(added));
        // Half a line costs nothing any more.
        assert!(Folder::open(root).is_ok());
    }
});
