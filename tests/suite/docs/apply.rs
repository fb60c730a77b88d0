//! What is only new on a page goes into the description, and nothing else moves.

use std::fs;

use otcdb_apidocs::{
    Facts, Field, Payload, Permissions, Place, Stated, from_yaml, permissions_from_yaml,
    permissions_to_yaml, to_yaml,
};
use serde::de::DeserializeOwned;
use serde_json::json;
use xtask::docs::apply::Applied;
use xtask::docs::check::check;
use xtask::docs::diff::apply;
use xtask::docs::import::import;

use super::additions::is_only_longer;
use super::pages::Pages;
use crate::copy::Copy;

const LIST: &str = "openapi/dcs/log_management/list_redislog.yaml";
const LOGS: &str = "openapi/dcs/components/logs.yaml";
const FACTS: &str = "openapi/dcs/facts/list_redislog.yaml";
const RIGHTS: &str = "openapi/dcs/facts/permissions.yaml";

/// What a file of facts has like this.
pub(super) fn fact<T: DeserializeOwned>(written: serde_json::Value) -> T {
    serde_json::from_value(written).unwrap()
}

fn field(name: &str, type_word: &str) -> Field {
    fact(json!({ "name": name, "type": type_word, "line": 7 }))
}

/// Applies another state of the page of ListRedislog.
fn with(copy: &Copy, change: impl FnOnce(&mut Facts)) -> (Applied, String) {
    let mut facts = from_yaml(&copy.text(FACTS)).unwrap();
    change(&mut facts);
    let text = to_yaml(&facts).unwrap();
    let pages = Pages::new();
    let after = pages.add("after.yaml", &text);
    (apply(copy.root(), None, &after, "otc").unwrap(), text)
}

/// Writes what was applied and imports the page; the check is clean then, and there is nothing more to apply.
fn holds(copy: &Copy, applied: &Applied, files: &[&str], facts: &str) {
    let wanted: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
    let changed: Vec<String> = applied
        .files
        .iter()
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert_eq!(changed, wanted, "{applied}");
    for (path, text) in applied.files.iter() {
        let before = copy.text(&path.display().to_string());
        assert!(is_only_longer(&before, text), "{text}");
    }
    applied.files.write(copy.root()).unwrap();
    fs::write(copy.root().join(FACTS), facts).unwrap();
    let diagnostics = check(copy.root(), None).unwrap().diagnostics;
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    let pages = Pages::new();
    let after = pages.add("after.yaml", facts);
    let again = apply(copy.root(), None, &after, "otc").unwrap();
    assert_eq!(again.files.iter().count(), 0, "{again}");
    assert!(again.left.is_empty(), "{again}");
}

fn success(facts: &mut Facts) -> &mut Vec<Field> {
    let response = facts
        .responses
        .iter_mut()
        .find(|r| r.status == Stated::Value(200));
    &mut response.unwrap().body.forms[0].fields
}

#[test]
fn a_field_goes_into_the_component_behind_the_one_before_it() {
    let copy = Copy::of_the_description();
    let (applied, facts) = with(&copy, |facts| {
        let list = success(facts)
            .iter_mut()
            .find(|one| one.name == "file_list")
            .unwrap();
        let at = list
            .fields
            .iter()
            .position(|one| one.name == "status")
            .unwrap();
        let mut shards = field("shards", "Array of Shard objects");
        let mut state = field("state", "String");
        state.values = vec!["ON".to_owned(), "OFF".to_owned()];
        shards.fields = vec![
            field("id", "Long"),
            state,
            field("tags", "Array of strings"),
        ];
        list.fields.insert(at + 1, shards);
    });
    assert_eq!(
        applied.unwritten,
        ["Shard", "ShardState", "RunlogItem/properties/shards"].map(|one| format!("{LOGS}#/{one}")),
        "{applied}"
    );
    holds(&copy, &applied, &[LOGS], &facts);
    let text = copy.text(LOGS);
    let status = text.find("State of the file.").unwrap();
    let shards = text.find("    shards:\n      type: array\n").unwrap();
    assert!(status < shards && shards < text.find("    time:\n").unwrap());
    assert!(
        text.contains("ShardState:\n  type: string\n")
            && text.contains("x-extensible-enum: [\"ON\", \"OFF\"]"),
        "{text}"
    );
}

#[test]
fn a_parameter_stands_behind_the_one_before_it_and_a_mandatory_one_is_left() {
    let copy = Copy::of_the_description();
    let (applied, facts) = with(&copy, |facts| {
        let mut sort = field("sort", "String");
        sort.place = Some(Place::Query);
        sort.mandatory = Stated::Value(false);
        sort.values = vec!["asc".to_owned(), "desc".to_owned()];
        facts.parameters.items.push(sort);
    });
    holds(&copy, &applied, &[LOGS, LIST], &facts);
    assert!(
        copy.text(LOGS).contains("SortFilter:\n  type: string\n  description: \"TODO: what it does …\"\n  enum: [asc, desc]\n"),
        "{}",
        copy.text(LOGS)
    );
    assert!(
        copy.text(LIST).contains(
            "        value: run\n  - name: sort\n    in: query\n    description: \"TODO: what it does …\"\n    \
             schema:\n      $ref: ../components/logs.yaml#/SortFilter\nresponses:"
        ),
        "{}",
        copy.text(LIST)
    );
    let (applied, _) = with(&copy, |facts| {
        let mut whom = field("whom", "String");
        whom.place = Some(Place::Query);
        whom.mandatory = Stated::Value(true);
        facts.parameters.items.push(whom);
    });
    assert_eq!(applied.files.iter().count(), 0);
    assert!(applied.left[0].contains("breaks callers"), "{applied}");
}

