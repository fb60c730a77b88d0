//! Tokens, signatures, projects.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use otcdb_core::credentials::AccessKey;
use otcdb_core::sign::{Parts, Scheme, Scope, sdk_hmac, sign};
use otcdb_simulator::{AuthUsed, Service};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName};
use serde_json::{Value, json};

use crate::support::{Cloud, StatusAndBody, answer, builder, cloud, start, text};

fn login(cloud: &Cloud, password: &str, scope: Value) -> Value {
    let accounts = cloud.running.accounts();
    json!({ "auth": {
        "identity": {
            "methods": ["password"],
            "password": { "user": {
                "name": accounts.user_name,
                "password": password,
                "domain": { "name": accounts.domain_name },
            }},
        },
        "scope": scope,
    }})
}

/// Token and answer.
async fn log_in(cloud: &Cloud, body: &Value) -> (Option<String>, StatusAndBody) {
    let request = cloud.bare(Method::POST, "/v3/auth/tokens").json(body);
    let response = request.send().await.unwrap();
    let token = response
        .headers()
        .get("x-subject-token")
        .map(|value| value.to_str().unwrap().to_owned());
    (token, answer(response).await)
}

async fn list_with(cloud: &Cloud, path: &str, token: &str) -> StatusAndBody {
    let request = cloud.bare(Method::GET, path).header("X-Auth-Token", token);
    answer(request.send().await.unwrap()).await
}

fn leads_to_the_services(cloud: &Cloud, catalog: &Value, project: &str) {
    let entries = catalog.as_array().unwrap();
    for (kind, service, path) in [
        ("identity", Service::Iam, "/v3".to_owned()),
        ("dcsv1", Service::Dcs, format!("/v1.0/{project}")),
        ("dcs", Service::Dcs, String::new()),
        ("rdsv3", Service::Rds, format!("/v3/{project}")),
    ] {
        let entry = entries.iter().find(|entry| entry["type"] == kind).unwrap();
        let endpoint = &entry["endpoints"][0];
        let url = format!("{}{path}", cloud.running.url(service));
        assert_eq!(endpoint["url"], url);
        for region in ["region", "region_id"] {
            assert_eq!(endpoint[region], "eu-de", "{kind}");
        }
    }
}

