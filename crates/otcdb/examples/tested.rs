//! A function over a client, and its tests against a simulated cloud.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb::dcs::{Client, types::InstanceStatus};
use otcdb::{Result, Session};

/// The names of the instances that do not run.
async fn down(session: &Session) -> Result<Vec<String>> {
    let instances = Client::connect(session).list_instances().stream();
    let mut all = instances.collect_all().await?;
    all.retain(|instance| !instance.status.is(InstanceStatus::Running));
    Ok(all.into_iter().map(|instance| instance.name).collect())
}

#[tokio::main]
async fn main() -> Result<()> {
    println!("{:?}", down(&Session::from_env().await?).await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use otcdb::ErrorKind;
    use otcdb_simulator::Simulator;

    #[tokio::test]
    async fn in_a_fresh_cloud_all_instances_run() {
        let session = Simulator::start().await.unwrap().session();
        assert_eq!(super::down(&session).await.unwrap(), [""; 0]);
    }

    #[tokio::test]
    async fn a_refusal_has_its_code() {
        let fault = "ListInstances:403:code=DCS.0003".parse().unwrap();
        let cloud = Simulator::builder().fault(fault).start().await.unwrap();
        let error = super::down(&cloud.session()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::Permission, Some("DCS.0003"))
        );
        assert_eq!(cloud.count("ListInstances"), 1);
    }
}