#[test]
fn values_go_behind_those_that_are_known() {
    let copy = Copy::of_the_description();
    let (applied, facts) = with(&copy, |facts| {
        let kind = facts
            .parameters
            .items
            .iter_mut()
            .find(|one| one.name == "log_type");
        kind.unwrap()
            .values
            .extend(["audit".to_owned(), "slow".to_owned()]);
    });
    // The page of CreateRedislog, which has the same component, does not know them.
    assert_eq!(applied.files.iter().count(), 0, "{applied}");
    assert!(
        applied.left[0].contains("CreateRedislog has the same component"),
        "{applied}"
    );

    // With a component of its own it can be done.
    let own = "schema:\n      type: string\n      # The kinds.\n      enum: [run] # one\n";
    copy.edit(
        LIST,
        "schema:\n      $ref: ../components/logs.yaml#/RedislogType\n",
        own,
    );
    let (applied, _) = with(&copy, |facts| {
        let kind = facts
            .parameters
            .items
            .iter_mut()
            .find(|one| one.name == "log_type");
        kind.unwrap()
            .values
            .extend(["audit".to_owned(), "slow".to_owned()]);
    });
    holds(&copy, &applied, &[LIST], &facts);
    assert!(copy.text(LIST).contains("enum: [run, audit, slow] # one\n"));
}

#[test]
fn a_status_stands_among_the_others() {
    let copy = Copy::of_the_description();
    let (applied, facts) = with(&copy, |facts| {
        for status in [202, 409] {
            let response = json!({ "status": status, "line": 9, "body": { "state": "missing" } });
            facts.responses.push(fact(response));
        }
    });
    assert_eq!(applied.done.len(), 3, "{applied}");
    applied.files.write(copy.root()).unwrap();
    fs::write(copy.root().join(FACTS), facts).unwrap();
    let diagnostics = check(copy.root(), None).unwrap().diagnostics;
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    let text = copy.text(LIST);
    assert!(
        text.contains("  \"202\":\n    description: \"TODO: what it does …\"\n  \"204\":"),
        "{text}"
    );
    let conflict = text
        .find("  \"409\":\n    $ref: ../components/responses.yaml#/")
        .unwrap();
    assert!(
        text.find("  \"404\":").unwrap() < conflict && conflict < text.find("  \"500\":").unwrap()
    );
}

#[test]
fn an_example_is_an_entry_and_one_that_has_changed_is_left() {
    let copy = Copy::of_the_description();
    let payload = "{ \"total_num\" : 0, \"file_list\" : [ ] }";
    let example = || fact(json!({ "line": 9, "status": 200, "body": { "text": payload } }));
    let (applied, facts) = with(&copy, |facts| facts.response_examples.insert(1, example()));
    holds(&copy, &applied, &[LIST], &facts);
    assert!(
        copy.text(LIST)
            .contains("          redislog_2:\n            summary: \"TODO: what it does …\"\n"),
        "{}",
        copy.text(LIST)
    );
    let (applied, _) = with(&copy, |facts| {
        facts.response_examples[0].body = Some(Payload::new("{ \"total_num\" : 9 }".to_owned()));
    });
    assert_eq!(applied.files.iter().count(), 0, "{applied}");
    assert!(applied.left[0].contains("over the old"), "{applied}");
}

#[test]
fn an_example_that_has_more_members_gets_these() {
    let copy = Copy::of_the_description();
    let (applied, facts) = with(&copy, |facts| {
        let size = field("size", "Long");
        let list = success(facts)
            .iter_mut()
            .find(|one| one.name == "file_list")
            .unwrap();
        list.fields.push(size);
        let payload = facts.response_examples[0].body.as_ref().unwrap();
        let text = payload
            .text
            .replacen("\"file_name\"", "\"size\" : 7, \"file_name\"", 1);
        facts.response_examples[0].body = Some(Payload::new(text));
    });
    holds(&copy, &applied, &[LOGS, LIST], &facts);
    let text = copy.text(LIST);
    assert!(
        text.contains("d18f65f39a45\n                  size: 7\n                  file_name:"),
        "{text}"
    );
}

