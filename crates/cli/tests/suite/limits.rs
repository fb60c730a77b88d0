//! What the system gives the program little of.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::{Cloud, Ran, files, run};

/// A user that nobody is, so that limits of users bind where the tests have all rights.
const NOBODY: u32 = 61_234;

/// The program where another user can reach it.
struct Stranger {
    folder: tempfile::TempDir,
    program: PathBuf,
}

impl Stranger {
    fn new() -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("otcdb");
        let built = env!("CARGO_BIN_EXE_otcdb");
        std::fs::copy(built, &program).unwrap();
        let everyone = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(folder.path(), everyone).unwrap();
        Self { folder, program }
    }

    /// The program under a limit that a shell sets. With all rights, another user runs it, since none binds us.
    fn limited(&self, limit: &str, arguments: &[&str]) -> Ran {
        use std::os::unix::process::CommandExt as _;
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(format!("{limit}; exec \"$0\" \"$@\""))
            .arg(&self.program)
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.folder.path())
            .current_dir(self.folder.path());
        if is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        run(&mut command)
    }

    /// Limits the threads of the user to those that run already and so many more.
    fn with_threads(&self, more: usize, arguments: &[&str]) -> Ran {
        let count = threads_of_the_user() + more;
        // Shells have different letters for it.
        self.limited(
            &format!("ulimit -u {count} 2>/dev/null || ulimit -p {count} || exit 99"),
            arguments,
        )
    }
}

fn is_root() -> bool {
    id() == "0"
}

fn id() -> String {
    let id = Command::new("id").arg("-u").output().unwrap();
    String::from_utf8(id.stdout).unwrap().trim().to_owned()
}

/// Those of the user that will run the program.
fn threads_of_the_user() -> usize {
    let id = if is_root() { NOBODY.to_string() } else { id() };
    let field = |status: &str, name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        Some(line.split_whitespace().nth(1)?.to_owned())
    };
    let Ok(processes) = Path::new("/proc").read_dir() else {
        return 0;
    };
    processes
        .filter_map(|process| std::fs::read_to_string(process.ok()?.path().join("status")).ok())
        .filter(|status| field(status, "Uid:").as_deref() == Some(&id))
        .filter_map(|status| field(&status, "Threads:")?.parse::<usize>().ok())
        .sum()
}

#[test]
fn without_a_thread_the_program_says_so() {
    let stranger = Stranger::new();
    // The shell itself is the one that is allowed.
    let one = "ulimit -u 1 2>/dev/null || ulimit -p 1 || exit 99";
    for arguments in [
        &["logs", "pull", "--simulate"][..],
        &["simulate"],
        &["auth", "check"],
        &["dcs", "list-instances", "--simulate"],
    ] {
        let ran = stranger.limited(one, arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert!(
            ran.err.contains("the system gives this program no thread")
                && ran.err.contains("ulimit -u")
                && !ran.err.contains("panicked"),
            "{ran:?}"
        );
    }
    // What needs none goes on.
    assert_eq!(stranger.limited(one, &["completions", "fish"]).code, 0);
}

/// With each number of threads, a call ends: well, or with an error that says what lacks.
#[test]
fn with_few_threads_calls_and_pulls_end() {
    let stranger = Stranger::new();
    for more in 0..14 {
        let out = stranger.folder.path().join(format!("logs-{more}"));
        let pull = ["logs", "pull", "--simulate", "--quiet", "--out"];
        let pull = [&pull[..], &[out.to_str().unwrap()]].concat();
        for arguments in [&["dcs", "list-instances", "--simulate"][..], &pull] {
            let ran = stranger.with_threads(more, arguments);
            let told = ran.code == 2 && ran.err.contains("the system gives this program no thread");
            assert!(
                (ran.code == 0 || told) && !ran.err.contains("panicked"),
                "{more}: {ran:?}"
            );
        }
    }
}

#[test]
fn without_descriptors_the_program_says_so() {
    let stranger = Stranger::new();
    let ran = stranger.limited("ulimit -n 3", &["auth", "check"]);
    assert_ne!(ran.code, 0, "{ran:?}");
    assert!(!ran.err.contains("panicked"), "{ran:?}");
    for count in 4..40 {
        let arguments = ["dcs", "list-instances", "--simulate"];
        let ran = stranger.limited(&format!("ulimit -n {count}"), &arguments);
        let told = match ran.code {
            0 => true,
            2 => ran.err.contains("too few descriptors: ") && ran.err.contains("ulimit -n"),
            // The call itself gets no socket, or the program none of its libraries.
            code => code == 7 || (code == 127 && ran.err.contains("shared libraries")),
        };
        assert!(told && !ran.err.contains("panicked"), "{count}: {ran:?}");
    }
}

/// A limit of the size of files ends a process by a signal, unless that is caught: then a write fails like on a full disk.
#[test]
fn beyond_the_limit_of_file_sizes_the_program_says_so() {
    let stranger = Stranger::new();
    let arguments = ["logs", "pull", "--simulate", "--kind", "redis-slow"];
    let ran = stranger.limited("ulimit -f 0", &arguments);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        ran.err.contains("File too large") && ran.out.contains("6 of 6 sources failed"),
        "{ran:?}"
    );
    let pulled = stranger.limited(":", &arguments);
    assert_eq!(pulled.code, 0, "{pulled:?}");
    // Those logs end with the second of the pull. What is to be deleted is written down first.
    let arguments = ["logs", "prune", "--older-than", "1s"];
    let ran = stranger.limited("sleep 2; ulimit -f 0", &arguments);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("File too large"), "{ran:?}");
}

/// However much is done at once.
#[test]
fn a_pull_has_few_threads() {
    let cloud = Cloud::with(|builder| builder.redis(0, 40, 0).databases(0, 0, 0));
    let out = tempfile::tempdir().unwrap();
    let mut command = cloud.pull(out.path(), ["--kind", "redis-slow", "--concurrency", "100"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut most = 0;
    let code = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        let tasks = std::fs::read_dir(format!("/proc/{}/task", child.id()));
        most = most.max(tasks.map_or(0, Iterator::count));
        std::thread::sleep(Duration::from_millis(1));
    };
    assert_eq!(code, Some(0));
    assert!(most <= 40, "{most}");
    assert!(!files(out.path()).is_empty());
    // Nothing was seen where a system does not show it.
    assert!(most > 0 || !Path::new("/proc/self/task").exists());
}
