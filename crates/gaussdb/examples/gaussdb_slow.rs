//! Shows the slow statements of the last day, node by node.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::Session;
use otcdb_core::jiff::{Timestamp, ToSpan as _};
use otcdb_gaussdb::Client;

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let gaussdb = Client::connect(&Session::from_env().await?);
    let now = Timestamp::now();
    let mut instances = gaussdb.list_gauss_my_sql_instances().stream();
    while let Some(instance) = instances.try_next().await? {
        let call = gaussdb.show_gauss_my_sql_instance_info();
        let shown = call.instance_id(&instance.id).await?.instance;
        for node in shown.map(|shown| shown.nodes).unwrap_or_default() {
            let call = gaussdb.list_gauss_my_sql_slow_log();
            let call = call.instance_id(&instance.id).node_id(node.id);
            let call = call.start_date(now - 24.hours()).end_date(now);
            for slow in call.stream().limit(10).collect_all().await? {
                println!("{:?} {:?}", slow.time, slow.query_sample);
            }
        }
    }
    Ok(())
}
