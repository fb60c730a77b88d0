//! The examples of a package, each run as the program that it is.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use otcdb_simulator::{Clock, Running, Simulator};

/// A simulated cloud that an hour passes in within two minutes, so that what is waited for ends at the second question.
///
/// # Panics
///
/// It does not start.
pub async fn quick_cloud() -> Running {
    let builder = Simulator::builder().clock(Clock::accelerated(30.0));
    builder.start().await.unwrap()
}

/// Runs every example of the package in this folder at the same time, each against a cloud of its own, with its settings in
/// variables. `said` has for each what it writes, in part; `others` are tested otherwise.
///
/// # Panics
///
/// An example fails, says something else, or stands in neither; or one of these is no example.
pub async fn run_all(package: &str, said: &[(&str, &str)], others: &[&str]) {
    let folder = Path::new(package).join("examples");
    let there: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let run = said
        .iter()
        .map(|(name, _)| *name)
        .chain(others.iter().copied());
    let run: BTreeSet<String> = run.map(str::to_owned).collect();
    assert_eq!(run, there, "the examples in {}", folder.display());
    let mut running = tokio::task::JoinSet::new();
    for (name, part) in said {
        let (name, part) = ((*name).to_owned(), (*part).to_owned());
        running.spawn(async move {
            let cloud = quick_cloud().await;
            let output = output(&name, &cloud).await;
            assert!(
                output.contains(&part),
                "{name} does not say {part:?}: {output}"
            );
            assert_eq!(cloud.deviations(), [""; 0], "{name}");
            assert_eq!(cloud.unknown_parameters(), [""; 0], "{name}");
        });
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
}

/// Runs an example of the package whose tests run, and gives what it writes. It works in a folder that is gone afterwards.
///
/// # Panics
///
/// It fails.
pub async fn output(name: &str, cloud: &Running) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program(name));
    command
        .env_clear()
        .envs(cloud.env_token())
        .current_dir(folder.path());
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.unwrap().unwrap();
    let [said, errors] =
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(output.status.success(), "{name}: {said}{errors}");
    said
}

/// Where cargo puts an example, beside the tests.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let built = test.ancestors().nth(2).unwrap().join("examples");
    let program = built.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.is_file(),
        "{} is not built; `cargo test` without a choice of targets builds it",
        program.display()
    );
    program
}

/// Checks that the README in a folder, from the package's, shows an example of the package as it is, but for the comment
/// and the attribute that it begins with.
///
/// # Panics
///
/// It does not.
pub fn is_shown(package: &str, name: &str, readme: &str) {
    let read = |path: &str| std::fs::read_to_string(Path::new(package).join(path)).unwrap();
    let program = read(&format!("examples/{name}.rs"));
    let lines = program
        .lines()
        .skip_while(|line| line.starts_with("//!") || line.starts_with("#![") || line.is_empty());
    let program: Vec<&str> = lines.collect();
    let shown = read(readme);
    assert!(
        shown.contains(&format!("\n{}\n```", program.join("\n"))),
        "{readme} of {package} is to show examples/{name}.rs"
    );
}
