//! The models of the generated clients as a program uses them: requests are made, answers are read.

use otcdb_core::jiff::{Timestamp, civil::date};
use otcdb_core::{Open, Secret, TextEnum as _};
use otcdb_dcs::types::{
    BackupFileToImport, BackupPlan, BackupPlanPeriod, BackupPolicy, BackupPolicyType,
    ConfigTemplatesListInfo, CreateInstanceRequest, EngineVersionChoice, InstanceListInfo,
    InstanceResourceTag, InstanceStatus, InstanceStatusFilter, ListInstancesResponseBody,
    RunlogItem, ShowInstanceResponseBody, TextFlag,
};
use otcdb_rds::types::{
    ErrorLogItem, Instance, RestorationSource, SetAutoEnlargePolicyRequest, SlowLogLink,
};
use otcdb_simulator::Simulator;
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
}

#[tokio::test]
async fn requests_take_texts_and_numbers_and_all_that_is_wrong_is_told_when_they_are_sent() {
    let cloud = Simulator::start().await.unwrap();
    let request = |version: &str| {
        let (spec, zones) = ("redis.ha.xu1.tiny.r2.128", ["region01"]);
        let plan = BackupPlan::new([1], "monthly", "00:00-01:00");
        CreateInstanceRequest::new("orders", "Redis", 0.125, spec, zones, "vpc", "subnet")
            .engine_version(version)
            .instance_backup_policy(BackupPolicy::new("auto").periodical_backup_plan(plan))
    };
    assert_eq!(request("6.0").engine_version, EngineVersionChoice::V6_0);
    let dcs = otcdb_dcs::Client::connect(&cloud.session());
    let call = dcs.create_instance().body(request("6"));
    let said = call.await.unwrap_err().to_string();
    for part in [
        "CreateInstance",
        r#"body.engine_version is "6", which has to be one of 4.0, 5.0, 6.0, 7.0"#,
        r#"body.instance_backup_policy.periodical_backup_plan.period_type is "monthly", which has to be weekly"#,
    ] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
    let rds = otcdb_rds::Client::connect(&cloud.session());
    let policy = SetAutoEnlargePolicyRequest::new(true).trigger_threshold(12);
    let call = rds.set_auto_enlarge_policy().instance_id("i").body(policy);
    let said = call.await.unwrap_err().to_string();
    let part = r#"body.trigger_threshold is "12", which has to be one of 10, 15, 20"#;
    assert!(said.contains(part), "{said}");
    assert_eq!(
        cloud.count("CreateInstance") + cloud.count("SetAutoEnlargePolicy"),
        0
    );
}

#[tokio::test]
async fn requests_take_times_in_any_form_and_send_them_in_the_services() {
    let cloud = Simulator::start().await.unwrap();
    let at: Timestamp = "2018-08-06T02:41:14Z".parse().unwrap();
    let rds = otcdb_rds::Client::connect(&cloud.session());
    let call = rds.list_error_logs().start_date(at);
    let call = call.end_date("2018-08-06T10:41:14+0800");
    let shown = format!("{call:?}");
    for time in ["2018-08-06T02:41:14+0000", "2018-08-06T10:41:14+0800"] {
        assert!(shown.contains(time), "no {time} in {shown}");
    }
    let dcs = otcdb_dcs::Client::connect(&cloud.session());
    let shown = format!("{:?}", dcs.list_background_task().start_time(at));
    assert!(shown.contains("20180806024114"), "{shown}");
    let shown = format!("{:?}", dcs.list_slowlog().start_time(at));
    assert!(shown.contains("1533523274000"), "{shown}");
    let file = BackupFileToImport::new("a.rdb").update_at(date(2018, 8, 6).at(10, 41, 14, 0));
    assert_eq!(file.update_at.as_deref(), Some("2018-08-06 10:41:14"));
    let moment = RestorationSource::new("i")
        .type_("timestamp")
        .restore_time(at);
    assert_eq!(moment.restore_time, Some(1_533_523_274_000));
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
