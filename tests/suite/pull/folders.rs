//! Where files are put, what they are called, and which instances are whose.

use std::collections::BTreeSet;

use otcdb_core::Service;
use otcdb_dcs::types::{ActionResourceTag, BatchCreateOrDeleteTagsRequest, TagAction};
use otcdb_logs::{Engine, LogKind, MANIFEST, Shard};
use serde_json::Value;

use super::harness::{Pull, session, small_cloud};

#[tokio::test(flavor = "multi_thread")]
async fn paths_say_instance_kind_node_and_time() {
    let cloud = small_cloud().start().await.unwrap();
    let pull = Pull::new(&[]);
    let result = pull.run(&cloud).await;
    for record in pull.check(&cloud, &result) {
        let parts: Vec<&str> = record.file.split('/').collect();
        let [service, folder, file] = parts.as_slice() else {
            panic!("{}", record.file);
        };
        assert_eq!(*service, record.kind.service().as_str());
        let (name, id) = folder.rsplit_once("--").unwrap();
        assert_eq!(name, record.instance_name);
        assert_eq!(id, &record.instance[..8]);
        let (stem, extension) = file.rsplit_once('.').unwrap();
        let expected: &[&str] = match record.kind {
            LogKind::RedisRun => &["log"],
            LogKind::RedisSlow => &["jsonl"],
            LogKind::RdsError => &["log", "jsonl"],
            LogKind::RdsSlow => &["log", "trc"],
            LogKind::RdsAudit => &["csv"],
            LogKind::GaussdbError | LogKind::GaussdbSlow => &["jsonl"],
            _ => &["log"],
        };
        assert!(expected.contains(&extension), "{file}");
        let rest = stem.strip_prefix(&format!("{}_", record.kind)).unwrap();
        let node = record.node.as_deref().unwrap_or_default();
        assert!(rest.starts_with(node), "{file}");
        let has_nodes = match record.kind {
            LogKind::RedisRun => true,
            kind => kind.service() == Service::Dds || kind.service() == Service::Gaussdb,
        };
        assert_eq!(!node.is_empty(), has_nodes, "{file}");
        assert!(rest.contains("202"), "{file} has no time");
    }
}

