//! Asynchronous work of which nothing says how to see its end.

use std::collections::BTreeSet;

use heck::ToSnakeCase as _;
use otcdb_openapi::reference::resolve;
use otcdb_openapi::written::{Operation, is_success, json_content, operations};
use otcdb_openapi::{Bundle, Expression, FINISHED, pointer};
use serde_json::Value;

use super::{Report, Rule, resources};

pub(super) const RULE: Rule = Rule {
    name: "unfinished",
    why: "who begins work and is given the id of its task has to guess what tells of its end",
    check,
};

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    let all = operations(&bundle.document);
    let names = task_ids(&all);
    for operation in &all {
        // What reads begins nothing, and what has a waiter tells of the end itself.
        if operation.method == "get" || operation.value.get("x-waiter").is_some() {
            continue;
        }
        for (status, response) in operation.responses() {
            if !is_success(status) || !response["links"][FINISHED].is_null() {
                continue;
            }
            let schema = json_content(response).map(|media| &media["schema"]);
            let found = schema.and_then(|schema| {
                first_field(&bundle.document, schema, &names, &mut BTreeSet::new())
            });
            if let Some(field) = found {
                report.diagnostic(
                    &pointer::join(&pointer::join(&operation.pointer(), "responses"), status),
                    format!(
                        "{} answers with the id of a task, {field}, and no link leads to the task's end",
                        operation.id()
                    ),
                    "add the link `finished` to the operation that tells of the end",
                );
            }
        }
    }
}

/// What ids of tasks are called, in snake case. A task is what nobody makes by itself, and an operation with a waiter tells
/// of: its id is the last parameter in that operation's path, or what links take for its parameters from responses.
fn task_ids(all: &[Operation<'_>]) -> BTreeSet<String> {
    let resource = |operation: &Operation<'_>| {
        let text = operation.value["x-resource"].as_str();
        text.and_then(resources::read)
            .map(|(name, word)| (name.to_owned(), word.to_owned()))
    };
    let made: BTreeSet<String> = all
        .iter()
        .filter_map(resource)
        .filter(|(_, word)| word == "create")
        .map(|(name, _)| name)
        .collect();
    let tells = |operation: &&Operation<'_>| {
        operation.value.get("x-waiter").is_some()
            && resource(operation).is_none_or(|(name, _)| !made.contains(&name))
    };
    let ends: BTreeSet<&str> = all.iter().filter(tells).map(Operation::id).collect();
    let in_paths = all.iter().filter(tells).filter_map(|end| {
        let last = end.path.rsplit('/').next()?;
        last.strip_prefix('{')?.strip_suffix('}')
    });
    let in_links = all
        .iter()
        .flat_map(Operation::finished)
        .filter(|link| ends.contains(link["operationId"].as_str().unwrap_or_default()))
        .flat_map(|link| link["parameters"].as_object().into_iter().flatten())
        .filter_map(|(_, value)| match Expression::parse(value) {
            Ok(Expression::ResponseBody(pointers)) => pointers.into_iter().next(),
            _ => None,
        })
        .filter_map(|pointer| pointer.rsplit('/').next().map(ToOwned::to_owned));
    let mut names: BTreeSet<String> = in_paths
        .map(ToOwned::to_owned)
        .chain(in_links)
        .map(|name| name.to_snake_case())
        .collect();
    // Anything may have that.
    names.remove("id");
    names
}

