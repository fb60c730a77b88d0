//! Parameters and members of bodies that take the id of a resource, and so its name: which operation lists the resources,
//! and by which fields ids and names are told.

use otcdb_bundles::{Outline, bundle, outline};
use otcdb_openapi::{Description, Operation, Pagination, Parameter, Place, pointer};
use serde_json::Value;

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
    let service = outline(&operation.service).ok()?;
    let is_text = !parameter.is_list() && parameter.schema.kind() == Some("string");
    // All parameters of a name are asked, since a page's example may stand for an id without being one.
    let mut of_its_name = service.parameters.iter();
    let of_its_name = of_its_name.find(|one| one.name == parameter.name);
    let examples = of_its_name.map_or(&[][..], |one| one.examples);
    if !is_text || have_other_ids(examples.iter().copied()) {
        return None;
    }
    let by_its_name = parameter.name.strip_suffix(ID).and_then(|stem| {
        let resource = stem.replace('_', "-");
        of(service, &resource, &[&parameter.name, "id"])
    });
    let of_kind = |resource: &str| of(service, resource, &[&parameter.name, "id"]);
    by_its_name
        .or_else(|| {
            let resource = operation.resource.as_ref()?;
            is_last(&operation.path, parameter).then(|| of_kind(&resource.name))?
        })
        .or_else(|| of_kind(kind_of(service, parameter)?))
}

/// The one kind of resource that operations have the id of in a parameter of this name, as the last that their paths name.
fn kind_of(service: Outline, parameter: &Parameter) -> Option<&'static str> {
    let mut kinds = service.operations.iter().filter_map(|one| {
        let (resource, _) = one.resource?.split_once('#')?;
        (last_of(one.path) == Some(&parameter.name)).then_some(resource)
    });
    let first = kinds.next()?;
    kinds.all(|kind| kind == first).then_some(first)
}

/// How the instances of a service are looked up.
pub(crate) fn instances(service: &str) -> Option<Lookup> {
    of(outline(service).ok()?, "instance", &["instance_id", "id"])
}

/// A text in a body where the id of a resource is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Where it stands in the body.
    pub(crate) pointer: String,
    /// What stands there.
    pub(crate) name: String,
    /// How it is looked up.
    pub(crate) lookup: Lookup,
}

/// What stands in a body where the id of a resource is wanted, and has not the form of an id.
pub(crate) fn in_body(operation: &Operation, body: &Value) -> Vec<Member> {
    let Ok(service) = bundle(&operation.service) else {
        return Vec::new();
    };
    let mut given = Vec::new();
    texts(body, "", &[], &mut given);
    let wanted = given.into_iter().filter_map(|text| {
        if text.value.is_empty() || is_id(text.value) {
            return None;
        }
        let (resource, keys) = wanted(operation, &text)?;
        let documented = documented(service, &resource);
        if have_other_ids(documented.into_iter()) {
            return None;
        }
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        Some(Member {
            lookup: of(outline(&operation.service).ok()?, &resource, &keys)?,
            pointer: text.pointer,
            name: text.value.to_owned(),
        })
    });
    wanted.collect()
}

/// The documented ids of a resource, in bodies and paths. All are asked, since a page's example may stand for an id without
/// being one.
fn documented<'d>(service: &'d Description, resource: &str) -> Vec<&'d str> {
    let mut found = Vec::new();
    for operation in &service.operations {
        let examples = operation.body.iter().flat_map(|body| &body.examples);
        for example in examples {
            let mut given = Vec::new();
            texts(&example.value, "", &[], &mut given);
            let is_it = |text: &&Text<'_>| {
                wanted(operation, text).is_some_and(|(wanted, _)| wanted == resource)
            };
            found.extend(given.iter().filter(is_it).map(|text| text.value));
        }
        let is_own = operation
            .resource
            .as_ref()
            .is_some_and(|own| own.name == resource);
        let last = operation
            .parameters
            .iter()
            .find(|one| is_last(&operation.path, one));
        let examples = last
            .filter(|_| is_own)
            .into_iter()
            .flat_map(|one| &one.examples);
        found.extend(examples.filter_map(|example| example.value.as_str()));
    }
    found
}

