//! Every operation and every resource in the simulated cloud, by the generated clients.

use libtest_mimic::{Failed, Trial};
use otcdb_core::{Credentials, Endpoints, Region, RetryPolicy, Service, Session};
use otcdb_testing::contract::{contract, resources};
use otcdb_testing::{Client, Fixture, Identity, Refused, SmallCloud, every, operations};
use serde_json::Value;

use crate::dispatch::{self, How};
use crate::support::Arguments;

pub(crate) fn trials() -> Vec<Trial> {
    let operations = operations().map(|operation| {
        let name = format!("simulated::{}::{}", operation.service, operation.id);
        let run = move || every(&Generated, operation).map(drop).map_err(Failed::from);
        Trial::test(name, run)
    });
    let resources = resources().into_iter().map(|resource| {
        let name = format!("contract::{}::{}", resource.service, resource.name);
        let run = move || {
            contract(&Generated, &resource)
                .map(drop)
                .map_err(Failed::from)
        };
        Trial::test(name, run)
    });
    operations.chain(resources).collect()
}

/// The generated clients.
pub(crate) struct Generated;

impl Client for Generated {
    fn call(
        &self,
        cloud: &SmallCloud,
        who: &Identity,
        fixture: &Fixture,
    ) -> Result<Value, Refused> {
        let session = session(cloud, who).map_err(|error| Refused {
            text: format!("{error:?}"),
        })?;
        let parameters = fixture.parameters.iter();
        let arguments = Arguments {
            parameters: parameters
                .map(|(name, value)| (name.as_str(), value))
                .collect(),
            body: fixture.body.as_ref(),
        };
        let (service, operation) = (fixture.service, fixture.operation);
        let call = dispatch::call(service, &session, operation, &arguments, How::Send);
        cloud.run(call).map_err(|error| Refused {
            text: error.to_string(),
        })
    }
}

fn session(cloud: &SmallCloud, who: &Identity) -> otcdb_core::Result<Session> {
    let running = &cloud.running;
    let mut endpoints = Endpoints::all_at(&running.base_url())?;
    for service in Service::ALL {
        endpoints.set(service, &running.url(service))?;
    }
    let token = Credentials::Token(who.token.as_str().into());
    Session::builder(token, Region::new(running.region())?)
        .endpoints(endpoints)
        .project_id(&who.project)
        .retry(RetryPolicy::never())
        .build()
}