/// The first field of values of a schema that has one of the names.
fn first_field<'a>(
    document: &'a Value,
    schema: &'a Value,
    names: &BTreeSet<String>,
    seen: &mut BTreeSet<&'a str>,
) -> Option<&'a str> {
    if let Some(reference) = schema["$ref"].as_str()
        && !seen.insert(reference)
    {
        return None;
    }
    let schema = resolve(document, schema);
    let properties = || schema["properties"].as_object().into_iter().flatten();
    if let Some((name, _)) = properties().find(|(name, _)| names.contains(&name.to_snake_case())) {
        return Some(name);
    }
    properties()
        .map(|(_, property)| property)
        .chain(schema.get("items"))
        .find_map(|inside| first_field(document, inside, names, seen))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{OPERATION, catches, diagnostics, good};
    use super::*;

    const STATUS: &str = "/components/schemas/Thing/properties";

    /// A task of which an operation tells, and the id of it in what CreateThing answers with.
    fn begin(document: &mut Value, field: &str) {
        let mut show = document.pointer(OPERATION).unwrap().clone();
        show["operationId"] = json!("ShowTask");
        show["x-resource"] = json!("task#show");
        show["x-waiter"] = json!({ "field": "status", "done": ["ON"], "failed": [] });
        document["paths"]["/v1/{id}/tasks/{task_id}"] = json!({ "get": show });
        let task = json!({ "type": "string", "description": "The task." });
        document.pointer_mut(STATUS).unwrap()[field] = task;
    }

    fn finish(document: &mut Value, field: &str) {
        let links = json!({ "finished": { "operationId": "ShowTask",
            "parameters": { "task_id": format!("$response.body#/{field}") } } });
        document.pointer_mut(OPERATION).unwrap()["responses"]["200"]["links"] = links;
    }

    fn found(edit: impl FnOnce(&mut Value)) -> usize {
        let mut document = good();
        edit(&mut document);
        diagnostics(&RULE, document).len()
    }

    #[test]
    fn work_with_the_id_of_a_task_has_an_end() {
        let at = format!("{OPERATION}/responses/200");
        catches(&RULE, &at, |d| begin(d, "task_id"));
        catches(&RULE, &at, |d| begin(d, "taskId"));
        // Deeper inside, too.
        catches(&RULE, &at, |d| {
            begin(d, "task_id");
            let fields = d.pointer_mut(STATUS).unwrap().as_object_mut().unwrap();
            let task = fields.remove("task_id");
            let list = json!({ "type": "array", "items": { "properties": { "task_id": task } } });
            d.pointer_mut(STATUS).unwrap()["tasks"] = list;
        });
        assert_eq!(
            found(|d| {
                begin(d, "task_id");
                finish(d, "task_id")
            }),
            0
        );
    }

    #[test]
    fn what_one_operation_is_waited_for_by_holds_for_all() {
        // Called as in the link of another operation.
        let unlinked = |d: &mut Value, field: &str| {
            begin(d, field);
            let mut other = d.pointer(OPERATION).unwrap().clone();
            other["operationId"] = json!("ResizeThing");
            finish(d, field);
            d["paths"]["/v1/{id}/things/size"] = json!({ "put": other });
        };
        let at = "/paths/~1v1~1{id}~1things~1size/put/responses/200";
        catches(&RULE, at, |d| unlinked(d, "work_id"));
        assert_eq!(found(|d| unlinked(d, "id")), 0, "anything has an id");
    }

    #[test]
    fn what_reads_tells_itself_or_is_made_begins_no_task() {
        let change = |edit: fn(&mut Value)| {
            found(|d| {
                begin(d, "task_id");
                edit(d)
            })
        };
        assert_eq!(
            change(|d| {
                let item = d.pointer_mut(OPERATION.trim_end_matches("/post")).unwrap();
                *item = json!({ "get": item["post"] });
            }),
            0
        );
        assert_eq!(
            change(|d| {
                let waiter = json!({ "field": "status", "done": ["ON"], "failed": [] });
                d.pointer_mut(OPERATION).unwrap()["x-waiter"] = waiter;
            }),
            0
        );
        // What somebody makes is a resource like any other, whose id says nothing of work.
        assert_eq!(
            change(|d| {
                d.pointer_mut(OPERATION).unwrap()["x-resource"] = json!("task#create");
            }),
            0
        );
    }
}
