//! Every operation of DCS, called by the generated client in the simulated cloud.

use std::collections::BTreeMap;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use otcdb_core::waiter::{PollPolicy, Waiter};
use otcdb_core::{Credentials, Endpoints, Region, Session};
use otcdb_openapi::Bundle;
use otcdb_openapi::examples::request_examples;
use otcdb_openapi::written::{Operation, operations};
use otcdb_simulator::{Clock, RedisKind, Running, Simulator};
use serde_json::{Value, json};

use crate::dispatch::{self, How};
use crate::support::{Arguments, CallError};

const SERVICE: &str = "dcs";

/// Where ids come from: the parameter or field of a body, the list, and the field of its elements.
const IDS: [(&str, &str, &str); 8] = [
    ("backup_id", "ListBackupRecords", "backup_id"),
    ("bigkey_id", "ListBigkeyScanTasks", "id"),
    ("hotkey_id", "ListHotKeyScanTasks", "id"),
    ("group_id", "ListGroupReplicationInfo", "group_id"),
    ("report_id", "ListDiagnosisTasks", "report_id"),
    ("task_id", "ListBackgroundTask", "id"),
    ("job_id", "ListBackgroundTask", "id"),
    ("id", "ListRedislog", "id"),
];

pub(crate) fn trials(bundle: &'static Bundle) -> Vec<Trial> {
    if bundle.service != SERVICE {
        return Vec::new();
    }
    operations(&bundle.document)
        .into_iter()
        .map(|operation| {
            let name = format!("simulated::{SERVICE}::{}", operation.id());
            Trial::test(name, move || {
                tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()?
                    .block_on(call(bundle, &operation))
            })
        })
        .collect()
}

/// A cloud with what one operation needs.
struct World {
    cloud: Running,
    session: Session,
    instance: String,
}

impl World {
    async fn new(operation: &str) -> Result<Self, Failed> {
        let kind = match operation {
            // A run log is collected as a whole; an address is taken out where others stay.
            "CreateRedislog" | "CreateRedislogDownloadLink" => RedisKind::Single,
            "DeleteIpFromDomainName" => RedisKind::Cluster,
            _ => RedisKind::Replicated,
        };
        let cloud = Simulator::builder()
            .seed(3)
            .clock(Clock::auto(Duration::from_secs(30)))
            .redis(1, 1, 1)
            .databases(0, 0, 0)
            .start()
            .await?;
        let session = Session::builder(
            Credentials::Token(cloud.token().into()),
            Region::new(cloud.region())?,
        )
        .endpoints(Endpoints::all_at(&cloud.base_url())?)
        .project_id(cloud.project_id())
        .build()?;
        let instance = cloud
            .redis_instances()
            .into_iter()
            .find(|instance| instance.kind == kind)
            .ok_or("no such instance")?
            .id;
        Ok(Self {
            cloud,
            session,
            instance,
        })
    }

    /// Calls an operation with these parameters, beside project and instance.
    async fn send(
        &self,
        operation: &str,
        parameters: &[(&str, Value)],
        body: Option<&Value>,
        how: How<'_>,
    ) -> Result<Value, CallError> {
        let project = json!(self.cloud.project_id());
        let instance = json!(self.instance);
        let mut all = BTreeMap::from([("project_id", &project), ("instance_id", &instance)]);
        all.extend(parameters.iter().map(|(name, value)| (*name, value)));
        let arguments = Arguments {
            parameters: all,
            body,
        };
        dispatch::call(SERVICE, &self.session, operation, &arguments, how).await
    }

    /// The id of something that there is, made first where that takes more than a list.
    async fn id(&self, operation: &str, name: &str) -> Result<Option<Value>, Failed> {
        if name == "task_id" && operation.contains("Migration") {
            return self.migration(operation).await.map(Some);
        }
        if name == "node_id" {
            let shards = self.list("ListGroupReplicationInfo").await?;
            return Ok(Some(shards[0]["replication_list"][1]["node_id"].clone()));
        }
        if operation == "CreateRedislogDownloadLink" && name == "id" {
            let run = [("log_type", json!("run"))];
            self.send("CreateRedislog", &run, None, How::Send).await?;
        }
        let Some((_, list, field)) = IDS.iter().find(|(known, ..)| *known == name) else {
            return Ok(None);
        };
        Ok(Some(self.list(list).await?[0][field].clone()))
    }

    async fn list(&self, operation: &str) -> Result<Value, Failed> {
        let run = [("log_type", json!("run"))];
        Ok(self.send(operation, &run, None, How::List).await?)
    }

    /// A migration task that the operation can be carried out on.
    async fn migration(&self, operation: &str) -> Result<Value, Failed> {
        let new = json!({
            "name": "moving", "vpc_id": "v", "subnet_id": "s", "security_group_id": "g",
        });
        let made = self
            .send("CreateOnlineMigrationTask", &[], Some(&new), How::Send)
            .await?;
        let id = made["instance_id"].clone();
        let policy = PollPolicy {
            interval: Duration::ZERO,
            ..PollPolicy::default()
        };
        let waiter = Waiter::new("the migration task", policy);
        let ready = How::Wait(&waiter, id.as_str().unwrap_or_default());
        self.send("ListMigrationTask", &[], None, ready).await?;
        if operation.contains("Stop") {
            let source_and_target = json!({
                "migration_method": "incremental_migration",
                "resume_mode": "auto",
                "source_instance": { "addrs": "192.0.2.1:6379" },
                "target_instance": { "id": self.instance },
            });
            let task = [("task_id", id.clone())];
            let body = Some(&source_and_target);
            self.send("SetOnlineMigrationTask", &task, body, How::Send)
                .await?;
        }
        Ok(id)
    }
}

/// Calls the operation with its first documented request, in which ids are of things that there are.
async fn call(bundle: &Bundle, operation: &Operation<'static>) -> Result<(), Failed> {
    let id = operation.id();
    let world = World::new(id).await?;
    let example = request_examples(operation).into_iter().next();
    let mut parameters = Vec::new();
    for parameter in operation.parameters() {
        let name = parameter["name"].as_str().unwrap_or_default();
        if parameter["required"] != true || ["project_id", "instance_id"].contains(&name) {
            continue;
        }
        let value = match world.id(id, name).await? {
            Some(value) => value,
            None => example
                .as_ref()
                .and_then(|example| example.parameters.get(name))
                .map(|value| (*value).clone())
                .ok_or_else(|| format!("nothing is documented for {name}"))?,
        };
        parameters.push((name, value));
    }
    let mut body = example.and_then(|example| example.body).cloned();
    if let Some(Value::Object(fields)) = &mut body {
        for (name, value) in fields {
            let good = match name.as_str() {
                "password" | "new_password" => Some(json!("Simulated-1")),
                "target_instance" => Some(json!({ "id": world.instance })),
                "instances" => Some(json!([world.instance])),
                "migration_tasks" | "task_id_list" => {
                    world.id(id, "task_id").await?.map(|task| json!([task]))
                }
                "backup_id" => world.id(id, "backup_id").await?,
                _ => None,
            };
            if let Some(good) = good {
                *value = good;
            }
        }
    }
    world.cloud.clear_requests();
    world
        .send(id, &parameters, body.as_ref(), How::Send)
        .await?;
    let count = world.cloud.count(&format!("{}.{id}", bundle.service));
    if count != 1 {
        return Err(format!("it was called {count} times").into());
    }
    let noted = [world.cloud.deviations(), world.cloud.unknown_parameters()].concat();
    match noted.as_slice() {
        [] => Ok(()),
        noted => Err(noted.join("\n").into()),
    }
}