#[tokio::test]
async fn the_catalog_is_that_of_the_callers_project() {
    let cloud = cloud().await;
    let accounts = cloud.running.accounts().clone();
    for project in [&accounts.project_id, &accounts.other_project_id] {
        let token = cloud.token_of(project).await;
        let (status, body) = list_with(&cloud, "/v3/auth/catalog", &token).await;
        assert_eq!(status, 200);
        leads_to_the_services(&cloud, &body["catalog"], project);
        let own = format!("{}/v3/auth/catalog", cloud.running.url(Service::Iam));
        assert_eq!(text(&body, "/links/self"), own);
    }
    let request = cloud.bare(Method::GET, "/v3/auth/catalog");
    assert_eq!(answer(request.send().await.unwrap()).await.0, 401);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn a_token_is_described_while_it_is_valid() {
    let cloud = start(builder().token_lifetime(Duration::from_secs(600))).await;
    let accounts = cloud.running.accounts().clone();
    cloud.advance(60);
    let scope = json!({ "project": { "id": accounts.other_project_id } });
    let login = login(&cloud, &accounts.password, scope);
    let (token, (_, made)) = log_in(&cloud, &login).await;
    let token = token.unwrap();
    let check = async |subject: Option<&str>, query: &str| {
        let path = format!("/v3/auth/tokens{query}");
        let mut request = cloud
            .bare(Method::GET, &path)
            .header("X-Auth-Token", &token);
        if let Some(subject) = subject {
            request = request.header("X-Subject-Token", subject);
        }
        let response = request.send().await.unwrap();
        let sent = response.headers().get("x-subject-token").cloned();
        (sent, answer(response).await)
    };
    let (sent, (status, body)) = check(Some(&token), "").await;
    assert_eq!((status, sent.unwrap().to_str().unwrap()), (200, &*token));
    assert_eq!(body, made, "it is described as when it was made");
    let (_, (_, brief)) = check(Some(&token), "?nocatalog=1").await;
    assert_eq!(brief.pointer("/token/catalog"), None);
    assert_eq!(text(&brief, "/token/user/name"), accounts.user_name);

    // The first token of the cloud is a minute older than the one that asks.
    let first = cloud.running.token().to_owned();
    let (_, (_, older)) = check(Some(&first), "").await;
    assert_eq!(text(&older, "/token/project/id"), accounts.project_id);
    cloud.advance(560);
    for subject in [&*first, "no-token"] {
        let (sent, (status, refused)) = check(Some(subject), "").await;
        assert_eq!((status, sent), (404, None), "{refused}");
    }
    assert_eq!(check(None, "").await.1.0, 400);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn a_password_gives_a_token_that_ends() {
    let cloud = start(builder().token_lifetime(Duration::from_secs(600))).await;
    let project = cloud.running.project_id().to_owned();
    let scope = json!({ "project": { "name": "eu-de" } });
    let password = cloud.running.accounts().password.clone();
    let (token, (status, body)) = log_in(&cloud, &login(&cloud, &password, scope.clone())).await;
    let token = token.unwrap();
    assert_eq!(status, 201);
    assert_eq!(text(&body, "/token/project/id"), project);
    assert_eq!(
        text(&body, "/token/expires_at"),
        "2026-04-16T12:10:00.000000Z"
    );
    // The catalog leads to the address of each service.
    leads_to_the_services(&cloud, &body["token"]["catalog"], &project);
    let dcs = format!("/v2/{project}/instances");
    let rds = format!("/v3/{project}/instances");
    assert_eq!(list_with(&cloud, &dcs, &token).await.0, 200);
    cloud.advance(600);
    let (status, ended) = list_with(&cloud, &dcs, &token).await;
    assert_eq!((status, text(&ended, "/error_code")), (401, "DCS.1002"));
    assert_eq!(list_with(&cloud, &rds, &token).await.0, 401);

    let (none, (status, refused)) = log_in(&cloud, &login(&cloud, "wrong", scope)).await;
    assert_eq!((status, none), (401, None));
    assert_eq!(text(&refused, "/error/title"), "Unauthorized");
    let nowhere = json!({ "project": { "name": "nowhere" } });
    let (_, (status, _)) = log_in(&cloud, &login(&cloud, &password, nowhere)).await;
    assert_eq!(status, 401);
    let (_, (status, _)) = log_in(&cloud, &json!({ "auth": {} })).await;
    assert_eq!(status, 400);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn a_token_is_for_the_callers_own_account_and_no_other() {
    let cloud = cloud().await;
    let accounts = cloud.running.accounts().clone();
    let (own, partner) = (&accounts.domain_name, &accounts.agency.0);
    for (scope, status) in [
        (json!({ "domain": { "name": own } }), 201),
        (json!({ "domain": { "id": accounts.domain_id } }), 201),
        (json!({ "domain": { "name": partner } }), 401),
        (json!({ "domain": { "id": "no-domain" } }), 401),
        (
            json!({ "project": { "name": "eu-de", "domain": { "name": own } } }),
            201,
        ),
        (
            json!({ "project": { "name": "eu-de", "domain": { "name": "no-domain" } } }),
            401,
        ),
        (
            json!({ "project": { "name": "eu-de", "domain": { "id": "no-domain" } } }),
            401,
        ),
    ] {
        let (token, (got, body)) =
            log_in(&cloud, &login(&cloud, &accounts.password, scope.clone())).await;
        assert_eq!(
            (got, token.is_some()),
            (status, status == 201),
            "{scope}: {body}"
        );
    }
    let agency = json!({ "auth": {
        "identity": {
            "methods": ["assume_role"],
            "assume_role": { "domain_name": partner, "agency_name": accounts.agency.1 },
        },
        "scope": { "domain": { "name": partner } },
    } });
    let (status, body) = cloud.post("/v3/auth/tokens", Some(agency)).await;
    assert_eq!(status, 201, "{body}");
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn an_agency_gives_a_token_to_who_has_one() {
    let cloud = cloud().await;
    let (domain, agency) = cloud.running.accounts().agency.clone();
    let body = |agency: &str| {
        json!({ "auth": {
            "identity": {
                "methods": ["assume_role"],
                "assume_role": { "domain_name": domain, "agency_name": agency },
            },
            "scope": { "project": { "name": "eu-de" } },
        }})
    };
    let (_, (status, _)) = log_in(&cloud, &body(&agency)).await;
    assert_eq!(status, 401);
    let path = "/v3/auth/tokens?nocatalog=1";
    let (status, granted) = cloud.post(path, Some(body(&agency))).await;
    assert_eq!(status, 201);
    assert_eq!(
        text(&granted, "/token/user/name"),
        format!("{domain}/{agency}")
    );
    assert_eq!(granted.pointer("/token/catalog"), None);
    assert_eq!(cloud.post(path, Some(body("other"))).await.0, 403);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn a_token_is_needed_and_good_for_its_project_only() {
    let cloud = cloud().await;
    let project = cloud.running.project_id().to_owned();
    let other = cloud.running.accounts().other_project_id.clone();
    let token = cloud.running.token().to_owned();
    for (path, code) in [
        (format!("/v2/{project}/instances"), "DCS.1003"),
        (format!("/v3/{project}/instances"), "APIGW.0301"),
    ] {
        let response = cloud.bare(Method::GET, &path).send().await.unwrap();
        let (status, body) = answer(response).await;
        assert_eq!((status, text(&body, "/error_code")), (401, code));
    }
    let (status, _) = list_with(&cloud, &format!("/v2/{project}/instances"), "x").await;
    assert_eq!(status, 401);
    for path in [
        format!("/v2/{other}/instances"),
        format!("/v3/{other}/instances"),
    ] {
        assert_eq!(list_with(&cloud, &path, &token).await.0, 403, "{path}");
    }
    let password = cloud.running.accounts().password.clone();
    let scope = json!({ "project": { "id": other } });
    let (token, _) = log_in(&cloud, &login(&cloud, &password, scope)).await;
    let path = format!("/v2/{other}/instances");
    let (status, none) = list_with(&cloud, &path, &token.unwrap()).await;
    assert_eq!((status, &none["instance_num"]), (200, &json!(0)));
    let (token, _) = log_in(&cloud, &login(&cloud, &password, json!({}))).await;
    let path = format!("/v2/{project}/instances");
    assert_eq!(list_with(&cloud, &path, &token.unwrap()).await.0, 403);
    cloud.running.expire_tokens();
    assert_eq!(cloud.get("/v2/P/instances").await.0, 401);
}

#[tokio::test]
async fn projects_are_found_by_name_and_the_version_without_a_token() {
    let cloud = cloud().await;
    let (_, found) = cloud.get("/v3/projects?name=eu-de").await;
    assert_eq!(found["projects"].as_array().unwrap().len(), 1);
    assert_eq!(text(&found, "/projects/0/id"), cloud.running.project_id());
    let (_, all) = cloud.get("/v3/projects").await;
    assert_eq!(all["projects"].as_array().unwrap().len(), 2);
    for path in ["/v3", "/v3/"] {
        let response = cloud.bare(Method::GET, path).send().await.unwrap();
        let (status, body) = answer(response).await;
        assert_eq!(status, 200);
        let href = format!("{}/v3/", cloud.running.url(Service::Iam));
        assert_eq!(text(&body, "/version/links/0/href"), href);
    }
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

/// A signed request, changed after signing.
async fn signed(
    cloud: &Cloud,
    keys: &AccessKey,
    scheme: &Scheme,
    now: Timestamp,
    change: impl FnOnce(&mut reqwest::Request),
) -> StatusAndBody {
    let project = cloud.running.project_id();
    let path = format!("/v2/{project}/instances?limit=5");
    let mut request = cloud.bare(Method::GET, &path).build().unwrap();
    let scope = Scope::Project(project.to_owned());
    sign(&mut request, &Bytes::new(), keys, scheme, &scope, now).unwrap();
    change(&mut request);
    answer(cloud.client.execute(request).await.unwrap()).await
}

#[tokio::test]
async fn signatures_of_both_forms_are_checked() {
    let cloud = cloud().await;
    let accounts = cloud.running.accounts().clone();
    let (id, secret) = accounts.access_key;
    let keys = AccessKey::new(id.clone(), secret);
    let now = cloud.running.clock().now();
    let sigv4 = Scheme::SigV4 {
        region: "eu-de".to_owned(),
        service: "dcs".to_owned(),
    };
    for (scheme, auth) in [
        (&Scheme::SdkHmacSha256, AuthUsed::SdkHmac),
        (&sigv4, AuthUsed::SigV4),
    ] {
        cloud.running.clear_requests();
        let (status, body) = signed(&cloud, &keys, scheme, now, |_| {}).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(cloud.running.requests()[0].auth, auth);
        let stale = now - jiff::SignedDuration::from_secs(901);
        let (status, body) = signed(&cloud, &keys, scheme, stale, |_| {}).await;
        assert_eq!((status, text(&body, "/error_code")), (401, "APIGW.0301"));
        let (status, _) = signed(&cloud, &keys, scheme, now, |request| {
            request.url_mut().set_query(Some("limit=6"));
        })
        .await;
        assert_eq!(status, 401);
    }
    let wrong = AccessKey::new(id, "wrong".to_owned());
    let scheme = Scheme::SdkHmacSha256;
    assert_eq!(signed(&cloud, &wrong, &scheme, now, |_| {}).await.0, 401);
}

/// A request that signs these headers and no other.
fn signing(cloud: &Cloud, path: &str, headers: &[(HeaderName, &str)]) -> reqwest::Request {
    let (id, secret) = cloud.running.accounts().access_key.clone();
    let mut signed = HeaderMap::new();
    for (name, value) in headers {
        signed.insert(name, value.parse().unwrap());
    }
    let mut request = cloud.bare(Method::GET, path).build().unwrap();
    let url = request.url();
    let parts = Parts::new("GET", url.path(), &signed).query(url.query());
    let signature = sdk_hmac::sign(parts, &AccessKey::new(id, secret)).unwrap();
    signed.insert("authorization", signature.authorization.parse().unwrap());
    request.headers_mut().extend(signed);
    request
}

#[tokio::test]
async fn a_signature_of_the_date_alone_is_good_at_every_service() {
    let cloud = cloud().await;
    let project = cloud.running.project_id();
    let date = HeaderName::from_static("x-sdk-date");
    let now = || (date.clone(), "20260416T120000Z");
    let id = HeaderName::from_static("x-project-id");
    for (service, path) in [
        (Service::Dcs, format!("/v2/{project}/instances?limit=5")),
        (Service::Rds, format!("/v3/{project}/instances")),
        (Service::Iam, "/v3/projects".to_owned()),
    ] {
        let sent = |request| async { answer(cloud.client.execute(request).await.unwrap()).await };
        let changed = |headers: &[(HeaderName, &str)], change: fn(&mut HeaderMap)| {
            let mut request = signing(&cloud, &path, headers);
            change(request.headers_mut());
            request
        };
        let (status, body) = sent(changed(&[now()], |_| {})).await;
        assert_eq!(status, 200, "{service}: {body}");
        let with_id = [now(), (id.clone(), project)];
        assert_eq!(sent(changed(&with_id, |_| {})).await.0, 200, "{service}");
        let broken = [
            changed(&[now()], |headers| {
                headers.insert("x-sdk-date", "20260416T120001Z".parse().unwrap());
            }),
            changed(&[now()], |headers| {
                let text = headers["authorization"].to_str().unwrap();
                let other = text.replace("SignedHeaders=x-sdk-date", "SignedHeaders=host");
                headers.insert("authorization", other.parse().unwrap());
            }),
            changed(&[(date.clone(), "20260416T114459Z")], |_| {}),
            changed(&with_id, |headers| {
                headers.remove("x-project-id");
            }),
            changed(&with_id, |headers| {
                headers.insert("x-project-id", "other".parse().unwrap());
            }),
        ];
        for (number, request) in broken.into_iter().enumerate() {
            assert_eq!(sent(request).await.0, 401, "{service}: {number}");
        }
    }
}

#[tokio::test]
async fn a_temporary_key_needs_its_security_token() {
    let cloud = cloud().await;
    let (id, secret, token) = cloud.running.accounts().temporary_access_key.clone();
    let now = cloud.running.clock().now();
    for (token, expected) in [
        (Some(token), 200),
        (Some("other".to_owned()), 401),
        (None, 401),
    ] {
        let mut keys = AccessKey::new(id.clone(), secret.clone());
        keys.security_token = token.map(Into::into);
        let scheme = Scheme::SdkHmacSha256;
        let (status, body) = signed(&cloud, &keys, &scheme, now, |_| {}).await;
        assert_eq!(status, expected, "{body}");
    }
}

#[tokio::test]
async fn the_environment_of_each_identity_is_complete() {
    let cloud = cloud().await;
    for (env, names) in [
        (
            cloud.running.env_token(),
            &["OTCDB_TOKEN", "OTCDB_PROJECT_ID"][..],
        ),
        (
            cloud.running.env_password(),
            &[
                "OS_AUTH_URL",
                "OS_USERNAME",
                "OS_PASSWORD",
                "OS_USER_DOMAIN_NAME",
            ],
        ),
        (
            cloud.running.env_access_key(),
            &["OS_ACCESS_KEY", "OS_SECRET_KEY"],
        ),
        (
            cloud.running.env_temporary_access_key(),
            &["OS_ACCESS_KEY", "OS_SECRET_KEY", "OS_SECURITY_TOKEN"],
        ),
    ] {
        let always = [
            "OTCDB_DCS_ENDPOINT",
            "OTCDB_RDS_ENDPOINT",
            "OTCDB_IAM_ENDPOINT",
            "OTCDB_REGION",
        ];
        for name in always.iter().chain(names) {
            assert!(env.iter().any(|(found, _)| found == name), "{name}");
        }
    }
}
