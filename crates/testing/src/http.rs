//! Requests as they are, without a client of ours.

use otcdb_simulator::{Fixture, Service};
use serde_json::Value;

use crate::small_cloud::{Client, Identity, Refused, SmallCloud};

/// Requests as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Http;

impl Client for Http {
    fn call(
        &self,
        cloud: &SmallCloud,
        who: &Identity,
        fixture: &Fixture,
    ) -> Result<Value, Refused> {
        cloud.run(send(cloud, who, fixture))
    }
}

async fn send(cloud: &SmallCloud, who: &Identity, fixture: &Fixture) -> Result<Value, Refused> {
    let service: Service = fixture.service.parse().unwrap();
    let operation = fixture.described().unwrap();
    let url = format!("{}{}", cloud.running.url(service), fixture.target());
    let mut request = cloud
        .http
        .request(operation.method.clone(), url)
        .header("X-Auth-Token", &who.token);
    for (name, value) in fixture.headers() {
        request = request.header(name, value);
    }
    if let Some(body) = &fixture.body {
        request = request.json(body);
    }
    let response = request.send().await.unwrap();
    let status = response.status();
    let detail = response.headers().get("x-simulator-detail").cloned();
    let text = response.text().await.unwrap();
    match status.is_success() {
        true if text.is_empty() => Ok(Value::Null),
        true => Ok(serde_json::from_str(&text).unwrap_or(Value::String(text))),
        false => Err(Refused {
            text: format!("{status} {text} {detail:?}"),
        }),
    }
}
