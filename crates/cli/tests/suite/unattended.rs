//! What runs without anybody looking: the times of success, shards by variables, and the files of `deploy`.

use std::path::Path;

use serde_json::Value;

use crate::support::{Cloud, otcdb, run};

/// The lines of sources, each as its labels and its time.
fn times(path: &Path) -> Vec<(String, i64)> {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text
        .lines()
        .filter_map(|line| line.strip_prefix("otcdb_logs_last_success_timestamp_seconds"));
    let lines = lines.map(|line| line.rsplit_once(' ').unwrap());
    lines
        .map(|(labels, time)| (labels.to_owned(), time.parse().unwrap()))
        .collect()
}

#[test]
fn the_textfile_says_when_each_source_was_last_pulled() {
    let cloud = Cloud::new();
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("logs");
    let path = out.path().join("otcdb.prom");
    let text = path.to_str().unwrap();
    let more = ["--kind", "redis-slow", "--quiet", "--textfile", text];

    cloud
        .running
        .set_faults(vec!["ListSlowlog:403:times=1".parse().unwrap()])
        .unwrap();
    let ran = run(&mut cloud.pull(&folder, more));
    assert_eq!(ran.code, 3, "{ran:?}");
    let first = times(&path);
    assert_eq!(first.len(), 3, "{first:?}");
    let never = first.iter().filter(|(_, time)| *time == 0).count();
    assert_eq!(never, 1, "{first:?}");
    let instance = &cloud.running.redis_instances()[0];
    let labels = format!(
        "{{service=\"dcs\",kind=\"redis-slow\",instance=\"{}\",name=\"{}\"}}",
        instance.id, instance.name
    );
    assert!(first.iter().any(|(known, _)| *known == labels), "{first:?}");

    // A failure keeps the time before, and so does a service that cannot be listed.
    let old = std::fs::read_to_string(&path).unwrap();
    let now = first.iter().map(|(_, time)| *time).max().unwrap();
    std::fs::write(&path, old.replace(&format!(" {now}\n"), " 1000\n")).unwrap();
    cloud
        .running
        .set_faults(vec!["ListSlowlog:403:times=always".parse().unwrap()])
        .unwrap();
    // What was covered a moment ago is not asked for again; the day before it is.
    let ran = run(cloud.pull(&folder, more).args(["--since", "2d"]));
    assert_eq!(ran.code, 3, "{ran:?}");
    let sum = |times: &[(String, i64)]| times.iter().map(|(_, time)| *time).sum::<i64>();
    assert_eq!(sum(&times(&path)), 2000);
    cloud
        .running
        .set_faults(vec!["dcs.ListInstances:403:times=always".parse().unwrap()])
        .unwrap();
    assert_ne!(run(&mut cloud.pull(&folder, more)).code, 0);
    assert_eq!(sum(&times(&path)), 2000);
    let labels = |times: Vec<(String, i64)>| times.into_iter().map(|it| it.0).collect::<Vec<_>>();
    assert_eq!(labels(times(&path)), labels(first));

    cloud.running.set_faults(Vec::new()).unwrap();
    assert_eq!(run(&mut cloud.pull(&folder, more)).code, 0);
    assert!(times(&path).iter().all(|(_, time)| *time > 1000));
    let left = std::fs::read_dir(out.path()).unwrap().count();
    assert_eq!(left, 2, "nothing but the logs and the file");
}

#[test]
fn a_textfile_without_a_folder_is_refused_before_anything_is_pulled() {
    let cloud = Cloud::new();
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("logs");
    let more = ["--all", "--quiet", "--textfile", "/no/such/folder/a.prom"];
    let ran = run(&mut cloud.pull(&folder, more));
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("/no/such/folder"), "{ran:?}");
    assert!(!folder.exists());
}

#[test]
fn variables_of_a_job_choose_the_shard() {
    let cloud = Cloud::new();
    let out = tempfile::tempdir().unwrap();
    let sources = |count: &str, index: &str, more: &[&str]| {
        let folder = out.path().join(format!("{count}-{index}"));
        let arguments = ["--all", "--quiet", "--output", "json"];
        let mut command = cloud.pull(&folder, arguments);
        command.args(more).env("OTCDB_SHARDS", count);
        run(command.env("JOB_COMPLETION_INDEX", index))
    };
    let of = |count: &str, index: &str, more: &[&str]| {
        let ran = sources(count, index, more);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.json()["sources"].as_u64().unwrap()
    };
    let parts = [of("2", "0", &[]), of("2", "1", &[])];
    assert_eq!(parts[0] + parts[1], of("1", "0", &[]), "{parts:?}");
    // The flag outweighs them, and counts from 1.
    assert_eq!(of("9", "7", &["--shard", "2/2"]), parts[1]);
    for (count, index, said) in [
        ("2", "2", "JOB_COMPLETION_INDEX counts from 0"),
        ("2", "", "JOB_COMPLETION_INDEX"),
        ("two", "0", "OTCDB_SHARDS"),
    ] {
        let ran = sources(count, index, &[]);
        assert!(ran.code == 2 && ran.err.contains(said), "{ran:?}");
    }
}

/// The files of `deploy` use flags and variables that there are.
#[test]
fn what_is_deployed_is_understood() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let yaml = |name: &str| -> Value { serde_saphyr::from_str(&read(name)).unwrap() };
    let parses = |arguments: Vec<String>| {
        let words = std::iter::once("otcdb".to_owned()).chain(arguments);
        otcdb_cli::command().try_get_matches_from(words).unwrap();
    };
    let (job, cron) = (yaml("kubernetes/job.yaml"), yaml("kubernetes/cronjob.yaml"));
    assert_eq!(job["spec"], cron["spec"]["jobTemplate"]["spec"]);
    let spec = &job["spec"];
    let container = &spec["template"]["spec"]["containers"][0];
    let arguments = container["args"].as_array().unwrap().iter();
    parses(
        arguments
            .map(|argument| argument.as_str().unwrap().to_owned())
            .collect(),
    );
    let count = &container["env"][0]["value"];
    assert_eq!(count.as_str().unwrap(), spec["completions"].to_string());

    let unit = read("systemd/otcdb-logs.service");
    let start = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    let words = start.unwrap().split(' ').skip(1);
    parses(words.map(str::to_owned).collect());

    // With the variables of the secret, only the cloud is missing.
    let secret = yaml("kubernetes/secret.yaml");
    let variables = secret["stringData"].as_object().unwrap();
    let mut command = otcdb(["auth", "check", "--output", "json", "--attempts", "1"]);
    for (name, value) in variables {
        command.env(name, value.as_str().unwrap());
    }
    let nowhere = "http://127.0.0.1:1";
    command.env("OTCDB_ENDPOINT", nowhere);
    let ran = run(command.env("OTCDB_AUTH_URL", format!("{nowhere}/v3")));
    assert_eq!(ran.code, 7, "{ran:?}");
    for name in variables.keys() {
        assert!(
            ran.out.contains(&format!("variable {name}")),
            "{name}: {ran:?}"
        );
    }
}
