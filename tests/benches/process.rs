//! What a call as a process takes, beside curl that gets the same list:
//! `cargo build --release -p otcdb-cli && cargo bench -p otcdb-tests --bench process`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark talks to its user and fails by panicking"
)]

mod support;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use otcdb_simulator::Simulator;
use support::ratios::Ratios;
use support::{clock, in_turns, shown};

const ROUNDS: usize = 60;

#[tokio::main]
async fn main() {
    let Some(program) = program() else {
        println!("left out: there is no program; build it with cargo build --release -p otcdb-cli");
        return;
    };
    if Command::new("curl").arg("--version").output().is_err() {
        println!("left out: curl is not installed");
        return;
    }
    let mut ratios = Ratios::default();
    for instances in [1, 10, 50] {
        let cloud = Simulator::builder()
            .redis(instances, 0, 0)
            .databases(0, 0, 0)
            .keep_requests(false);
        let cloud = cloud.start().await.unwrap();
        let variables = cloud.env_token();
        let value = |name: &str| {
            let mut all = variables.iter();
            all.find(|(known, _)| known == name).unwrap().1.clone()
        };
        let mut ours = Command::new(&program);
        ours.args(["dcs", "list-instances"]).env_clear();
        ours.envs(variables.clone());
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--fail", "--header"])
            .arg(format!("X-Auth-Token: {}", value("OTCDB_TOKEN")))
            .arg(format!(
                "{}/v2/{}/instances?offset=0&limit=100",
                value("OTCDB_DCS_ENDPOINT"),
                value("OTCDB_PROJECT_ID")
            ));
        for command in [&mut ours, &mut curl] {
            command.stdout(Stdio::null()).stderr(Stdio::null());
        }
        let run = |command: &mut Command| clock(|| assert!(command.status().unwrap().success()));
        let measure = move || {
            in_turns(
                ROUNDS,
                &mut (ours, curl),
                |(ours, _)| run(ours),
                |(_, curl)| run(curl),
            )
        };
        let (ours, curl) = tokio::task::spawn_blocking(measure).await.unwrap();
        let name = format!("process, list of {instances}");
        let of = format!("{}, and {} of curl", shown(ours), shown(curl));
        ratios.say(&name, curl / ours, &of);
        cloud.shutdown().await;
    }
    ratios.end();
}

/// The program beside the benchmarks.
fn program() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    let path = own.parent()?.parent()?.join("otcdb");
    path.exists().then_some(path)
}
