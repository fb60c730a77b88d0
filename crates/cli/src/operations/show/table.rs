//! Responses as tables.

use std::collections::HashSet;

use otcdb_openapi::{Operation, Pagination};
use serde_json::{Map, Value};

use crate::columns;
use crate::operations::show::fields;
use crate::output::{self, GAP, clean};

/// The width to which long cells are cut if others need the room.
const CELL: usize = 40;

/// What stands for nothing.
const NOTHING: &str = "-";

/// What is known of the items of a list.
#[derive(Debug)]
pub(crate) struct Shape {
    /// The field that holds them.
    pub(crate) items: String,
    /// Their fields, in the order of the description.
    pub(crate) fields: Vec<String>,
}

impl Shape {
    /// That of a list made of the responses of an operation, each of which is one of `items`.
    pub(crate) fn of_responses(operation: &Operation, items: &str) -> Self {
        let mut schemas = operation
            .successes()
            .filter_map(|response| response.schema.as_ref());
        Self {
            items: items.to_owned(),
            fields: schemas
                .next()
                .map(otcdb_openapi::Schema::fields)
                .unwrap_or_default(),
        }
    }

    pub(crate) fn of(operation: &Operation, paging: &Pagination) -> Self {
        let schemas = operation
            .successes()
            .filter_map(|response| response.schema.as_ref());
        Self {
            items: paging.items.clone(),
            fields: schemas
                .map(|schema| schema.element_fields(&paging.items))
                .find(|fields| !fields.is_empty())
                .unwrap_or_default(),
        }
    }
}

/// A column of a list.
struct Column {
    name: String,
    heading: String,
    cells: Vec<String>,
    is_number: bool,
    /// As the terminal counts it.
    width: usize,
}

/// A list as a table of the fields that fit into `width`, and how many do not. Ids, names and states come first.
pub(crate) fn of_list(items: &[Value], shape: &Shape, width: usize) -> (String, usize) {
    if items.is_empty() {
        return (String::new(), 0);
    }
    let mut shown = fitting(columns(items, shape), width);
    // Also those that are rarely filled in, and lists.
    let all: HashSet<String> = items
        .iter()
        .flat_map(fields_of)
        .map(|(name, _)| name)
        .collect();
    let hidden = all.len().saturating_sub(shown.len());
    widen(&mut shown, width);
    let headings: Vec<&str> = shown.iter().map(|column| column.heading.as_str()).collect();
    let right: Vec<usize> = (0..shown.len())
        .filter(|index| shown[*index].is_number)
        .collect();
    let rows = (0..items.len()).map(|row| {
        let cells = shown.iter();
        cells
            .map(|column| {
                columns::cut(
                    column.cells.get(row).map_or(NOTHING, String::as_str),
                    column.width,
                )
            })
            .collect()
    });
    (output::table(&headings, &right, rows), hidden)
}

/// A list as a table of these fields, each as wide as what it holds.
pub(crate) fn of_columns(items: &[Value], names: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let at =
        |item: &Value, name: &String| fields::values(item, name).into_iter().cloned().collect();
    of_fields(items, names, at)
}

