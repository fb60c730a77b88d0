//! A cloud and a client for tests.

use std::time::Duration;

use otcdb_simulator::{Builder, Running, Service};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

pub(crate) use otcdb_testing::builder;

pub(crate) async fn cloud() -> Cloud {
    start(builder()).await
}

pub(crate) async fn start(builder: Builder) -> Cloud {
    Cloud {
        running: builder.start().await.unwrap(),
        client: otcdb_testing::http_client(),
    }
}

/// A cloud with faults.
pub(crate) async fn faulty(faults: &[&str]) -> Cloud {
    let faults = faults.iter().map(|text| text.parse().unwrap());
    start(builder().faults(faults)).await
}

pub(crate) struct Cloud {
    pub(crate) running: Running,
    pub(crate) client: Client,
}

/// The service that has a path.
fn service_of(path: &str) -> Service {
    let mut steps = path.trim_start_matches('/').split(['/', '?']);
    match (steps.next(), steps.next()) {
        (Some("v3"), None | Some("" | "auth" | "projects")) => Service::Iam,
        (Some("v3" | "v3.1"), _) => Service::Rds,
        _ => Service::Dcs,
    }
}

/// Status and body of a response.
pub(crate) type StatusAndBody = (u16, Value);

impl Cloud {
    /// A request without proof of identity.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        let url = self.running.url(service_of(path));
        self.client.request(method, format!("{url}{path}"))
    }

    /// A request with a token. `P` in the path stands for the project.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path = path.replace("/P/", &format!("/{}/", self.running.project_id()));
        self.bare(method, &path)
            .header("X-Auth-Token", self.running.token())
    }

    pub(crate) async fn get(&self, path: &str) -> StatusAndBody {
        answer(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Option<Value>) -> StatusAndBody {
        self.send(Method::POST, path, body).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> StatusAndBody {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        answer(request.send().await.unwrap()).await
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.running.clock().advance(Duration::from_secs(seconds));
    }

    /// Id of the Redis instance with this name.
    pub(crate) fn redis(&self, name: &str) -> otcdb_simulator::RedisInstance {
        let instances = self.running.redis_instances();
        instances
            .into_iter()
            .find(|instance| instance.name == name)
            .unwrap()
    }

    /// Id of the database instance with this name.
    pub(crate) fn database(&self, name: &str) -> String {
        let instances = self.running.database_instances();
        let found = instances.into_iter().find(|instance| instance.name == name);
        found.unwrap().id
    }

    /// A token of the user for a project.
    pub(crate) async fn token_of(&self, project: &str) -> String {
        let accounts = self.running.accounts();
        let user = serde_json::json!({
            "name": accounts.user_name, "password": accounts.password,
            "domain": { "name": accounts.domain_name },
        });
        let body = serde_json::json!({ "auth": {
            "identity": { "methods": ["password"], "password": { "user": user } },
            "scope": { "project": { "id": project } },
        } });
        let request = self.bare(Method::POST, "/v3/auth/tokens").json(&body);
        let response = request.send().await.unwrap();
        let token = response.headers().get("x-subject-token").unwrap();
        token.to_str().unwrap().to_owned()
    }

    /// Collects today's run log of the single-node instance and returns its link.
    pub(crate) async fn run_log_link(&self) -> String {
        let id = self.redis("redis-single-1").id;
        let base = format!("/v2/P/instances/{id}/redislog");
        self.post(&format!("{base}?log_type=run"), None).await;
        self.advance(10);
        let (_, list) = self.get(&format!("{base}?log_type=run")).await;
        let log = list["file_list"][0]["id"].as_str().unwrap();
        let (status, link) = self.post(&format!("{base}/{log}/links"), None).await;
        assert_eq!(status, 200, "{link}");
        link["link"].as_str().unwrap().to_owned()
    }
}

pub(crate) async fn answer(response: Response) -> StatusAndBody {
    let status = response.status().as_u16();
    assert!(
        response.headers().contains_key("x-request-id"),
        "no request id"
    );
    let text = response.text().await.unwrap();
    let value = match text.is_empty() {
        true => Value::Null,
        false => serde_json::from_str(&text).unwrap_or(Value::String(text)),
    };
    (status, value)
}

/// The text at a JSON pointer.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no text at {pointer} in {value}"))
}
