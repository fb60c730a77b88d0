//! Backs up the first Redis instance that can be, and waits until the backup is there.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::waiter::{PollPolicy, Waiter};
use otcdb_core::{ErrorKind, Session};
use otcdb_dcs::{Client, types::CopyInstanceRequest};

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let dcs = Client::connect(&Session::from_env().await?);
    let waiter = Waiter::new("the backup", PollPolicy::default());
    let mut instances = dcs.list_instances().stream();
    while let Some(instance) = instances.try_next().await? {
        let call = dcs.copy_instance().instance_id(&instance.instance_id);
        let call = call.body(CopyInstanceRequest::new().remark("nightly"));
        match call.send_and_wait(&waiter).await {
            Ok(backup) => {
                println!(
                    "{}: {} {}",
                    instance.name, backup.backup_name, backup.status
                );
                break;
            }
            // A single node has nothing that could make one.
            Err(error) if error.kind() == ErrorKind::InvalidArgument => println!("{error}"),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
