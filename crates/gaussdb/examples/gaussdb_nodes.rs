//! Shows what each instance is made of, many instances at a time.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::Session;
use otcdb_gaussdb::Client;
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let gaussdb = Client::connect(&Session::from_env().await?);
    let mut calls = JoinSet::new();
    let instances = gaussdb.list_gauss_my_sql_instances().stream();
    for instance in instances.collect_all().await? {
        let call = gaussdb.show_gauss_my_sql_instance_info();
        calls.spawn(call.instance_id(instance.id).send());
    }
    for shown in calls.join_all().await {
        for node in shown?.instance.map(|shown| shown.nodes).unwrap_or_default() {
            println!("{} is a {:?}", node.name, node.type_);
        }
    }
    Ok(())
}
