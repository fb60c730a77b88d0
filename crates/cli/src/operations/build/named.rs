//! Parameters that take the id of a resource, and so its name: which operation lists the resources, and by which fields
//! ids and names are told.

use otcdb_bundles::bundle;
use otcdb_openapi::{Operation, Pagination, Parameter, Place, Verb};

use crate::operations::build::flags;

const ID: &str = "_id";

/// How a name is looked up.
#[derive(Clone, Debug)]
pub(crate) struct Lookup {
    /// The name of one resource of its kind, in words.
    pub(crate) kind: String,
    /// The operation that lists all of them.
    pub(crate) list: &'static Operation,
    /// How its list comes.
    pub(crate) paging: &'static Pagination,
    /// The field of an item that holds its id.
    pub(crate) key: String,
    /// The field of an item that holds its name.
    pub(crate) name: String,
    /// The field of an item that holds its state, if one does.
    pub(crate) status: Option<String>,
}

/// How the name of a resource is looked up that a parameter takes the id of; `None` if it takes something else, or
/// nothing lists them with nothing but an identity.
pub(crate) fn lookup(operation: &Operation, parameter: &Parameter) -> Option<Lookup> {
    let service = bundle(&operation.service).ok()?;
    let is_text = !parameter.is_list() && parameter.schema.kind() == Some("string");
    let operations = service.operations.iter();
    let of_its_name = operations.flat_map(|one| &one.parameters);
    if !is_text || have_other_ids(of_its_name.filter(|one| one.name == parameter.name)) {
        return None;
    }
    let of = |resource: &str, keys: &[&str]| {
        let mut lists: Vec<Lookup> = service
            .operations
            .iter()
            .filter_map(|list| by(list, resource, keys))
            .collect();
        lists.sort_by_key(|lookup| lookup.list.path.len());
        lists.into_iter().next()
    };
    let by_its_name = parameter.name.strip_suffix(ID).and_then(|stem| {
        let resource = stem.replace('_', "-");
        of(&resource, &[&parameter.name, "id"])
    });
    by_its_name.or_else(|| {
        // What an operation does something to is the last that its path names.
        let resource = operation.resource.as_ref()?;
        let of_path = operation.path.split(['{', '}']).skip(1).step_by(2);
        let is_last = parameter.place == Place::Path && of_path.last()? == parameter.name;
        is_last.then(|| of(&resource.name, &[&parameter.name]))?
    })
}

/// How resources of this kind are found in a list, if it lists such ones and needs nothing but an identity.
fn by(list: &'static Operation, resource: &str, keys: &[&str]) -> Option<Lookup> {
    let paging = list.pagination.as_ref()?;
    let is_it = |one: &otcdb_openapi::Resource| one.name == resource && one.verb == Verb::List;
    let is_needed = |one: &&Parameter| {
        one.required && !flags::is_of_the_session(one) && !paging.counts_with(&one.name)
    };
    let needs_body = list.body.as_ref().is_some_and(|body| body.required);
    if !list.resource.as_ref().is_some_and(is_it)
        || needs_body
        || list.parameters.iter().any(|one| is_needed(&one))
    {
        return None;
    }
    let mut schemas = (list.successes()).filter_map(|response| response.schema.as_ref());
    let fields = schemas.next()?.element_fields(&paging.items);
    let has = |name: &str| fields.iter().any(|field| field == name);
    let first = |names: &[&str]| {
        let found = names.iter().find(|name| has(name));
        found.map(|name| (*name).to_owned())
    };
    let of_kind = format!("{}_name", resource.replace('-', "_"));
    let key = first(keys)?;
    let of_key = format!("{}_name", key.strip_suffix(ID).unwrap_or(&key));
    Some(Lookup {
        kind: resource.replace('-', " "),
        list,
        paging,
        name: first(&["name", &of_kind, &of_key])?,
        status: first(&["status", "state"]),
        key,
    })
}

/// Whether the documented values show ids of a form that a name may have, too. All parameters of a name are asked, since a
/// page's example may stand for an id without being one.
fn have_other_ids<'a>(parameters: impl Iterator<Item = &'a Parameter>) -> bool {
    let mut values = parameters
        .flat_map(|one| &one.examples)
        .map(|example| &example.value)
        .peekable();
    let is_id = |value: &serde_json::Value| value.as_str().is_some_and(is_id);
    values.peek().is_some() && !values.any(is_id)
}

/// Whether a text has the form that the services' ids have: 32 hexadecimal digits, with hyphens as a UUID has them or with
/// a few letters and digits at the end (`…in01`). A name of this form is taken for an id.
pub(crate) fn is_id(text: &str) -> bool {
    const DIGITS: usize = 32;
    const END: usize = 8;
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    let plain = match groups[..] {
        [8, 4, 4, 4, 12] => text.replace('-', ""),
        _ => text.to_owned(),
    };
    let Some((digits, end)) = plain.split_at_checked(DIGITS) else {
        return false;
    };
    digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        && end.len() <= END
        && end.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(service: &str, name: &str, parameter: &str) -> Option<(String, String, String)> {
        let operation = bundle(service).unwrap().named(name).unwrap();
        let mut parameters = operation.parameters.iter();
        let parameter = parameters.find(|one| one.name == parameter).unwrap();
        let found = lookup(operation, parameter)?;
        Some((found.list.id.clone(), found.key, found.name))
    }

    #[test]
    fn the_id_of_an_instance_can_be_its_name_wherever_it_is_taken() {
        let list = |key: &str| {
            let texts = ["ListInstances", key, "name"].map(ToOwned::to_owned);
            Some(texts.into())
        };
        for service in ["dcs", "rds"] {
            for operation in &bundle(service).unwrap().operations {
                for parameter in &operation.parameters {
                    if parameter.name == "instance_id" {
                        let key = if service == "dcs" {
                            "instance_id"
                        } else {
                            "id"
                        };
                        let found = of(service, &operation.name, "instance_id");
                        assert_eq!(found, list(key), "{}", operation.qualified());
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_listed_only_inside_something_else_or_has_no_name_takes_ids() {
        assert_eq!(of("dcs", "delete-backup-file", "backup_id"), None);
        assert_eq!(of("dcs", "delete-backup-file", "project_id"), None);
        assert_eq!(of("dcs", "delete-ip-from-domain-name", "node_id"), None);
        let migration = of("dcs", "show-migration-task", "task_id").unwrap();
        assert_eq!(migration.0, "ListMigrationTask");
    }

    #[test]
    fn ids_are_told_by_their_form() {
        for id in [
            "ed7cc6166ec24360a5ed5c5c9c2ed726in01",
            "5560df16-cebf-4473-95c4-d1b573c16e79",
            "5560DF16CEBF447395C4D1B573C16E79",
        ] {
            assert!(is_id(id), "{id}");
        }
        for name in [
            "",
            "orders-db",
            "i",
            "11",
            "*",
            "5560df16-cebf-4473-95c4-d1b573c16e7",
            "5560df16-cebf4473-95c4-d1b573c16e79-",
            "5560df16cebf447395c4d1b573c16e79-copy",
            "5560df16cebf447395c4d1b573c16e79 of ours",
            "zz60df16cebf447395c4d1b573c16e79",
            "ed7cc6166ec24360a5ed5c5c9c2ed72生产缓存",
        ] {
            assert!(!is_id(name), "{name}");
        }
    }
}