/// Whether a parameter is the last that the path names: what the operation does something to.
fn is_last(path: &str, parameter: &Parameter) -> bool {
    parameter.place == Place::Path && last_of(path) == Some(&parameter.name)
}

/// The name of the last parameter of a path.
fn last_of(path: &str) -> Option<&str> {
    path.split(['{', '}']).skip(1).step_by(2).last()
}

/// A text in a body.
struct Text<'v> {
    pointer: String,
    /// The names of the members on the way to it, without places in lists.
    names: Vec<&'v str>,
    /// Whether it is an element of a list.
    is_element: bool,
    value: &'v str,
}

/// All texts in a value.
fn texts<'v>(value: &'v Value, at: &str, names: &[&'v str], found: &mut Vec<Text<'v>>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let names = [names, &[name.as_str()]].concat();
                texts(value, &pointer::join(at, name), &names, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let before = found.len();
                texts(item, &format!("{at}/{index}"), names, found);
                if let (true, Some(text)) = (item.is_string(), found.get_mut(before)) {
                    text.is_element = true;
                }
            }
        }
        Value::String(value) => found.push(Text {
            pointer: at.to_owned(),
            names: names.to_vec(),
            is_element: false,
            value,
        }),
        _ => {}
    }
}

/// The resource of which a member of a body has the id, by its name (`instance_id`, `instance_ids`, `instances`) or that of
/// what it stands in (`source_instance.id`), with the fields that may hold the id in the list of the resource. What an
/// operation makes something of (`replica_of_id`) is of the operation's own kind.
fn wanted(operation: &Operation, text: &Text<'_>) -> Option<(String, Vec<String>)> {
    let (name, outer) = text.names.split_last()?;
    let stem = match text.is_element {
        true => (name.strip_suffix("_ids")).or_else(|| name.strip_suffix('s')),
        false => name.strip_suffix(ID).or_else(|| {
            let outer = outer.last().filter(|_| *name == "id")?;
            Some(outer.rsplit('_').next().unwrap_or(outer))
        }),
    }?;
    let own = operation.resource.as_ref().map(|own| own.name.as_str());
    let resource = match own {
        Some(own) if stem.ends_with("_of") => own.to_owned(),
        _ => stem.replace('_', "-"),
    };
    let keys = [resource.replace('-', "_"), stem.to_owned()].map(|one| format!("{one}{ID}"));
    Some((resource, [&keys[..], &["id".to_owned()]].concat()))
}

/// How resources of a kind are looked up that have their id in one of these fields.
fn of(service: Outline, resource: &str, keys: &[&str]) -> Option<Lookup> {
    let lists = service.operations.iter().filter(|one| {
        let resource = one.resource.and_then(|one| one.strip_prefix(resource));
        resource.is_some_and(|verb| verb == "#list")
    });
    let lists = lists.filter_map(|list| {
        let list = otcdb_bundles::operation(service.service, list.id).ok()??;
        by(list, resource, keys)
    });
    lists.min_by_key(|lookup| (lookup.list.path.len(), &lookup.list.path))
}