#[test]
fn the_rights_of_an_operation_are_inserted() {
    let copy = Copy::of_the_description();
    let mut rights: Permissions = permissions_from_yaml(&copy.text(RIGHTS)).unwrap();
    let path = "/v2/{project_id}/instances/{instance_id}/redislog";
    rights.permissions.push(fact(json!({
        "title": "Listing run logs",
        "operations": [{ "method": "GET", "path": path, "line": 9 }],
        "actions": ["dcs:log:list"],
        "line": 9,
    })));
    let text = permissions_to_yaml(&rights).unwrap();
    let pages = Pages::new();
    let after = pages.add("permissions.yaml", &text);
    let applied = apply(copy.root(), None, &after, "otc").unwrap();
    assert!(
        applied.unwritten.is_empty() && applied.left.is_empty(),
        "{applied}"
    );
    applied.files.write(copy.root()).unwrap();
    fs::write(copy.root().join(RIGHTS), text).unwrap();
    let diagnostics = check(copy.root(), None).unwrap().diagnostics;
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    assert!(
        copy.text(LIST)
            .contains("    page: ListRedislog\nx-permissions: [dcs:log:list]\n")
    );
}

#[test]
fn what_breaks_callers_stays_a_persons_edit() {
    let copy = Copy::of_the_description();
    let (applied, _) = with(&copy, |facts| {
        let total = success(facts)
            .iter_mut()
            .find(|one| one.name == "total_num")
            .unwrap();
        total.type_word = Stated::Value("String".to_owned());
    });
    assert_eq!(applied.files.iter().count(), 0, "{applied}");
    assert!(applied.left[0].contains("a person's edit"), "{applied}");
}

/// A page of an action of a kettle, whose body has these fields.
fn action(id: &str, fields: &[&str]) -> String {
    let rows: String = fields
        .iter()
        .map(|row| format!("   {row:<25} Way.\n"))
        .collect();
    format!(
        ":original_name: {id}.html\n\n.. _{id}:\n\n{id}\n=======\n\nURI\n---\n\nPOST /v3/kettles/action\n\n\
         Request Parameters\n------------------\n\n.. table:: **Table 1** Request body parameters\n\n   \
         ========= ========= ===== ===========\n   Parameter Mandatory Type  Description\n   \
         ========= ========= ===== ===========\n{rows}   ========= ========= ===== ===========\n\n\
         Status Codes\n------------\n\n=========== ===========\nStatus Code Description\n=========== ===========\n\
         202         Begun.\n=========== ===========\n"
    )
}

#[test]
fn one_of_several_operations_under_a_path_gets_what_its_own_page_has() {
    let copy = Copy::of_the_description();
    let folder = copy.root().join("openapi/tea");
    let operation = |id: &str| {
        format!(
            "operationId: {id}\nx-documentation: [{{ source: otc, page: {id} }}]\nrequestBody:\n  content:\n    \
             application/json:\n      schema:\n        $ref: ../components/kettles.yaml#/{id}Request\n\
             responses:\n  \"202\":\n    description: Begun.\n"
        )
    };
    let request = |id: &str, field: &str| {
        format!(
            "{id}Request:\n  type: object\n  required: [{field}]\n  properties:\n    # The mark.\n    \
             {field}: {{ type: object, properties: {{ now: {{ type: boolean }} }} }} # so\n"
        )
    };
    let root = "openapi: 3.0.3\ninfo: { title: Tea, version: 3.0.0 }\npaths:\n  /v3/kettles/action:\n    post:\n      \
                operationId: Act\n      summary: Act\n      description: Acts.\n      tags: [kettles]\n      x-variants:\n        \
                - $ref: kettles/heat.yaml\n        - $ref: kettles/pour.yaml\n";
    let components = request("Heat", "heat") + &request("Pour", "pour");
    for (file, text) in [
        ("openapi.yaml", root),
        ("kettles/heat.yaml", &operation("Heat")),
        ("kettles/pour.yaml", &operation("Pour")),
        ("components/kettles.yaml", &components),
    ] {
        fs::create_dir_all(folder.join(file).parent().unwrap()).unwrap();
        fs::write(folder.join(file), text).unwrap();
    }
    let pages = Pages::new();
    let heat = pages.add("heat.rst", &action("Heat", &["heat      Yes       Map"]));
    let pour = pages.add("pour.rst", &action("Pour", &["pour      Yes       Map"]));
    let read = |paths: &[std::path::PathBuf]| {
        let imported = import(copy.root(), paths, "otc").unwrap();
        imported.files.write(copy.root()).unwrap();
    };
    read(&[heat, pour]);
    let diagnostics = || check(copy.root(), None).unwrap().diagnostics;
    assert!(diagnostics().is_empty(), "{:#?}", diagnostics());

    let rows = ["pour      Yes       Map  ", "cup       No        Long "];
    let page = pages.add("pour.rst", &action("Pour", &rows));
    let applied = apply(copy.root(), None, &page, "otc").unwrap();
    let file = "openapi/tea/components/kettles.yaml";
    assert_eq!(
        applied.unwritten,
        [format!("{file}#/PourRequest/properties/cup")],
        "{applied}"
    );
    applied.files.write(copy.root()).unwrap();
    read(std::slice::from_ref(&page));
    assert!(diagnostics().is_empty(), "{:#?}", diagnostics());
    let new = "    cup:\n      type: integer\n      format: int64\n      description: \"TODO: what it does …\"\n";
    assert_eq!(copy.text(file), components + new);
}
