//! Requests that do not keep to their operation.

use std::net::TcpListener;
use std::time::Duration;

use otcdb_simulator::{AuthUsed, Clock, Service};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{answer, builder, cloud, start, text};

#[tokio::test]
async fn bad_parameters_are_refused_in_the_services_form() {
    let cloud = cloud().await;
    let redis = cloud.redis("redis-single-1").id;
    let mysql = cloud.database("mysql-1");
    let p = "/v2/P/instances";
    let r = "/v3/P/instances";
    let week = "start_date=2026-04-09T12:00:00%2B0000&end_date=2026-04-16T12:00:00%2B0000";
    for (path, code, message) in [
        (
            format!("{p}/{redis}/redislog?log_type=slow"),
            "DCS.4800",
            "Invalid logType.",
        ),
        (
            format!("{p}/{redis}/redislog"),
            "DCS.4800",
            "Invalid logType.",
        ),
        (
            format!("{p}/{redis}/redislog?log_type=run&offset=-1"),
            "DCS.4800",
            "Invalid offset in the request.",
        ),
        (
            format!("{p}/{redis}/slowlog?end_time=1"),
            "DCS.4800",
            "Invalid start_time in the request.",
        ),
        (
            format!("{p}/{redis}/slowlog?start_time=yesterday&end_time=1"),
            "DCS.4800",
            "Invalid start_time in the request.",
        ),
        (
            format!("{p}/{redis}/slowlog?start_time=2&end_time=1"),
            "DCS.4800",
            "Invalid end_time in the request.",
        ),
        (
            format!("{p}?limit=0"),
            "DCS.4800",
            "Invalid limit in the request.",
        ),
        (
            format!("{r}/{mysql}/slowlog"),
            "DBS.280001",
            "Parameter error.",
        ),
        (
            format!("{r}/{mysql}/slowlog?{week}&offset=0"),
            "DBS.280001",
            "Parameter error.",
        ),
        (
            format!("{r}/{mysql}/slowlog?{week}&type=DROP"),
            "DBS.280001",
            "Parameter error.",
        ),
        (
            format!("{r}/{mysql}/slowlog?start_date=2026-04-09&end_date=2026-04-10"),
            "DBS.280001",
            "Parameter error.",
        ),
        (
            format!("{r}/{mysql}/slowlog?{week}").replace("2026-04-09", "2025-04-09"),
            "DBS.280001",
            "Parameter error.",
        ),
    ] {
        let (status, body) = cloud.get(&path).await;
        assert_eq!(status, 400, "{path}: {body}");
        assert_eq!(text(&body, "/error_code"), code, "{path}");
        assert_eq!(text(&body, "/error_msg"), message, "{path}");
    }
    let (status, body) = cloud
        .post(
            &format!("{p}/{redis}/redislog?log_type=run&query_time=2"),
            None,
        )
        .await;
    assert_eq!((status, text(&body, "/error_code")), (400, "DCS.4800"));
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn parameters_that_are_not_described_are_ignored_and_counted() {
    let cloud = cloud().await;
    let mysql = cloud.database("mysql-1");
    let instances = "/v2/P/instances";
    let (_, plain) = cloud.get(&format!("{instances}?limit=2")).await;
    let path = format!("{instances}?limit=2&limt=1&foo");
    let response = cloud.request(Method::GET, &path).send().await.unwrap();
    let detail = response.headers()["x-simulator-detail"].to_str().unwrap();
    assert_eq!(detail, "ignored, as it is not described: limt, foo");
    assert_eq!(answer(response).await, (200, plain));
    let week = "start_date=2026-04-09T12:00:00%2B0000&end_date=2026-04-16T12:00:00%2B0000";
    let path = format!("/v3/P/instances/{mysql}/slowlog?{week}&level=ALL");
    let (status, body) = cloud.get(&path).await;
    assert_eq!(status, 200, "{body}");
    cloud.running.clear_requests();
    assert_eq!(
        cloud.running.unknown_parameters(),
        [
            "dcs.ListInstances: limt",
            "dcs.ListInstances: foo",
            "rds.ListSlowLogs: level"
        ]
    );
}

#[tokio::test]
async fn a_number_beyond_its_format_is_refused_by_every_list() {
    let cloud = cloud().await;
    let (redis, mysql) = (cloud.redis("redis-single-1").id, cloud.database("mysql-1"));
    let (r, m) = (
        format!("/v2/P/instances/{redis}"),
        format!("/v3/P/instances/{mysql}"),
    );
    for path in [
        "/v2/P/instances?offset".to_owned(),
        "/v2/P/config-templates?type=sys&offset".to_owned(),
        "/v2/P/migration-tasks?offset".to_owned(),
        format!("{r}/backups?offset"),
        format!("{r}/tasks?offset"),
        format!("{r}/bigkey-tasks?offset"),
        format!("{r}/redislog?log_type=run&offset"),
        "/v3/P/instances?offset".to_owned(),
        format!("{m}/slowlog-files?limit=1&offset"),
        "/v3/projects?page".to_owned(),
    ] {
        let (status, body) = cloud.get(&format!("{path}=2147483648")).await;
        assert_eq!(status, 400, "{path}: {body}");
    }
    let (status, _) = cloud.get("/v2/P/instances?offset=2147483647").await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn null_means_absent_in_bodies() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-ha-1").id;
    let own = format!("/v2/P/instances/{id}");
    let change = json!({ "description": "new", "name": null, "port": null,
        "instance_backup_policy": { "backup_type": "manual", "periodical_backup_plan": null } });
    let (_, before) = cloud.get(&own).await;
    let (status, refused) = cloud.send(Method::PUT, &own, Some(change)).await;
    assert_eq!(status, 204, "{refused}");
    let (_, after) = cloud.get(&own).await;
    assert_eq!(text(&after, "/description"), "new");
    assert_eq!(
        (&after["name"], &after["port"]),
        (&before["name"], &before["port"])
    );
    let resize = format!("{own}/resize");
    let wanted =
        |code: Value| json!({ "spec_code": code, "new_capacity": 2, "execute_immediately": null });
    let (status, refused) = cloud.post(&resize, Some(wanted(Value::Null))).await;
    let without = json!({ "new_capacity": 2 });
    assert_eq!(
        cloud.post(&resize, Some(without)).await,
        (status, refused.clone())
    );
    assert_eq!((status, text(&refused, "/error_code")), (400, "DCS.4927"));
    let good = wanted(json!("redis.ha.xu1.large.r2.2"));
    assert_eq!(cloud.post(&resize, Some(good)).await.0, 204);
    let policy = format!(
        "/v3/P/instances/{}/auditlog-policy",
        cloud.database("mysql-1")
    );
    let body = json!({ "keep_days": null });
    let (status, refused) = cloud.send(Method::PUT, &policy, Some(body)).await;
    assert_eq!((status, text(&refused, "/error_code")), (400, "DBS.280001"));
    let body = json!({ "keep_days": 5, "reserve_auditlogs": null });
    assert_eq!(cloud.send(Method::PUT, &policy, Some(body)).await.0, 200);
}

#[tokio::test]
async fn times_are_taken_with_a_bare_plus_and_without_an_offset() {
    let cloud = cloud().await;
    let mysql = cloud.database("mysql-1");
    let p = format!("/v3/P/instances/{mysql}");
    for (path, first, last) in [
        ("errorlog", "start_date", "end_date"),
        ("slowlog", "start_date", "end_date"),
        (
            "slowlog/statistics",
            "cur_page=1&per_page=10&type=ALL&start_date",
            "end_date",
        ),
        ("auditlog", "offset=0&limit=10&start_time", "end_time"),
    ] {
        let list = |start: &str, end: &str| {
            let path = format!("{p}/{path}?{first}={start}&{last}={end}");
            let cloud = &cloud;
            async move { cloud.get(&path).await }
        };
        let (start, end) = ("2026-04-10T00:27:23%2B0000", "2026-04-14T00:27:23%2B0000");
        let (status, body) = list(start, end).await;
        assert_eq!(status, 200, "{path}: {body}");
        for (start, end) in [
            ("2026-04-10T00:27:23+0000", "2026-04-14T00:27:23+0000"),
            ("2026-04-10T08:27:23+0800", "2026-04-14T00:27:23"),
            ("2026-04-10T00:27:23", "2026-04-13T19:27:23-0500"),
        ] {
            assert_eq!(
                list(start, end).await,
                (200, body.clone()),
                "{path} {start}"
            );
        }
        for bad in [
            "2026-04-10",
            "2026-04-10T00:27:23+",
            "2026-04-10T00:27:23++0000",
        ] {
            assert_eq!(
                list(bad, "2026-04-14T00:27:23+0000").await.0,
                400,
                "{path} {bad}"
            );
        }
    }
    let statistics = |start: &str, end: &str| {
        let body = json!({ "start_time": start, "end_time": end, "limit": 10, "offset": 0 });
        let path = format!("/v3.1/P/instances/{mysql}/slow-logs/statistics");
        let cloud = &cloud;
        async move { cloud.post(&path, Some(body)).await }
    };
    let documented = statistics("2026-04-10T00:27:23+0000", "2026-04-14T00:27:23+0000").await;
    assert_eq!(documented.0, 200, "{}", documented.1);
    assert_eq!(
        statistics("2026-04-10T00:27:23", "2026-04-14T00:27:23").await,
        documented
    );
}

#[tokio::test]
async fn bad_bodies_are_refused() {
    let cloud = cloud().await;
    let id = cloud.database("mysql-1");
    let path = format!("/v3/P/instances/{id}/auditlog-policy");
    for (body, code) in [
        ("", "DBS.200006"),
        ("{", "DBS.280001"),
        ("{}", "DBS.280001"),
        (r#"{"keep_days":"5"}"#, "DBS.280001"),
        (r#"{"keep_days":733}"#, "DBS.280001"),
    ] {
        let request = cloud.request(Method::PUT, &path).body(body);
        let response = request.send().await.unwrap();
        let detail = response.headers().contains_key("x-simulator-detail");
        let (status, refused) = answer(response).await;
        assert_eq!(
            (status, text(&refused, "/error_code")),
            (400, code),
            "{body}"
        );
        assert!(detail);
    }
}

#[tokio::test]
async fn unknown_paths_and_instances_are_not_found() {
    let cloud = cloud().await;
    for (path, pointer, expected) in [
        ("/v2/P/nothing", "/error_code", "DCS.4001"),
        ("/v3/P/nothing", "/error_code", "DBS.290013"),
        ("/v3/auth/nothing", "/error/title", "Not Found"),
        (
            "/v2/P/instances/x/redislog?log_type=run",
            "/error_code",
            "DCS.3022",
        ),
        (
            "/v3/P/instances/x/auditlog-policy",
            "/error_code",
            "DBS.200002",
        ),
    ] {
        let (status, body) = cloud.get(path).await;
        assert_eq!(status, 404, "{path}: {body}");
        assert_eq!(text(&body, pointer), expected, "{path}");
    }
    let (status, body) = cloud.send(Method::PATCH, "/v2/P/instances", None).await;
    assert_eq!((status, text(&body, "/error_code")), (405, "DCS.5001"));
}

#[tokio::test]
async fn requests_are_counted_and_recorded_without_secrets() {
    let cloud = cloud().await;
    cloud.get("/v2/P/instances?limit=5").await;
    cloud.get("/v3/P/instances").await;
    cloud.get("/v3/P/instances").await;
    assert_eq!(cloud.running.count("ListInstances"), 3);
    assert_eq!(cloud.running.count("rds.ListInstances"), 2);
    let request = cloud.running.requests().remove(0);
    assert_eq!(request.operation.as_deref(), Some("dcs.ListInstances"));
    assert_eq!(request.query.as_deref(), Some("limit=5"));
    assert_eq!((request.status, request.auth), (200, AuthUsed::Token));
    let link = cloud.run_log_link().await;
    cloud.client.get(&link).send().await.unwrap();
    assert_eq!(cloud.running.count("download"), 1);
    let everything = format!("{:?}", cloud.running.requests());
    for secret in cloud.running.secrets() {
        assert!(!everything.contains(&secret), "{secret}");
    }
    cloud.running.clear_requests();
    assert_eq!(cloud.running.count("ListInstances"), 0);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_cloud() {
    let ids = |seed| async move {
        let cloud = start(builder().seed(seed)).await;
        let (redis, databases) = (
            cloud.running.redis_instances(),
            cloud.running.database_instances(),
        );
        let redis = redis.into_iter().map(|instance| instance.id);
        let ids: Vec<String> = redis
            .chain(databases.into_iter().map(|instance| instance.id))
            .collect();
        (ids, cloud.running.token().to_owned())
    };
    assert_eq!(ids(1).await, ids(1).await);
    assert_ne!(ids(1).await, ids(2).await);
}

#[tokio::test]
async fn polling_moves_an_auto_clock() {
    let clock = Clock::auto(Duration::from_secs(4));
    let cloud = start(builder().clock(clock)).await;
    let id = cloud.database("mysql-1");
    let path = format!("/v3/P/instances/{id}/slowlog-download");
    let mut polls = 0;
    loop {
        let (_, response) = cloud.post(&path, Some(json!({}))).await;
        if text(&response, "/status") == "FINISH" {
            break;
        }
        polls += 1;
    }
    assert_eq!(polls, 5);
}

#[tokio::test]
async fn shutting_down_frees_the_port() {
    let cloud = cloud().await;
    let addresses = cloud.running.addresses();
    assert_eq!(addresses.len(), Service::ALL.len());
    cloud.get("/v2/P/instances").await;
    cloud.running.shutdown().await;
    for (service, address) in addresses {
        assert!(address.ip().is_loopback());
        let again = TcpListener::bind(address);
        assert!(again.is_ok(), "{service}: {again:?}");
    }
}

#[tokio::test]
async fn the_ports_of_the_services_follow_each_other_and_are_not_shared() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = builder().port(port).start().await.unwrap_err().to_string();
    assert!(error.contains("choose another port"), "{error}");
    // The second service would listen there.
    let error = builder().port(port - 1).start().await.unwrap_err();
    assert!(error.to_string().contains("choose another port"), "{error}");
    let error = builder().port(u16::MAX).start().await.unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("too few from 65535 on; choose a smaller one"),
        "{said}"
    );
}

#[tokio::test]
async fn a_service_answers_at_its_own_address_alone() {
    let cloud = cloud().await;
    let path = format!("/v3/{}/instances", cloud.running.project_id());
    for (service, status) in [
        (Service::Dcs, 404),
        (Service::Rds, 200),
        (Service::Iam, 404),
    ] {
        let url = format!("{}{path}", cloud.running.url(service));
        let request = cloud.client.get(url);
        let request = request.header("X-Auth-Token", cloud.running.token());
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{service}");
    }
    assert_eq!(cloud.running.base_url(), cloud.running.url(Service::Dcs));
    let named = cloud.running.env_token();
    for service in Service::ALL {
        let name = format!("OTCDB_{}_ENDPOINT", service.as_str().to_uppercase());
        assert!(
            named.contains(&(name, cloud.running.url(service))),
            "{named:?}"
        );
    }
}

#[tokio::test]
async fn refused_passwords_come_back_nowhere() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-ha-1").id;
    let change = format!("/v2/P/instances/{id}/password");
    let reset = format!("/v2/P/instances/{id}/password/reset");
    let order = |password: Value| {
        json!({
            "name": "n-1-name", "engine": "Redis", "engine_version": "5.0", "capacity": 1, "vpc_id": "v",
            "subnet_id": "s", "spec_code": "redis.single.xu1.large.1", "az_codes": ["z"], "password": password,
        })
    };
    let login = |password: Value| {
        let user = json!({ "name": "u", "domain": { "name": "d" }, "password": password });
        json!({ "auth": { "identity": { "methods": ["password"], "password": { "user": user } } } })
    };
    for secret in [json!("Sec-1"), json!(987_654_321), json!(["Sec-1"])] {
        for (method, path, body) in [
            (
                Method::PUT,
                &change,
                json!({ "old_password": secret, "new_password": secret }),
            ),
            (Method::POST, &reset, json!({ "new_password": secret })),
            (
                Method::POST,
                &"/v2/P/instances".to_owned(),
                order(secret.clone()),
            ),
            (
                Method::POST,
                &"/v3/auth/tokens".to_owned(),
                login(secret.clone()),
            ),
        ] {
            let request = cloud.request(method, path).json(&body);
            let response = request.send().await.unwrap();
            assert!(response.status().is_client_error(), "{path} {secret}");
            let headers = format!("{:?}", response.headers());
            let body = response.text().await.unwrap();
            for text in ["Sec-1", "987654321"] {
                assert!(
                    !headers.contains(text) && !body.contains(text),
                    "{path}: {headers} {body}"
                );
            }
        }
    }
    let broken = cloud
        .request(Method::PUT, &change)
        .body("{\"old_password\": \"Sec-1\"");
    assert_eq!(broken.send().await.unwrap().status(), 400);
    let everything: Vec<String> = cloud
        .running
        .requests()
        .iter()
        .map(|one| {
            format!(
                "{one:?} {}",
                String::from_utf8_lossy(&one.body).into_owned()
            )
        })
        .collect();
    let everything = everything.join("\n");
    for text in ["Sec-1", "987654321"] {
        assert!(!everything.contains(text), "{everything}");
    }
}
