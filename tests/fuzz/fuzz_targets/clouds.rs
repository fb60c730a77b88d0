//! Any texts as clouds.yaml, secure.yaml, clouds-public.yaml and the credentials file of Huawei Cloud's SDKs: an error that
//! quotes no secret, or settings whose secrets are masked.
#![no_main]

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use otcdb_core::config::{Environment, Key, Layer, Settings};
use otcdb_fuzz::MARK;

/// What stands for a password in the seeds.
const SECRET: &str = "hunter2-hunter2";

const FILES: [&str; 4] = [
    "clouds.yaml",
    "secure.yaml",
    "clouds-public.yaml",
    "/home/u/.huaweicloud/credentials",
];

fuzz_target!(|text: &str| {
    let files: HashMap<PathBuf, String> = FILES
        .iter()
        .map(PathBuf::from)
        .zip(text.split(MARK).map(str::to_owned))
        .collect();
    let read = move |path: &Path| {
        files
            .get(path)
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    };
    let environment = Environment::new([], Some(PathBuf::from("/home/u")), read);
    // A password that is not where passwords are is a name like any other.
    let is_secret =
        text.matches(SECRET).count() == text.matches(&format!("password: {SECRET}")).count();
    let quotes = |said: &str| is_secret && said.contains(SECRET);
    for cloud in [Some("c"), None] {
        let flags = Layer::new().flag(Key::Cloud, "--os-cloud", cloud);
        let settings = match Settings::discover(flags, &environment) {
            Ok(settings) => settings,
            Err(error) => {
                assert!(
                    !quotes(&format!("{error} {error:?} {:?}", error.hint())),
                    "{error}"
                );
                continue;
            }
        };
        for line in settings.report() {
            assert!(!line.key.is_secret() || line.shown == "***", "{line:?}");
            assert!(!quotes(&format!("{line:?}")), "{line:?}");
        }
        assert!(
            !quotes(&settings.notes().concat()),
            "{:?}",
            settings.notes()
        );
        let _ = (settings.region(), settings.endpoints());
        match settings.credentials() {
            Ok(credentials) => assert!(!quotes(&format!("{credentials:?}"))),
            Err(error) => assert!(
                !quotes(&format!("{error} {error:?} {:?}", error.hint())),
                "{error}"
            ),
        }
    }
});
