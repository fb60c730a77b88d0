//! What the command says when something is wrong.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Stdio};

/// The command in a workspace of its own, with backtraces wanted.
fn xtask(workspace: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .args(arguments)
        .env("CARGO_MANIFEST_DIR", workspace.join("xtask"))
        .env("RUST_BACKTRACE", "1")
        .env("RUST_LIB_BACKTRACE", "1")
        .stdin(Stdio::null());
    command
}

/// What it says, which is one error without a place in the program.
fn diagnostic(workspace: &Path, arguments: &[&str]) -> String {
    let output = xtask(workspace, arguments).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {text}");
    assert!(text.starts_with("Error: "), "{arguments:?}: {text}");
    for part in ["backtrace", "panicked", "main.rs", "anyhow"] {
        assert!(!text.contains(part), "{arguments:?}: {text}");
    }
    text
}

/// A workspace whose only service has this description.
fn with_service(text: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let service = folder.path().join("openapi/tea");
    std::fs::create_dir_all(&service).unwrap();
    std::fs::write(service.join("openapi.yaml"), text).unwrap();
    folder
}

#[test]
fn a_fault_is_told_without_a_backtrace() {
    let empty = tempfile::tempdir().unwrap();
    let broken = with_service(b"openapi: 3.0.3\ninfo: [\n");
    let no_text = with_service(b"\xff\xfe");
    let lacking = with_service(b"openapi: 3.0.3\ninfo:\n  title: Tea\npaths: {}\n");
    for workspace in [&empty, &broken, &no_text, &lacking] {
        for arguments in [
            &["lint"][..],
            &["codegen"],
            &["codegen", "--check"],
            &["publish", "--check"],
            &["docs", "import", "/no/such/page"],
            &["docs", "diff", "/no/such/page"],
        ] {
            diagnostic(workspace.path(), arguments);
        }
    }
    for workspace in [&broken, &no_text, &lacking] {
        let text = diagnostic(workspace.path(), &["lint"]);
        assert!(text.contains("openapi/tea/openapi.yaml"), "{text}");
    }
}

#[test]
fn an_operation_is_in_the_file_that_its_tag_and_its_name_say() {
    let workspace = with_service(
        b"openapi: 3.0.3\ninfo: { title: Tea, version: 1.0.0 }\npaths:\n  /tea:\n    get: { $ref: cups/pour_tea.yaml }\n",
    );
    let folder = workspace.path().join("openapi/tea/cups");
    std::fs::create_dir(&folder).unwrap();
    let misplaced = |operation: &str| {
        std::fs::write(folder.join("pour_tea.yaml"), operation).unwrap();
        let text = diagnostic(workspace.path(), &["lint"]);
        text.contains("is not named after the section and the operation")
    };
    assert!(!misplaced("{ operationId: PourTea, tags: [cups] }"));
    assert!(misplaced("{ operationId: PourTea, tags: [pots] }"));
    assert!(misplaced("{ operationId: DrinkTea, tags: [cups] }"));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for name in ["pipe.html", "pipe.yaml"] {
        let pipe = folder.path().join(name);
        assert!(
            Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        let pipe = pipe.to_str().unwrap();
        for arguments in [["docs", "import", pipe], ["docs", "diff", pipe]] {
            let text = diagnostic(root, &arguments);
            assert!(
                text.contains(pipe) && text.contains("no regular file"),
                "{text}"
            );
        }
    }
    let folder = folder.path().to_str().unwrap();
    let text = diagnostic(root, &["docs", "import", folder]);
    assert!(text.contains("no regular file"), "{text}");
    assert!(diagnostic(root, &["docs", "import", "/dev/zero"]).contains("/dev/zero"));
}

#[test]
fn whoever_stops_reading_gets_no_panic() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut child = xtask(root, &["lint", "--rules"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = xtask(root, &["lint", "--rules"])
        .stdout(full)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.starts_with("Error: the standard output stream cannot be written"),
        "{text}"
    );
}
