//! `--query`: what of a response is shown, in JMESPath.

use std::collections::HashMap;

use jmespath::ast::Ast;
use jmespath::{Context, ErrorReason, Expression, JmespathError, Rcvar, RuntimeError, Variable};
use otcdb_core::{Error, Result};
use serde_json::{Map, Value};

/// How many signs an expression has at most. Each may lead the parser, and whatever walks its result, deeper into itself.
const MOST_SIGNS: usize = 200;

/// What no index and no step of a slice is beyond: the crate adds them up without a look at their size.
const FARTHEST: i32 = 1_000_000;

/// An expression that is sound by itself.
#[derive(Clone)]
pub(crate) struct Query {
    expression: Expression<'static>,
    /// The names that it gives to fields, in the order in which they are written.
    names: Vec<String>,
}

impl std::fmt::Debug for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.expression.as_str())
    }
}

impl Query {
    /// Reads an expression.
    ///
    /// # Errors
    /// It is none, calls a function that there is not, or one with too few or too many arguments; the text says where.
    pub(crate) fn parse(text: &str) -> std::result::Result<Self, String> {
        let is_sign = |c: &char| "([{!&|.".contains(*c);
        if text.chars().filter(is_sign).count() > MOST_SIGNS {
            return Err(format!(
                "an expression has at most {MOST_SIGNS} of the signs ( [ {{ ! & | ."
            ));
        }
        let expression = jmespath::compile(text).map_err(|error| told(&error))?;
        let mut names = Vec::new();
        judge(expression.as_ast(), text, &mut names)?;
        Ok(Self { expression, names })
    }

    /// The names that the expression itself gives to fields, in its order.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// What it leads to in a document. Fields stand in the order of the expression, then of the document.
    ///
    /// # Errors
    /// A function is given something else than it takes.
    pub(crate) fn apply(&self, document: &Value) -> Result<Value> {
        let failed = |error: &JmespathError| {
            let text = self.expression.as_str();
            let why = told(error);
            Error::invalid_argument(format!("--query {text:?} does not fit the response: {why}"))
                .with_hint("--output json without --query shows what it is asked of")
        };
        let found = (self.expression.search(document)).map_err(|error| failed(&error))?;
        let mut order = HashMap::new();
        for name in &self.names {
            rank(name, &mut order);
        }
        rank_all(document, &mut order);
        Ok(ordered(&found, &order))
    }
}

/// What is wrong, and where, on one line.
fn told(error: &JmespathError) -> String {
    let before = error.expression.get(..error.offset);
    let at = before.map_or(error.offset, |before| before.chars().count()) + 1;
    let why = match &error.reason {
        ErrorReason::Parse(why) => unread(why, error),
        ErrorReason::Runtime(why) => why.to_string(),
    };
    let why = why.lines().next().unwrap_or_default();
    format!("{why} (character {at})")
}

/// What keeps an expression from being read, without the words of the crate's own parser.
fn unread(why: &str, error: &JmespathError) -> String {
    let (what, found) = why.split_once(" -- found ").unwrap_or((why, ""));
    let is_general = what.starts_with("Unexpected ") || what.starts_with("Did not parse");
    let sign = error.expression.get(error.offset..);
    match (sign.and_then(|rest| rest.chars().next()), found) {
        _ if what.starts_with("Unable to parse literal JSON") => {
            "no JSON stands between these backticks; a text stands in single quotes".to_owned()
        }
        (_, "Eof") if is_general => "it ends too early".to_owned(),
        (_, "Eof") => format!("{what} at the end"),
        (Some(sign), _) if is_general => format!("{sign:?} has no meaning here"),
        _ => what.to_owned(),
    }
}

