//! What the program reads from a bundle and what a client was generated with are two readings of one description.

use otcdb_core::{Expect, OperationMeta};
use otcdb_spec::{Expected, Service, bundle};

#[test]
fn program_and_clients_agree_on_what_may_be_sent_again_and_on_what_is_answered() {
    let tables: [(Service, &[OperationMeta]); 3] = [
        (Service::Dcs, otcdb_dcs::OPERATIONS),
        (Service::Rds, otcdb_rds::OPERATIONS),
        (Service::Iam, otcdb_iam::OPERATIONS),
    ];
    for (service, table) in tables {
        let operations = &bundle(service).unwrap().operations;
        assert_eq!(operations.len(), table.len(), "{service}");
        for operation in operations {
            let name = operation.qualified();
            let meta = table.iter().find(|meta| meta.id() == operation.id);
            let meta = meta.unwrap_or_else(|| panic!("the client has no {name}"));
            assert_eq!(&operation.method, meta.method(), "{name}");
            assert_eq!(operation.idempotent, meta.is_idempotent(), "{name}");
            let expected = match operation.expected() {
                Expected::Json => Expect::Json,
                Expected::JsonOrEmpty => Expect::JsonOrEmpty,
                Expected::Empty => Expect::Empty,
            };
            assert_eq!(expected, meta.expected(), "{name}");
        }
    }
}
