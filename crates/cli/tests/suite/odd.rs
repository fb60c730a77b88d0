//! Files, streams and surroundings that are not what they should be.
#![cfg(unix)]

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::support::{Cloud, Ran, files, otcdb, run};

/// A folder with what may be named in place of a file, and no file that is meant.
struct Odd(tempfile::TempDir);

impl Odd {
    fn new() -> Self {
        let odd = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(odd.path("folder")).unwrap();
        let large = std::fs::File::create(odd.path("large")).unwrap();
        large.set_len(1 << 43).unwrap();
        std::fs::write(
            odd.path("entry.yaml"),
            "clouds:\n  c:\n    region_name: eu-de\n",
        )
        .unwrap();
        let made = Command::new("mkfifo").arg(odd.path("pipe")).status();
        assert!(made.unwrap().success());
        odd
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Each with what is said of it.
    fn all(&self) -> Vec<(PathBuf, &str)> {
        vec![
            (self.path("pipe"), "a named pipe"),
            (self.path("folder"), "a folder"),
            (self.path("large"), "more than"),
            (PathBuf::from("/dev/zero"), "a device"),
        ]
    }
}

fn assert_refused(ran: &Ran, path: &std::path::Path, what: &str) {
    let path = path.to_str().unwrap();
    assert_eq!(ran.code, 2, "{path}: {ran:?}");
    assert!(
        ran.err.contains(path) && ran.err.contains(what) && !ran.err.contains("panicked"),
        "{path}: {ran:?}"
    );
}

#[test]
fn what_is_no_file_is_neither_waited_for_nor_read_without_end() {
    let cloud = Cloud::new();
    let odd = Odd::new();
    for (path, what) in odd.all() {
        let mut at = OsString::from("@");
        at.push(&path);
        for arguments in [
            &["api", "POST", "/v2/{project_id}/instances", "--body"][..],
            &["dcs", "create-instance", "--body"],
        ] {
            let ran = run(cloud.otcdb(arguments.iter().copied()).arg(&at));
            assert_refused(&ran, &path, what);
        }
        for flag in [
            "--token-file",
            "--password-file",
            "--access-key-file",
            "--secret-key-file",
        ] {
            assert_refused(&run(otcdb(["auth", "check", flag]).arg(&path)), &path, what);
        }
        for (variable, cloud) in [
            ("OS_CLIENT_CONFIG_FILE", "c"),
            ("OS_CLIENT_SECURE_FILE", "c"),
            ("HUAWEICLOUD_SDK_CREDENTIALS_FILE", ""),
        ] {
            let mut command = otcdb(["auth", "check"]);
            // Secrets are looked for once there is an entry that they belong to.
            command.env("OS_CLIENT_CONFIG_FILE", odd.path("entry.yaml"));
            let ran = run(command.env(variable, &path).env("OS_CLOUD", cloud));
            assert_refused(&ran, &path, what);
        }
        let ran = run(cloud.otcdb(["auth", "check"]).env("SSL_CERT_FILE", &path));
        assert_refused(&ran, &path, what);
    }
    assert!(cloud.running.requests().is_empty());
    // Where it is not named but found.
    let pipe = odd.path("clouds.yaml");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let mut command = otcdb(["auth", "check", "--os-cloud", "c"]);
    let ran = run(command.current_dir(odd.0.path()));
    assert_refused(&ran, std::path::Path::new("clouds.yaml"), "a named pipe");
}

#[test]
fn a_pipe_from_the_shell_is_a_body_and_a_stream_without_end_is_none() {
    let cloud = Cloud::new();
    let list = |body: &str, stdin: Stdio| -> Ran {
        let mut command = cloud.otcdb(["api", "POST", "/v3/auth/tokens", "--body", body]);
        command.stdin(stdin).output().unwrap().into()
    };
    for body in ["-", "@/dev/stdin"] {
        let (reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(b"{no json").unwrap();
        drop(writer);
        let ran = list(body, reader.into());
        assert!(ran.err.contains("is no JSON at line 1 column 2"), "{ran:?}");
    }
    let endless = std::fs::File::open("/dev/zero").unwrap();
    let ran = list("-", endless.into());
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("the standard input stream") && ran.err.contains("more than 16 MiB"),
        "{ran:?}"
    );
    assert!(cloud.running.requests().is_empty());
}

#[test]
fn manual_pages_are_whole_and_wait_for_nobody() {
    let odd = Odd::new();
    let man = odd.path("man");
    std::fs::create_dir(&man).unwrap();
    let pipe = man.join("otcdb.1");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let ran = run(otcdb(["man", "--out"]).arg(&man));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(std::fs::metadata(&pipe).unwrap().is_file());
    assert!(
        files(&man)
            .iter()
            .all(|(name, text)| name.ends_with(".1") && !text.is_empty())
    );
    for name in ["pipe", "large"] {
        let path = odd.path(name);
        assert_refused(
            &run(otcdb(["man", "--out"]).arg(&path)),
            &path,
            "File exists",
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_no_success() {
    let out = tempfile::tempdir().unwrap();
    let logs = out.path().to_str().unwrap();
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["man"],
        &["completions", "bash"],
        &["dcs", "list-instances", "--simulate", "--output", "json"],
        &[
            "logs",
            "pull",
            "--simulate",
            "--kind",
            "rds-audit",
            "--out",
            logs,
        ],
        &["simulate"],
    ] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let mut command = otcdb(arguments.iter().copied());
        let ran: Ran = command
            .stdin(Stdio::null())
            .stdout(full)
            .output()
            .unwrap()
            .into();
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert!(!ran.err.contains("panicked"), "{ran:?}");
    }
    // Where errors cannot be told, the code still tells.
    let full = || {
        std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap()
    };
    let mut command = otcdb(["auth", "check"]);
    assert_eq!(
        command.stderr(full()).output().unwrap().status.code(),
        Some(3)
    );
    let mut command = otcdb(["nonsense"]);
    assert_eq!(
        command.stderr(full()).output().unwrap().status.code(),
        Some(2)
    );
}

#[test]
fn odd_surroundings_change_nothing() {
    let not_text = OsStr::from_bytes(b"\xff\xfe");
    let names = [
        "OTCDB_TOKEN",
        "OS_CLOUD",
        "OS_PASSWORD",
        "HOME",
        "XDG_CONFIG_HOME",
        "LANG",
        "LC_ALL",
        "TERM",
        "COLUMNS",
        "RUST_LOG",
        "TZ",
        "http_proxy",
        "TOKIO_WORKER_THREADS",
    ];
    let odd: Vec<(&str, &OsStr)> = names
        .map(|name| (name, not_text))
        .into_iter()
        .chain([
            ("COLUMNS", OsStr::new("0")),
            ("COLUMNS", OsStr::new("1")),
            ("COLUMNS", OsStr::new("99999999999999999999")),
            ("TERM", OsStr::new("\u{1b}[2J")),
            ("TZ", OsStr::new("Nowhere/Never")),
            ("HOME", OsStr::new("/dev/null")),
            ("RUST_LOG", OsStr::new("trace")),
            ("TOKIO_WORKER_THREADS", OsStr::new("0")),
            ("http_proxy", OsStr::new("::")),
        ])
        .collect();
    let list = ["dcs", "list-instances", "--simulate", "--output", "jsonl"];
    let usual = run(&mut otcdb(list));
    assert_eq!(usual.code, 0, "{usual:?}");
    assert_eq!(usual.out.lines().count(), 6, "{usual:?}");
    for (name, value) in odd {
        let ran = run(otcdb(list).env(name, value));
        assert_eq!(ran.code, 0, "{name}={value:?}: {ran:?}");
        assert_eq!(ran.out.lines().count(), 6, "{name}={value:?}: {ran:?}");
        for help in [&["--help"][..], &["dcs", "create-instance", "--help"]] {
            let ran = run(otcdb(help.iter().copied()).env(name, value));
            assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}={value:?}");
        }
    }
    // No variable at all, and a working folder that is gone.
    let ran = run(otcdb(list).env_remove("HOME"));
    assert_eq!(ran.code, 0, "{ran:?}");
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            "rmdir \"$PWD\" && exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_otcdb"),
        ])
        .args(list)
        .current_dir(folder.path());
    let ran = run(&mut command);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn arguments_that_are_no_text_are_told_from_those_that_name_files() {
    let not_text = OsStr::from_bytes(b"\xff\xfe");
    for arguments in [
        &["dcs"][..],
        &["api", "GET"],
        &["api", "GET", "/v2", "--body"],
        &["--region"],
    ] {
        let ran = otcdb(arguments.iter().copied())
            .arg(not_text)
            .output()
            .unwrap();
        assert_eq!(ran.status.code(), Some(2), "{arguments:?}");
        assert!(!String::from_utf8_lossy(&ran.stderr).contains("panicked"));
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join(not_text);
    let mut command = otcdb([
        "logs",
        "pull",
        "--simulate",
        "--quiet",
        "--kind",
        "rds-audit",
        "--out",
    ]);
    let ran = command.arg(&out).output().unwrap();
    assert_eq!(ran.status.code(), Some(0));
    assert!(out.join("manifest.jsonl").is_file());
}