/// Refuses what would only be found out when there is a response, and takes down names.
fn judge(ast: &Ast, text: &str, names: &mut Vec<String>) -> std::result::Result<(), String> {
    let within = |number: i32| number.unsigned_abs() <= FARTHEST.unsigned_abs();
    let inside: Vec<&Ast> = match ast {
        Ast::Function { offset, name, args } => {
            function(text, *offset, name, args.len())?;
            args.iter().collect()
        }
        Ast::Index { offset, idx } if !within(*idx) => return Err(beyond(*offset)),
        Ast::Slice {
            offset,
            start,
            stop,
            step,
        } => {
            let numbers = [*start, *stop, Some(*step)];
            if *step == 0 {
                return Err(format!(
                    "the step of a slice is not 0 (character {})",
                    offset + 1
                ));
            }
            match numbers.into_iter().flatten().all(within) {
                true => Vec::new(),
                false => return Err(beyond(*offset)),
            }
        }
        Ast::MultiHash { elements, .. } => {
            names.extend(elements.iter().map(|pair| pair.key.clone()));
            elements.iter().map(|pair| &pair.value).collect()
        }
        Ast::MultiList { elements, .. } => elements.iter().collect(),
        Ast::Comparison { lhs, rhs, .. }
        | Ast::Projection { lhs, rhs, .. }
        | Ast::And { lhs, rhs, .. }
        | Ast::Or { lhs, rhs, .. }
        | Ast::Subexpr { lhs, rhs, .. } => vec![lhs, rhs],
        Ast::Condition {
            predicate, then, ..
        } => vec![predicate, then],
        Ast::Expref { ast, .. } => vec![ast],
        Ast::Flatten { node, .. } | Ast::Not { node, .. } | Ast::ObjectValues { node, .. } => {
            vec![node]
        }
        Ast::Identity { .. } | Ast::Field { .. } | Ast::Literal { .. } | Ast::Index { .. } => {
            Vec::new()
        }
    };
    inside
        .into_iter()
        .try_for_each(|ast| judge(ast, text, names))
}

fn beyond(offset: usize) -> String {
    format!("no index is beyond {FARTHEST} (character {})", offset + 1)
}

/// Whether there is such a function with as many arguments. It says so by itself when it is called with any.
fn function(
    text: &str,
    offset: usize,
    name: &str,
    count: usize,
) -> std::result::Result<(), String> {
    let runtime = &jmespath::DEFAULT_RUNTIME;
    let mut context = Context::new(text, runtime);
    context.offset = offset;
    let Some(function) = runtime.get_function(name) else {
        return Err(format!(
            "there is no function {name} (character {})",
            offset + 1
        ));
    };
    let nothing = vec![Rcvar::new(Variable::Null); count];
    match function.evaluate(&nothing, &mut context) {
        Err(error) => match &error.reason {
            ErrorReason::Runtime(
                RuntimeError::TooManyArguments { .. } | RuntimeError::NotEnoughArguments { .. },
            ) => Err(told(&error)),
            _ => Ok(()),
        },
        Ok(_) => Ok(()),
    }
}

fn rank(name: &str, order: &mut HashMap<String, usize>) {
    let next = order.len();
    if !order.contains_key(name) {
        order.insert(name.to_owned(), next);
    }
}

/// The crate sorts fields by their names; this is what brings them back into their order.
fn rank_all(value: &Value, order: &mut HashMap<String, usize>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                rank(name, order);
                rank_all(value, order);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| rank_all(item, order)),
        _ => {}
    }
}

