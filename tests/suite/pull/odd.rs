//! Responses in which something is odd: a field, an item, a record, an instance that is listed twice.

use std::collections::BTreeSet;
use std::time::Duration;

use otcdb_core::{ErrorKind, Service};
use otcdb_logs::{LogKind, Summary};
use otcdb_simulator::Running;
use serde_json::{Value, json};

use super::between::Between;
use super::harness::{Pull, small_cloud};

/// Pulls with responses changed, and fails if none was.
async fn run(
    cloud: &Running,
    kinds: &[LogKind],
    change: impl FnMut(&str, &mut Value) -> bool + Send + 'static,
) -> (Pull, Summary) {
    let between = Between::new(cloud, change);
    let mut pull = Pull::new(kinds);
    pull.endpoint = Some(between.url());
    let summary = pull.run(cloud).await.unwrap();
    assert!(between.changed() > 0, "no response was changed");
    (pull, summary)
}

fn is_list(path: &str, name: &str) -> bool {
    path.split('?').next().unwrap().ends_with(name)
}

/// The items of a response's list, wherever it is.
fn items(response: &mut Value) -> Option<&mut Vec<Value>> {
    let fields = response.as_object_mut()?.values_mut();
    fields
        .filter_map(Value::as_array_mut)
        .find(|list| !list.is_empty())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_is_not_needed_may_be_anything() {
    let odd = [
        json!("6379"),
        json!(2048.5),
        json!(""),
        json!({}),
        json!([{}]),
        json!(null),
        json!(true),
    ];
    for value in odd {
        let cloud = small_cloud().start().await.unwrap();
        let value = value.clone();
        let shown = value.to_string();
        let needed = [
            "instance_id",
            "id",
            "name",
            "datastore",
            "type",
            "engine",
            "spec_code",
        ];
        let (_, summary) = run(
            &cloud,
            &[LogKind::RedisSlow, LogKind::RdsAudit],
            move |path, response| {
                if !is_list(path, "/instances") {
                    return false;
                }
                for item in items(response).unwrap() {
                    for (name, field) in item.as_object_mut().unwrap() {
                        if !needed.contains(&name.as_str()) {
                            *field = value.clone();
                        }
                    }
                }
                true
            },
        )
        .await;
        assert!(
            summary.failures.is_empty(),
            "{shown}: {:?}",
            summary.failures
        );
        assert_eq!(summary.sources, 2 + 1, "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_whose_record_is_odd_costs_no_other_and_is_named() {
    for id in [
        json!(null),
        json!(7),
        json!("../x"),
        json!(""),
        json!({"a": 1}),
    ] {
        for (service, place) in [(Service::Dcs, "instance_id"), (Service::Rds, "id")] {
            let cloud = small_cloud().start().await.unwrap();
            let shown = id.to_string();
            let id = id.clone();
            let (_, summary) = run(
                &cloud,
                &[LogKind::RedisSlow, LogKind::RdsAudit, LogKind::RdsError],
                move |path, response| {
                    let version = if service == Service::Dcs {
                        "/v2/"
                    } else {
                        "/v3/"
                    };
                    if !(is_list(path, "/instances") && path.starts_with(version)) {
                        return false;
                    }
                    let item = &mut items(response).unwrap()[0];
                    item["name"] = json!("the odd one");
                    item[place] = id.clone();
                    true
                },
            )
            .await;
            let [failure] = summary.failures.as_slice() else {
                panic!("{service} {shown}: {:?}", summary.failures);
            };
            assert_eq!(failure.service, Some(service));
            assert_eq!(failure.instance.as_ref().unwrap().name, "the odd one");
            assert_eq!(failure.error.kind(), ErrorKind::UndocumentedResponse);
            let said = failure.error.to_string();
            assert!(said.contains(&format!("{place} is {shown}")), "{said}");
            let instances: BTreeSet<_> = summary.files.iter().map(|it| &it.instance).collect();
            assert!(instances.len() >= 3, "{service} {shown}: {instances:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_is_no_record_at_all_costs_no_other() {
    for odd in [json!(null), json!("x"), json!([]), json!({})] {
        let cloud = small_cloud().start().await.unwrap();
        let shown = odd.to_string();
        let (_, summary) = run(&cloud, &[LogKind::RedisSlow], move |path, response| {
            is_list(path, "/instances") && {
                items(response).unwrap()[0] = odd.clone();
                true
            }
        })
        .await;
        let [failure] = summary.failures.as_slice() else {
            panic!("{shown}: {:?}", summary.failures);
        };
        assert!(failure.instance.is_none() && failure.error.to_string().contains("item 1"));
        assert_eq!(summary.files.len(), 1, "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_a_shift_lists_twice_is_pulled_once_and_one_that_it_skips_too() {
    // Between the pages of the first list, one instance is made, or deleted.
    for made in [true, false] {
        let cloud = small_cloud()
            .redis(120, 0, 0)
            .databases(0, 0, 0)
            .start()
            .await
            .unwrap();
        let known: Vec<String> = cloud
            .redis_instances()
            .into_iter()
            .map(|it| it.id)
            .collect();
        let mut first = None;
        let mut shifted = false;
        let (_, summary) = run(&cloud, &[LogKind::RedisSlow], move |path, response| {
            if !is_list(path, "/instances") {
                return false;
            }
            if path.contains("offset=0") {
                first = items(response).map(|items| (items[0].clone(), items[99].clone()));
                return false;
            }
            if shifted {
                return false;
            }
            shifted = true;
            let page = items(response).unwrap();
            if made {
                page.insert(0, first.clone().unwrap().1);
                response["instance_num"] = json!(121);
            } else {
                page.remove(0);
                response["instance_num"] = json!(119);
            }
            true
        })
        .await;
        assert!(
            summary.failures.is_empty(),
            "{made}: {:?}",
            summary.failures
        );
        assert_eq!(summary.sources, known.len(), "{made}");
        let mut pulled: Vec<_> = summary.files.iter().map(|it| it.instance.clone()).collect();
        pulled.sort();
        let mut known = known;
        known.sort();
        assert_eq!(pulled, known, "{made}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_that_are_counted_and_not_shown_are_no_success() {
    type Give = fn(&mut Value, Option<&Value>);
    // A service that ignores the position, and one that shows nothing.
    let cases: [(Give, usize, &str); 2] = [
        (
            |response, first| {
                response["instances"] = first.unwrap().clone();
                response["instance_num"] = json!(6);
            },
            2,
            "page 2 of the list is the same",
        ),
        (
            |response, _| {
                response["instances"] = json!([]);
                response["instance_num"] = json!(6);
            },
            0,
            "has no item, and the response says that it has 6",
        ),
    ];
    for (give, pulled, said) in cases {
        let cloud = small_cloud()
            .redis(2, 0, 0)
            .databases(0, 0, 0)
            .start()
            .await
            .unwrap();
        let mut first = None;
        let (_, summary) = run(&cloud, &[LogKind::RedisSlow], move |path, response| {
            let is_instances = is_list(path, "/instances") && path.starts_with("/v2/");
            if is_instances {
                first.get_or_insert_with(|| response["instances"].clone());
                give(response, first.as_ref());
            }
            is_instances
        })
        .await;
        // What was shown is pulled all the same.
        assert_eq!(summary.files.len(), pulled, "{:?}", summary.failures);
        let [failure] = summary.failures.as_slice() else {
            panic!("{:?}", summary.failures);
        };
        assert_eq!(failure.service, Some(Service::Dcs));
        assert!(failure.instance.is_none());
        assert!(
            failure.error.to_string().contains(said),
            "{}",
            failure.error
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_entry_is_odd_costs_no_other() {
    let removed = |field: &'static str| move |item: &mut Value| item[field] = Value::Null;
    type Odd = Box<dyn Fn(&mut Value) + Send>;
    let cases: Vec<(LogKind, &str, Odd, usize)> = vec![
        (LogKind::RedisRun, "/redislog", Box::new(removed("id")), 7),
        (LogKind::RdsAudit, "/auditlog", Box::new(removed("id")), 2),
        (
            LogKind::RdsAudit,
            "/auditlog",
            Box::new(|item| *item = json!(7)),
            2,
        ),
        (
            LogKind::RdsSlow,
            "/slowlog-files",
            Box::new(removed("file_name")),
            2,
        ),
        (
            LogKind::RdsSlow,
            "/slowlog-files",
            Box::new(|item| *item = json!(null)),
            2,
        ),
    ];
    for (kind, list, odd, all) in cases {
        let databases = if kind == LogKind::RdsSlow {
            (0, 1)
        } else {
            (1, 0)
        };
        let cloud = small_cloud()
            .redis(1, 0, 0)
            .databases(databases.0, 0, databases.1)
            .trace_files(2)
            .start()
            .await
            .unwrap();
        let (pull, summary) = run(&cloud, &[kind], move |path, response| {
            is_list(path, list)
                && items(response).is_some_and(|items| {
                    odd(&mut items[0]);
                    true
                })
        })
        .await;
        pull.check(&cloud, &Ok(summary.clone()));
        assert_eq!(
            summary.files.len(),
            all - 1,
            "{kind}: {:?}",
            summary.failures
        );
        assert_eq!(summary.failures.len(), 1, "{kind}: {:?}", summary.failures);
        assert_eq!(
            summary.failures[0].error.kind(),
            ErrorKind::UndocumentedResponse
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_export_lists_beside_a_good_file_costs_that_alone() {
    for (odd, named) in [
        (
            json!({"file_name": "other", "status": "FAILED"}),
            Some("other"),
        ),
        (
            json!({"file_name": "other", "status": "SUCCESS"}),
            Some("other"),
        ),
        (
            json!({"file_link": "http://127.0.0.1/x", "status": "SUCCESS"}),
            None,
        ),
        (json!(null), None),
    ] {
        let cloud = small_cloud().databases(1, 0, 0).start().await.unwrap();
        let shown = odd.to_string();
        let (pull, summary) = run(&cloud, &[LogKind::RdsSlow], move |path, response| {
            let over = is_list(path, "/slowlog-download") && response["status"] == "FINISH";
            if over {
                items(response).unwrap().insert(0, odd.clone());
            }
            over
        })
        .await;
        pull.check(&cloud, &Ok(summary.clone()));
        assert_eq!(summary.files.len(), 1, "{shown}: {:?}", summary.failures);
        let [failure] = summary.failures.as_slice() else {
            panic!("{shown}: {:?}", summary.failures);
        };
        assert_eq!(failure.file.as_deref(), named, "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_does_not_end_costs_nothing_that_it_has_made() {
    let cloud = small_cloud().databases(1, 0, 0).start().await.unwrap();
    let between = Between::new(&cloud, |path, response| {
        let over = is_list(path, "/slowlog-download") && response["status"] == "FINISH";
        if over {
            response["status"] = json!("CREATING");
            let pending = json!({"file_name": "pending", "status": "CREATING"});
            items(response).unwrap().push(pending);
        }
        over
    });
    let mut pull = Pull::new(&[LogKind::RdsSlow]);
    pull.endpoint = Some(between.url());
    pull.options.poll.deadline = Duration::from_secs(1);
    let summary = pull.run(&cloud).await.unwrap();
    pull.check(&cloud, &Ok(summary.clone()));
    assert!(between.changed() > 0);
    assert_eq!(summary.files.len(), 1, "{:?}", summary.failures);
    let [failure] = summary.failures.as_slice() else {
        panic!("{:?}", summary.failures);
    };
    assert_eq!(failure.error.kind(), ErrorKind::Timeout);
    assert!(failure.error.to_string().contains("CREATING"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_answers_with_nothing_of_it_is_not_waited_for() {
    for nothing in [json!({}), json!({"message": "please log in"})] {
        let cloud = small_cloud().databases(1, 0, 0).start().await.unwrap();
        let (_, summary) = run(&cloud, &[LogKind::RdsSlow], move |path, response| {
            let asked = is_list(path, "/slowlog-download");
            if asked {
                *response = nothing.clone();
            }
            asked
        })
        .await;
        let [failure] = summary.failures.as_slice() else {
            panic!("{:?}", summary.failures);
        };
        assert_eq!(failure.error.kind(), ErrorKind::UndocumentedResponse);
        assert!(failure.error.to_string().contains("how far"));
    }
}
