//! Has the audit logs of a MongoDB instance kept for a month, and of what changes data alone.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::Session;
use otcdb_dds::Client;
use otcdb_dds::types::{AuditType, SetAuditlogPolicyRequest};

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let dds = Client::connect(&Session::from_env().await?);
    let mut instances = dds.list_instances().page_size(1).stream();
    if let Some(instance) = instances.try_next().await? {
        let types = [AuditType::Insert, AuditType::Delete, AuditType::Update];
        let policy = SetAuditlogPolicyRequest::new(30).audit_types(types);
        let call = dds.set_auditlog_policy().instance_id(&instance.id);
        call.body(policy).await?;
        let now = dds.show_auditlog_policy().instance_id(&instance.id).await?;
        println!("{:?} for {:?} days", now.audit_types, now.keep_days);
    }
    Ok(())
}