/// As the version before left it: the folder is the id, and files are called what the service calls them.
#[tokio::test(flavor = "multi_thread")]
async fn folders_of_earlier_versions_go_on() {
    let cloud = small_cloud().start().await.unwrap();
    let pull = Pull::new(&[LogKind::RedisRun, LogKind::RdsAudit, LogKind::RedisSlow]);
    let first = pull.run(&cloud).await.unwrap();
    let root = pull.out.path();
    let text = std::fs::read_to_string(root.join(MANIFEST)).unwrap();
    let mut old = String::new();
    for line in text.lines() {
        let mut line: serde_json::Map<String, Value> = serde_json::from_str(line).unwrap();
        let was = line["file"].as_str().unwrap().to_owned();
        let kind: LogKind = line["kind"].as_str().unwrap().parse().unwrap();
        let name = match line.remove("name") {
            Some(name) => name.as_str().unwrap().to_owned(),
            None => format!("slowlog_{}.jsonl", line["id"].as_str().unwrap()),
        };
        let instance = line["instance"].as_str().unwrap();
        let file = format!("{}/{instance}/{name}", kind.service());
        std::fs::create_dir_all(root.join(&file).parent().unwrap()).unwrap();
        std::fs::rename(root.join(&was), root.join(&file)).unwrap();
        line.insert("file".to_owned(), file.into());
        old.push_str(&format!("{}\n", Value::Object(line)));
    }
    std::fs::write(root.join(MANIFEST), &old).unwrap();
    let second = pull.run(&cloud).await.unwrap();
    assert!(second.failures.is_empty(), "{second:?}");
    assert!(
        second
            .files
            .iter()
            .all(|file| file.kind == LogKind::RedisSlow),
        "nothing comes twice: {second:?}"
    );
    assert!(second.skipped >= first.files.len() - 2, "{second:?}");

    // What comes anew stays beside it.
    let gone = first
        .files
        .iter()
        .find(|file| file.kind == LogKind::RedisRun)
        .unwrap();
    let lost = root.join(format!("dcs/{}", gone.instance));
    for file in std::fs::read_dir(&lost).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    let third = pull.run(&cloud).await.unwrap();
    let again: Vec<_> = third
        .files
        .iter()
        .filter(|file| file.instance == gone.instance)
        .collect();
    assert!(!again.is_empty(), "{third:?}");
    assert!(
        again
            .iter()
            .all(|file| file.file.starts_with(&format!("dcs/{}/", gone.instance))),
        "{again:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn shards_pull_each_instance_once() {
    let cloud = small_cloud()
        .redis(3, 3, 0)
        .databases(3, 3, 0)
        .start()
        .await
        .unwrap();
    let whole = Pull::new(&[]);
    let all = whole.run(&cloud).await.unwrap();
    let sources = all.sources;
    let all: BTreeSet<_> = all
        .files
        .into_iter()
        .map(|record| record.instance)
        .collect();
    let mut seen = BTreeSet::new();
    let mut pulled = 0;
    for number in 1..=4 {
        let mut pull = Pull::new(&[]);
        pull.options.shard = Some(Shard::new(number, 4).unwrap());
        let result = pull.run(&cloud).await;
        let records = pull.check(&cloud, &result);
        let summary = result.unwrap();
        assert!(
            summary.failures.is_empty() && summary.notes.is_empty(),
            "{summary:?}"
        );
        pulled += summary.sources;
        let instances: BTreeSet<_> = records.into_iter().map(|record| record.instance).collect();
        for instance in instances {
            assert!(seen.insert(instance.clone()), "{instance} is in two shards");
        }
    }
    assert!(seen.len() >= 12);
    assert_eq!((seen, pulled), (all, sources));
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_are_chosen_by_pattern_and_engine() {
    let cloud = small_cloud()
        .redis(2, 1, 0)
        .databases(2, 2, 1)
        .start()
        .await
        .unwrap();
    let mut pull = Pull::new(&[]);
    pull.options.selection.instances = vec!["mysql-*".to_owned(), "redis-single-?".to_owned()];
    let summary = pull.run(&cloud).await.unwrap();
    assert_eq!(summary.sources, 2 * 3 + 2 * 2, "{summary:?}");
    pull.options.selection.engines = vec![Engine::MySql];
    let error = pull.run(&cloud).await.unwrap_err();
    assert!(error.to_string().contains("redis-single-?"), "{error}");
    pull.options.selection.instances = Vec::new();
    assert_eq!(pull.run(&cloud).await.unwrap().sources, 2 * 3);
    pull.options.selection.tags = vec![("no".to_owned(), "such".to_owned())];
    assert_eq!(pull.run(&cloud).await.unwrap().sources, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_is_chosen_that_has_all_tags() {
    let cloud = small_cloud().redis(3, 0, 0).start().await.unwrap();
    let dcs = otcdb_dcs::Client::connect(&session(&cloud).unwrap());
    let instances = cloud.redis_instances();
    let tags = |stage: &str| {
        let tag = |key: &str, value: &str| ActionResourceTag::new(key).value(value);
        let tags = [tag("team", "orders"), tag("stage", stage)];
        BatchCreateOrDeleteTagsRequest::new(TagAction::Create, tags)
    };
    for (instance, stage) in instances.iter().zip(["live", "test"]) {
        let call = dcs.batch_create_or_delete_tags();
        let call = call.instance_id(&instance.id).body(tags(stage));
        call.await.unwrap();
    }
    let mut pull = Pull::new(&[LogKind::RedisSlow]);
    let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    pull.options.selection.tags = vec![tag("team", "orders"), tag("stage", "live")];
    let result = pull.run(&cloud).await;
    let pulled: BTreeSet<_> = (pull.check(&cloud, &result).into_iter())
        .map(|record| record.instance)
        .collect();
    assert_eq!(pulled, BTreeSet::from([instances[0].id.clone()]));
    pull.options.selection.tags.truncate(1);
    assert_eq!(pull.run(&cloud).await.unwrap().sources, 2);
}

/// What the files hold is that of the window, and a window beside it gets the rest.
#[tokio::test(flavor = "multi_thread")]
async fn a_window_gets_the_entries_of_its_time() {
    let cloud = small_cloud().start().await.unwrap();
    let kinds = [LogKind::RedisSlow];
    let whole = Pull::new(&kinds);
    let all = whole.run(&cloud).await.unwrap().files;
    let lines = |pull: &Pull, file: &str| {
        let text = std::fs::read_to_string(pull.out.path().join(file)).unwrap();
        text.lines().map(str::to_owned).collect::<BTreeSet<_>>()
    };
    for file in all {
        let (oldest, newest) = (file.oldest.unwrap(), file.newest.unwrap());
        let middle = (oldest.as_second() + newest.as_second()) / 2;
        let middle = jiff::Timestamp::from_second(middle).unwrap();
        let later = middle
            .checked_add(jiff::SignedDuration::from_secs(1))
            .unwrap();
        let mut pull = Pull::new(&kinds);
        pull.options.selection.instances = vec![file.instance.clone()];
        pull.options.overlap = std::time::Duration::ZERO;
        let mut pulled = Vec::new();
        for (from, to) in [(oldest, middle), (later, newest)] {
            (pull.options.from, pull.options.to) = (Some(from), Some(to));
            let result = pull.run(&cloud).await;
            pull.check(&cloud, &result);
            let [part] = result.unwrap().files.try_into().unwrap();
            assert_eq!((part.from, part.until), (Some(from), Some(to)));
            pulled.push(lines(&pull, &part.file));
        }
        assert!(pulled.iter().all(|part| !part.is_empty()), "{file:?}");
        assert!(pulled[0].is_disjoint(&pulled[1]));
        assert_eq!(&pulled[0] | &pulled[1], lines(&whole, &file.file));
    }
}