/// How resources of this kind are found in a list of them, if that needs nothing but an identity.
fn by(list: &'static Operation, resource: &str, keys: &[&str]) -> Option<Lookup> {
    let paging = list.pagination.as_ref()?;
    let is_needed = |one: &&Parameter| {
        one.required && !flags::is_of_the_session(one) && !paging.counts_with(&one.name)
    };
    let needs_body = list.body.as_ref().is_some_and(|body| body.required);
    if needs_body || list.parameters.iter().any(|one| is_needed(&one)) {
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

/// Whether the documented values show ids of a form that a name may have, too.
fn have_other_ids<'a>(values: impl Iterator<Item = &'a str>) -> bool {
    let mut values = values.peekable();
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
    use serde_json::json;

    use super::*;

    const ID: &str = "5560df16-cebf-4473-95c4-d1b573c16e79";

    fn of(service: &str, name: &str, parameter: &str) -> Option<(String, String, String)> {
        let operation = bundle(service).unwrap().named(name).unwrap();
        let mut parameters = operation.parameters.iter();
        let parameter = parameters.find(|one| one.name == parameter).unwrap();
        let found = lookup(operation, parameter)?;
        Some((found.list.id.clone(), found.key, found.name))
    }

    #[test]
    fn the_id_of_an_instance_can_be_its_name_wherever_it_is_taken() {
        for service in otcdb_bundles::services() {
            let (list, key) = match service {
                "dcs" => ("ListInstances", "instance_id"),
                "gaussdb" => ("ListGaussMySqlInstances", "id"),
                _ => ("ListInstances", "id"),
            };
            let listed = [list, key, "name"].map(ToOwned::to_owned);
            for operation in &bundle(service).unwrap().operations {
                for parameter in &operation.parameters {
                    if parameter.name == "instance_id" {
                        let found = of(service, &operation.name, "instance_id");
                        assert_eq!(
                            found,
                            Some(listed.clone().into()),
                            "{}",
                            operation.qualified()
                        );
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
        let template = of("rds", "list-configuration-apply-histories", "config_id");
        assert_eq!(template.unwrap().0, "ListConfigurations");
    }

    fn members(id: &str, body: serde_json::Value) -> Vec<String> {
        let operation = bundle(&id[..3]).unwrap().operation(&id[4..]).unwrap();
        let found = in_body(operation, &body).into_iter();
        let told = found.map(|one| format!("{} {} {}", one.pointer, one.lookup.list.id, one.name));
        told.collect()
    }

    #[test]
    fn the_id_of_an_instance_in_a_body_can_be_its_name() {
        let both = json!({ "source": { "instance_id": "a" }, "target": { "instance_id": "b" } });
        for (id, body, wanted) in [
            (
                "rds.CreateManualBackup",
                json!({ "instance_id": "a", "name": "b" }),
                vec!["/instance_id ListInstances a"],
            ),
            (
                "rds.RestoreToExistingInstance",
                both,
                vec![
                    "/source/instance_id ListInstances a",
                    "/target/instance_id ListInstances b",
                ],
            ),
            (
                "rds.EnableConfiguration",
                json!({ "instance_ids": ["a", ID, "b"] }),
                vec![
                    "/instance_ids/0 ListInstances a",
                    "/instance_ids/2 ListInstances b",
                ],
            ),
            (
                "rds.CreateInstance",
                json!({ "name": "a", "replica_of_id": "b", "configuration_id": "c" }),
                vec![
                    "/replica_of_id ListInstances b",
                    "/configuration_id ListConfigurations c",
                ],
            ),
            (
                "dcs.BatchDeleteInstances",
                json!({ "instances": ["a"] }),
                vec!["/instances/0 ListInstances a"],
            ),
            (
                "dcs.SetOnlineMigrationTask",
                json!({ "source_instance": { "id": "a", "name": "b" } }),
                vec!["/source_instance/id ListInstances a"],
            ),
        ] {
            assert_eq!(members(id, body), wanted, "{id}");
        }
    }

    #[test]
    fn what_nothing_lists_and_what_is_no_id_stays() {
        let create = json!({
            "name": "instance", "vpc_id": "a", "subnet_id": "b", "security_group_id": "c",
            "replica_of_id": "", "datastore": { "type": "MySQL" }, "id": "d",
        });
        assert_eq!(members("rds.CreateInstance", create), [""; 0]);
        let tags = json!({ "action": "create", "tags": [{ "key": "a", "value": "b" }] });
        assert_eq!(members("rds.BatchTagAddAction", tags), [""; 0]);
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