/// What a query found as a table: of objects whose fields it has named, or of lists of values without a heading.
pub(crate) fn of_found(items: &[Value], named: &[String]) -> Option<String> {
    let names_fields = |item: &Value| {
        let fields = item.as_object();
        fields.is_some_and(|fields| fields.keys().all(|name| named.contains(name)))
    };
    if items.iter().all(names_fields) {
        let mut names: Vec<String> = Vec::new();
        for name in items
            .iter()
            .filter_map(Value::as_object)
            .flat_map(Map::keys)
        {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        let at = |item: &Value, name: &String| item.get(name).cloned().into_iter().collect();
        return Some(of_fields(items, &names, at));
    }
    let rows = items.iter().map(|item| {
        let cells = item.as_array()?.iter().map(text);
        Some(cells.collect::<Vec<String>>())
    });
    let rows: Vec<Vec<String>> = rows.collect::<Option<_>>()?;
    let (first, rest) = rows.split_first()?;
    let first: Vec<&str> = first.iter().map(String::as_str).collect();
    let width = rows.iter().map(Vec::len).max();
    (width == Some(first.len())).then(|| output::table(&first, &[], rest.iter().cloned()))
}

fn of_fields(
    items: &[Value],
    names: &[String],
    at: impl Fn(&Value, &String) -> Vec<Value>,
) -> String {
    let rows: Vec<Vec<Vec<Value>>> = items
        .iter()
        .map(|item| names.iter().map(|name| at(item, name)).collect())
        .collect();
    let is_number = |index: &usize| {
        let mut cells = rows.iter().filter_map(|row| row.get(*index)).flatten();
        cells.all(|value| value.is_number() || value.is_null())
    };
    let right: Vec<usize> = (0..names.len()).filter(is_number).collect();
    let headings: Vec<String> = names.iter().map(|name| name.to_uppercase()).collect();
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let rows = rows.iter().map(|row| {
        let cells = row.iter().map(|values| match values.as_slice() {
            [] => NOTHING.to_owned(),
            values => values.iter().map(text).collect::<Vec<_>>().join(", "),
        });
        cells.collect()
    });
    output::table(&headings, &right, rows)
}

/// All of a value in one cell.
fn text(value: &Value) -> String {
    match value {
        Value::Array(items) if items.is_empty() => NOTHING.to_owned(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        value => cell(value),
    }
}

fn columns(items: &[Value], shape: &Shape) -> Vec<Column> {
    let rows: Vec<Map<String, Value>> = items.iter().map(scalars).collect();
    let mut names: Vec<String> = Vec::new();
    let mut known = HashSet::new();
    for name in rows.iter().flat_map(Map::keys) {
        if known.insert(name) {
            names.push(name.clone());
        }
    }
    let of_description = |name: &String| {
        let field = name.split('.').next().unwrap_or(name);
        let place = shape.fields.iter().position(|known| known == field);
        place.unwrap_or(usize::MAX)
    };
    names.sort_by_key(of_description);
    let mut columns: Vec<Column> = names
        .into_iter()
        .map(|name| column(name, &rows))
        .filter(|column| {
            let filled = column.cells.iter().filter(|cell| *cell != NOTHING).count();
            filled * 2 >= rows.len() && filled > 0
        })
        .collect();
    let id = id_of(&columns, &shape.items);
    let one_of = |wanted: &[&str]| {
        let found = |wanted: &&str| columns.iter().find(|column| column.name == **wanted);
        wanted
            .iter()
            .find_map(found)
            .map(|column| column.name.clone())
    };
    let name_of_all = || columns.iter().find(|column| column.name.ends_with("_name"));
    let name =
        one_of(&["name", "file_name"]).or_else(|| name_of_all().map(|column| column.name.clone()));
    let state = one_of(&["status", "state"]);
    let engine = one_of(&["engine", "datastore.type"]);
    let first = [id, name, state, engine];
    columns.sort_by_key(|column| {
        let rank = first
            .iter()
            .position(|one| one.as_ref() == Some(&column.name));
        // What stands inside another field comes after what stands in the item itself.
        let rank_of_rest = first.len() + usize::from(column.name.contains('.'));
        rank.unwrap_or(rank_of_rest)
    });
    columns
}

/// The field that tells one item from another.
fn id_of(columns: &[Column], items: &str) -> Option<String> {
    let list = items.rsplit('.').next().unwrap_or(items);
    let of_item = format!("{}_id", list.strip_suffix('s').unwrap_or(list));
    let named = |wanted: &str| columns.iter().find(|column| column.name == wanted);
    let unique = || {
        columns.iter().find(|column| {
            let cells: HashSet<&String> = column.cells.iter().collect();
            column.name.ends_with("_id") && cells.len() == column.cells.len()
        })
    };
    named("id")
        .or_else(|| named(&of_item))
        .or_else(unique)
        .map(|column| column.name.clone())
}

fn column(name: String, rows: &[Map<String, Value>]) -> Column {
    let values = || {
        rows.iter()
            .map(|row| row.get(&name).unwrap_or(&Value::Null))
    };
    let cells: Vec<String> = values().map(cell).collect();
    let longest = widest(&cells);
    let heading = clean(&name).to_uppercase();
    let is_id = name == "id" || name.ends_with("_id");
    Column {
        width: if is_id { longest } else { longest.min(CELL) }.max(columns::of(&heading)),
        heading,
        is_number: values().all(|value| value.is_number() || value.is_null()),
        cells,
        name,
    }
}

fn widest(cells: &[String]) -> usize {
    let widths = cells.iter().map(|cell| columns::of(cell));
    widths.max().unwrap_or_default()
}

/// The first columns that fit; one always does.
fn fitting(columns: Vec<Column>, width: usize) -> Vec<Column> {
    let mut used = 0;
    let mut shown = Vec::new();
    for column in columns {
        let needed = column.width + if shown.is_empty() { 0 } else { GAP };
        if shown.is_empty() || used + needed <= width {
            used += needed;
            shown.push(column);
        }
    }
    shown
}

/// Gives the room that is left to columns whose cells are cut.
fn widen(columns: &mut [Column], width: usize) {
    let used: usize = columns.iter().map(|column| column.width + GAP).sum();
    let mut left = (width + GAP).saturating_sub(used);
    for column in columns {
        let wanted = widest(&column.cells).saturating_sub(column.width).min(left);
        column.width += wanted;
        left -= wanted;
    }
}

/// The fields of an item, those of objects in it by their way. An item that is no object has one.
fn fields_of(item: &Value) -> Vec<(String, &Value)> {
    let Value::Object(fields) = item else {
        return vec![("value".to_owned(), item)];
    };
    let mut found = Vec::new();
    for (name, value) in fields {
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                let named = |(inner, value)| (format!("{name}.{inner}"), value);
                found.extend(inner.iter().map(named));
            }
            value => found.push((name.clone(), value)),
        }
    }
    found
}

