//! What is chosen, and why nothing is pulled of it where nothing is.

use otcdb_core::{Error, ErrorKind, Service};
use otcdb_logs::{LogKind, Summary};

use super::harness::{Pull, small_cloud};

async fn pull(
    fault: Option<&str>,
    kinds: &[LogKind],
    instances: &[&str],
) -> Result<Summary, Error> {
    let cloud = small_cloud().start().await.unwrap();
    if let Some(fault) = fault {
        cloud.set_faults(vec![fault.parse().unwrap()]).unwrap();
    }
    let mut pull = Pull::new(kinds);
    pull.options.selection.instances = instances.iter().map(|it| (*it).to_owned()).collect();
    let result = pull.run(&cloud).await;
    pull.check(&cloud, &result);
    assert_eq!(cloud.idle_faults(), [""; 0]);
    if result.is_err() {
        let left = std::fs::read_dir(pull.out.path()).unwrap().count();
        assert_eq!(left, 0, "a pull that cannot begin leaves nothing");
    }
    result
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_without_the_chosen_kind_is_no_missing_one() {
    for (kind, instance, said) in [
        (
            LogKind::RdsError,
            "redis-single-1",
            "redis-single-1 is an instance of dcs",
        ),
        (
            LogKind::RedisRun,
            "mysql-1",
            "mysql-1 is an instance of rds",
        ),
        (
            LogKind::RdsAudit,
            "postgresql-1",
            "postgresql-1 is an instance of rds with PostgreSQL",
        ),
    ] {
        let error = pull(None, &[kind], &[instance]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
        assert!(error.to_string().contains(said), "{error}");
    }
    let error = pull(None, &[LogKind::RdsAudit], &["no-such"])
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_something_is_left_to_pull_the_rest_is_noted() {
    let instances = ["mysql-1", "postgresql-1", "redis-single-1"];
    let summary = pull(None, &[LogKind::RdsAudit], &instances).await.unwrap();
    assert!(summary.failures.is_empty() && summary.files.len() == 2);
    let [redis, postgres] = summary.notes.as_slice() else {
        panic!("{:?}", summary.notes);
    };
    assert!(redis.starts_with("redis-single-1 ") && postgres.starts_with("postgresql-1 "));

    let cloud = small_cloud().databases(0, 1, 0).start().await.unwrap();
    let summary = Pull::new(&[LogKind::RdsAudit]).run(&cloud).await.unwrap();
    assert_eq!(summary.sources, 0);
    assert!(summary.notes[0].contains("rds-audit") && summary.notes[0].contains("MySQL"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_may_be_in_a_service_that_cannot_be_asked_is_not_called_missing() {
    let refused = Some("dcs.ListInstances:403:times=always");
    let summary = pull(refused, &[], &["mysql-1", "orders"]).await.unwrap();
    assert!(!summary.files.is_empty());
    assert!(
        summary
            .failures
            .iter()
            .all(|it| it.service == Some(Service::Dcs))
    );
    let said: Vec<_> = summary
        .failures
        .iter()
        .map(|it| it.error.to_string())
        .collect();
    assert!(
        said.iter().any(|said| said.contains("orders may be there")),
        "{said:?}"
    );
    assert!(
        summary
            .failures
            .iter()
            .all(|it| it.error.kind() == ErrorKind::Permission)
    );

    // All that is chosen is known to be elsewhere.
    let summary = pull(refused, &[], &["mysql-1"]).await.unwrap();
    assert!(!summary.files.is_empty() && summary.failures.is_empty());
    assert!(summary.notes[0].contains("dcs"), "{:?}", summary.notes);
}
