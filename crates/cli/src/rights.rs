//! Which rights an operation needs, where a service refuses it for want of them.

use otcdb_bundles::operation;
use otcdb_core::{Error, ErrorKind};
use otcdb_openapi::Operation;

/// The rights that an operation needs, in words; `None` if nothing is known of them.
pub(crate) fn needed(operation: &Operation) -> Option<String> {
    let needed = operation.permissions.as_ref()?;
    Some(match needed.split_last() {
        None => "no right beyond proof of identity".to_owned(),
        Some((only, [])) => format!("the right {only}"),
        Some((last, rest)) => format!("the rights {} and {last}", rest.join(", ")),
    })
}

/// An error with the rights that its operation needs as the hint, where the service says that some are missing.
pub(crate) fn told(error: Error) -> Error {
    if error.kind() != ErrorKind::Permission {
        return error;
    }
    let described = error
        .service()
        .zip(error.operation())
        .and_then(|(service, id)| operation(service.as_str(), id).ok()?);
    let rights = described
        .filter(|operation| {
            operation
                .permissions
                .as_ref()
                .is_some_and(|all| !all.is_empty())
        })
        .and_then(|operation| Some((&operation.id, needed(operation)?)));
    match rights {
        Some((id, needed)) => error.with_hint(format!(
            "{id} needs {needed}: ask the account's administrator for a role or policy that allows it in this project"
        )),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use otcdb_core::Service;

    use super::*;

    #[test]
    fn what_is_missing_is_named_where_it_is_known() {
        let refused = |kind, operation: &str| {
            let error = Error::new(kind, "no").with_call(Service::Rds, operation);
            told(error).hint().unwrap_or_default().to_owned()
        };
        let hint = refused(ErrorKind::Permission, "ListInstances");
        assert!(
            hint.starts_with("ListInstances needs the right rds:instance:list: "),
            "{hint}"
        );
        let others = [
            refused(ErrorKind::NotFound, "ListInstances"),
            refused(ErrorKind::Permission, "NoSuchOperation"),
        ];
        assert!(
            others.iter().all(|hint| !hint.contains("needs")),
            "{others:?}"
        );
    }

    #[test]
    fn several_rights_are_all_told() {
        let document = |permissions: &[&str]| {
            serde_json::json!({"paths": {"/v2/{id}": {"get": {
                "operationId": "ShowThing", "x-permissions": permissions
            }}}})
        };
        let of = |permissions: &[&str]| {
            let bundle = otcdb_openapi::Description::of("things", document(permissions)).unwrap();
            needed(&bundle.operations[0]).unwrap()
        };
        assert_eq!(
            of(&["a:b:c", "d:e:f", "g:h:i"]),
            "the rights a:b:c, d:e:f and g:h:i"
        );
        assert_eq!(of(&[]), "no right beyond proof of identity");
    }
}