/// Those that fit into a cell.
fn scalars(item: &Value) -> Map<String, Value> {
    let all = fields_of(item).into_iter();
    all.filter(|(_, value)| !value.is_array() && !value.is_object())
        .map(|(name, value)| (name, value.clone()))
        .collect()
}

fn cell(value: &Value) -> String {
    let text = match value {
        Value::String(text) => clean(text),
        Value::Null => String::new(),
        value => value.to_string(),
    };
    if text.is_empty() {
        NOTHING.to_owned()
    } else {
        text
    }
}

/// One response as rows of field and value, all of it.
pub(crate) fn of_response(response: &Value) -> String {
    let mut rows = Vec::new();
    flatten(response, String::new(), &mut rows);
    output::table(&["FIELD", "VALUE"], &[], rows)
}

fn flatten(value: &Value, at: String, rows: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                let at = match at.as_str() {
                    "" => name.clone(),
                    at => format!("{at}.{name}"),
                };
                flatten(value, at, rows);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (index, value) in items.iter().enumerate() {
                flatten(value, format!("{at}[{index}]"), rows);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let cells: Vec<String> = items.iter().map(cell).collect();
            rows.push(vec![at, cells.join(", ")]);
        }
        Value::Array(_) | Value::Object(_) => rows.push(vec![at, NOTHING.to_owned()]),
        value => {
            let at = if at.is_empty() {
                "value".to_owned()
            } else {
                at
            };
            rows.push(vec![at, cell(value)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shape() -> Shape {
        Shape {
            items: "instances".to_owned(),
            fields: [
                "port",
                "status",
                "name",
                "vpc_id",
                "instance_id",
                "description",
                "datastore",
            ]
            .map(ToOwned::to_owned)
            .to_vec(),
        }
    }

    fn instances() -> Vec<Value> {
        vec![
            json!({ "vpc_id": "v", "instance_id": "i-1", "description": "d".repeat(90), "name": "a\u{1b}[2J",
                "status": "RUNNING", "port": 6379, "rare": null, "tags": [], "datastore": { "type": "MySQL" } }),
            json!({ "vpc_id": "v", "instance_id": "i-2", "description": null, "name": "b", "status": "ERROR",
                "port": 80, "datastore": { "type": "PostgreSQL" } }),
        ]
    }

    #[test]
    fn ids_names_and_states_come_first_and_the_rest_as_far_as_there_is_room() {
        let (text, hidden) = of_list(&instances(), &shape(), 60);
        assert_eq!(
            text,
            "INSTANCE_ID  NAME  STATUS   DATASTORE.TYPE  PORT  VPC_ID\n\
             i-1          a[2J  RUNNING  MySQL           6379  v\n\
             i-2          b     ERROR    PostgreSQL        80  v\n"
        );
        assert_eq!(
            hidden, 3,
            "what is rarely filled in and lists are fields, too"
        );
        let (text, hidden) = of_list(&instances(), &shape(), 200);
        assert!(text.contains(&"d".repeat(90)), "{text}");
        assert_eq!(hidden, 2);
        let (text, hidden) = of_list(&instances(), &shape(), 1);
        assert_eq!((text.lines().count(), hidden), (3, 8));
    }

    #[test]
    fn names_of_any_script_fit_the_width() {
        let named = |name: &str| json!({ "id": "i", "name": name, "status": "RUNNING" });
        let items = [
            named(&"生产缓存".repeat(20)),
            named(&"e\u{301}".repeat(200)),
            named("a\u{200b}\u{202e}b\u{1b}[31m\u{9b}c"),
        ];
        for width in 20..200 {
            let (text, _) = of_list(&items, &shape(), width);
            assert!(
                text.lines().all(|line| columns::of(line) <= width),
                "{text}"
            );
            assert!(!text.contains(['\u{200b}', '\u{202e}', '\u{1b}', '\u{9b}']));
        }
        let (text, _) = of_list(&items, &shape(), 53);
        let lines = [
            format!("ID  {:40}  STATUS\n", "NAME"),
            format!("i   {}生产缓…   RUNNING\n", "生产缓存".repeat(4)),
            format!("i   {}…  RUNNING\n", "e\u{301}".repeat(39)),
            format!("i   {:40}  RUNNING\n", "ab[31mc"),
        ];
        assert_eq!(text, lines.concat());
    }

    #[test]
    fn a_field_of_the_service_is_no_heading_that_steers_a_terminal() {
        let mut item = json!({ "id": "i" });
        item[format!("\u{1b}[2Jno\nne{}", "\u{7}".repeat(80))] = json!(1);
        let (text, _) = of_list(&[item], &shape(), 80);
        assert_eq!(text, "ID  [2JNONE\ni         1\n");
    }

    #[test]
    fn items_need_not_be_objects() {
        let (text, _) = of_list(&[json!("a"), json!("b")], &shape(), 80);
        assert_eq!(text, "VALUE\na\nb\n");
        assert_eq!(of_list(&[], &shape(), 80), (String::new(), 0));
    }

    #[test]
    fn a_response_is_shown_whole() {
        let response = json!({ "list": [{ "id": 1, "ok": true }], "ids": ["a", "b"], "none": null, "empty": {} });
        assert_eq!(
            of_response(&response),
            "FIELD       VALUE\nlist[0].id  1\nlist[0].ok  true\nids         a, b\nnone        -\nempty       -\n"
        );
    }
}