fn ordered(found: &Variable, order: &HashMap<String, usize>) -> Value {
    match found {
        // A reference to an expression is no value.
        Variable::Null | Variable::Expref(_) => Value::Null,
        Variable::String(text) => Value::String(text.clone()),
        Variable::Bool(truth) => Value::Bool(*truth),
        Variable::Number(number) => Value::Number(number.clone()),
        Variable::Array(items) => items.iter().map(|item| ordered(item, order)).collect(),
        Variable::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| order.get(*name).copied().unwrap_or(usize::MAX));
            let fields = fields.into_iter();
            let fields: Map<String, Value> = fields
                .map(|(name, value)| (name.clone(), ordered(value, order)))
                .collect();
            Value::Object(fields)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn instances() -> Value {
        json!([
            { "name": "b", "id": "2", "status": "ACTIVE", "nodes": [{ "role": "master" }], "size": 40 },
            { "name": "a", "id": "1", "status": "FAILED", "nodes": [], "size": 100, "big": 9_007_199_254_740_993_u64 },
        ])
    }

    fn applied(text: &str) -> String {
        let query = Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        query.apply(&instances()).unwrap().to_string()
    }

    #[test]
    fn what_cannot_be_read_is_said_in_words_of_the_language() {
        for (text, wanted) in [
            ("[?a==", "it ends too early (character 6)"),
            ("length(@", "it ends too early (character 9)"),
            ("[?a=='b'", "Expected ']' at the end (character 9)"),
            ("a b", "'b' has no meaning here (character 3)"),
            ("[].{a}", "Expected ':' to follow key (character 6)"),
            (
                "[?a==`b`]",
                "no JSON stands between these backticks; a text stands in single quotes (character 6)",
            ),
        ] {
            assert_eq!(Query::parse(text).unwrap_err(), wanted, "{text}");
        }
    }

    #[test]
    fn an_expression_means_what_it_means_elsewhere() {
        for (text, expected) in [
            ("[].name", r#"["b","a"]"#),
            ("[?status=='ACTIVE'].id | [0]", r#""2""#),
            ("sort_by(@, &size)[-1].big", "9007199254740993"),
            ("length(@)", "2"),
            ("[?size > `50`].nodes[]", "[]"),
            ("nothing", "null"),
            ("[0].\"status\"", r#""ACTIVE""#),
            ("[::-1].id", r#"["1","2"]"#),
        ] {
            assert_eq!(applied(text), expected, "{text}");
        }
    }

    #[test]
    fn fields_stand_in_the_order_of_the_expression_or_of_the_response() {
        assert_eq!(
            applied("[].{State: status, Name: name} | [0]"),
            r#"{"State":"ACTIVE","Name":"b"}"#
        );
        assert_eq!(
            applied("[0]"),
            r#"{"name":"b","id":"2","status":"ACTIVE","nodes":[{"role":"master"}],"size":40}"#
        );
    }

    #[test]
    fn what_is_wrong_by_itself_is_told_with_its_place() {
        for (text, why, at) in [
            ("[?status=='ACTIVE'", "Expected ']'", 19),
            ("[].name[", "Expected", 9),
            ("[].name | lenght(@)", "no function lenght", 17),
            ("length()", "arguments", 7),
            ("length(@, @)", "arguments", 7),
            ("[::0]", "step", 5),
            ("[1::2147483647]", "beyond", 15),
            ("[-1000001]", "beyond", 10),
            ("[-2147483648]", "number", 2),
            ("a b", "", 3),
            ("", "", 1),
            ("'é' é", "", 5),
        ] {
            let error = Query::parse(text).unwrap_err();
            let place = format!("(character {at})");
            assert!(
                error.contains(why) && error.ends_with(&place),
                "{text}: {error}"
            );
            assert!(!error.contains('\n'), "{text}: {error}");
        }
    }

    #[test]
    fn no_expression_overflows_the_stack() {
        for text in [
            "(".repeat(100_000),
            "!".repeat(100_000),
            "a".to_owned() + &".a".repeat(100_000),
            "(".repeat(MOST_SIGNS),
        ] {
            assert!(Query::parse(&text).is_err());
        }
        let chain = |link: &str| format!("a{}", link.repeat(MOST_SIGNS / link.len()));
        for text in [
            chain(".a"),
            chain("|a"),
            chain("[]"),
            chain("||a"),
            "!".repeat(MOST_SIGNS) + "a",
        ] {
            Query::parse(&text).unwrap().apply(&json!({})).unwrap();
        }
    }

    #[test]
    fn what_does_not_fit_the_response_is_an_error() {
        let error = Query::parse("sum([].name)").unwrap().apply(&instances());
        let error = error.unwrap_err();
        assert!(error.to_string().contains("does not fit"), "{error}");
    }
}
