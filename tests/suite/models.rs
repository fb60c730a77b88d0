//! The models of the generated clients as a program uses them: requests are made, answers are read.

use otcdb_core::{Open, Secret, TextEnum as _};
use otcdb_dcs::types::{
    BackupPlan, BackupPlanPeriod, BackupPolicy, BackupPolicyType, ConfigTemplatesListInfo,
    CreateInstanceRequest, EngineVersionChoice, InstanceListInfo, InstanceResourceTag,
    InstanceStatus, InstanceStatusFilter, ListInstancesResponseBody, RedislogDays, RunlogItem,
    ShowInstanceResponseBody, TextFlag,
};
use otcdb_rds::types::{ErrorLogItem, Instance, SlowLogLink};
use serde_json::{from_value, json, to_value};

#[test]
fn a_request_is_made_of_what_is_required_and_setters() {
    let plan = BackupPlan::new([1, 7], BackupPlanPeriod::Weekly, "00:00-01:00");
    let request = CreateInstanceRequest::new(
        "orders",
        "Redis",
        0.125,
        "redis.ha.xu1.tiny.r2.128",
        ["region01"],
        String::from("vpc"),
        "subnet",
    )
    .engine_version(EngineVersionChoice::V6_0)
    .description("x")
    .password("Gv4Rk9Wm2Ls7")
    .instance_backup_policy(BackupPolicy::new(BackupPolicyType::Auto).periodical_backup_plan(plan))
    .tags([InstanceResourceTag::new("team").value("db")])
    .enable_ssl(true)
    .port(6380);
    assert_eq!(request.password, Some(Secret::from("Gv4Rk9Wm2Ls7")));
    assert!(!format!("{request:?}").contains("Gv4Rk9Wm2Ls7"));
    let sent = to_value(&request).unwrap();
    assert_eq!(sent["engine_version"], "6.0");
    assert_eq!(sent["tags"], json!([{ "key": "team", "value": "db" }]));
    assert_eq!(
        sent["instance_backup_policy"]["periodical_backup_plan"]["backup_at"],
        json!([1, 7])
    );
    assert!(sent.get("template_id").is_none(), "{sent}");
    assert_eq!(from_value::<CreateInstanceRequest>(sent).unwrap(), request);
}

#[test]
fn lists_and_open_values_of_answers_are_empty_when_they_are_absent_or_null() {
    for body in [
        json!({ "instance_id": "i", "name": "n" }),
        json!({ "instance_id": "i", "name": "n", "status": null, "tags": null, "capacity": null }),
    ] {
        let one: ShowInstanceResponseBody = from_value(body).unwrap();
        assert!(one.tags.is_empty() && one.status.is_absent() && one.capacity.is_none());
        assert_eq!(
            to_value(&one).unwrap(),
            json!({ "instance_id": "i", "name": "n" })
        );
    }
    let none: ListInstancesResponseBody = from_value(json!({ "instances": null })).unwrap();
    assert_eq!(none, ListInstancesResponseBody::default());
}

#[test]
fn an_id_that_is_known_has_to_be_there() {
    let error = from_value::<InstanceListInfo>(json!({ "name": "n" })).unwrap_err();
    assert!(
        error.to_string().contains("missing field `instance_id`"),
        "{error}"
    );
    let error = from_value::<InstanceListInfo>(json!({ "instance_id": null, "name": "n" }));
    assert!(error.is_err());
    // Texts may come as numbers.
    let one: InstanceListInfo = from_value(json!({ "instance_id": 7, "name": "n" })).unwrap();
    assert_eq!(one.instance_id, "7");
}

#[test]
fn open_values_are_compared_and_asked_for_again() {
    let status = |text: &str| -> InstanceListInfo {
        from_value(json!({ "instance_id": "i", "name": "n", "status": text })).unwrap()
    };
    let running = status("running");
    assert!(
        running.status == InstanceStatus::Running && running.status.is(InstanceStatus::Running)
    );
    let frozen = status("NOT-HEARD-OF");
    assert_eq!(
        (frozen.status.known(), frozen.status.as_str()),
        (None, "NOT-HEARD-OF")
    );
    let asked: Open<InstanceStatusFilter> = InstanceStatus::Running.into();
    assert_eq!(asked, InstanceStatusFilter::Running);
    let asked: Open<TextFlag> = true.into();
    assert_eq!(
        (asked.as_str(), TextFlag::from(false).as_str()),
        ("true", "false")
    );
}

#[test]
fn values_are_named_for_their_texts_and_wrong_ones_are_told() {
    assert_eq!(EngineVersionChoice::V4_0.to_string(), "4.0");
    let error = "4".parse::<EngineVersionChoice>().unwrap_err();
    assert_eq!(error.to_string(), r#""4" is none of 4.0, 5.0, 6.0, 7.0"#);
    assert_eq!(
        EngineVersionChoice::TEXTS.len(),
        EngineVersionChoice::VALUES.len()
    );
    let error = RedislogDays::try_from(2).unwrap_err();
    assert_eq!(error.to_string(), r#""2" is none of 0, 1, 3, 7"#);
}

#[test]
fn times_are_read_in_the_form_that_is_described() {
    let one: ShowInstanceResponseBody = from_value(
        json!({ "instance_id": "i", "name": "n", "created_at": "2022-08-29T08:53:47.319Z", "launched_at": "soon" }),
    )
    .unwrap();
    assert_eq!(
        one.created_at().unwrap().as_millisecond(),
        1_661_763_227_319
    );
    assert_eq!(one.created_at.as_deref(), Some("2022-08-29T08:53:47.319Z"));
    assert!(one.launched_at().is_none() && one.update_at().is_none());
    let log: RunlogItem = from_value(json!({ "id": "1", "time": "2021-04-16" })).unwrap();
    assert_eq!(log.time().unwrap().to_string(), "2021-04-16");
    let one: Instance = from_value(
        json!({ "id": "i", "name": "n", "created": "2018-08-20T02:33:49+0800", "updated": "" }),
    )
    .unwrap();
    assert_eq!(one.created().unwrap().to_string(), "2018-08-19T18:33:49Z");
    assert!(one.updated().is_none());
    let entry: ErrorLogItem = from_value(json!({ "time": "2018-12-04T14:24:42" })).unwrap();
    assert_eq!(entry.time().unwrap().to_string(), "2018-12-04T14:24:42Z");
    let link: SlowLogLink = from_value(json!({ "create_at": 1_637_140_301_659_i64 })).unwrap();
    assert_eq!(
        link.create_at().unwrap().as_millisecond(),
        1_637_140_301_659
    );
    assert!(ConfigTemplatesListInfo::default().created_at().is_none());
}
