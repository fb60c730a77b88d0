//! JSON errors: the documented forms, and any other.

use serde_json::{Map, Value};

use super::{Said, cleaned};

/// How deep texts that hold JSON themselves are followed.
const NESTED: usize = 3;

/// How many texts of one body are shown.
const TEXTS: usize = 8;

/// Fields of documented errors, which the documented forms have shown or left out on purpose.
const DOCUMENTED: [&str; 17] = [
    "errorcode",
    "errcode",
    "code",
    "errormsg",
    "errorextmsg",
    "extmessage",
    "externalmessage",
    "message",
    "errordescription",
    "title",
    "requestid",
    "encodedauthorizationmessage",
    "status",
    "statuscode",
    "error",
    "timestamp",
    "path",
];

/// Reads JSON, also such as breaks off.
pub(super) fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text)
        .ok()
        .or_else(|| serde_json::from_str(&completed(text, "")?).ok())
        .or_else(|| serde_json::from_str(&completed(text, "null")?).ok())
        .or_else(|| serde_json::from_str(&completed(text, ":null")?).ok())
}

/// A text that breaks off, with `filler` and the brackets that are missing; `None` if none is.
fn completed(text: &str, filler: &str) -> Option<String> {
    let mut open = Vec::new();
    let (mut in_string, mut escaped) = (false, false);
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            _ if in_string => {}
            '{' => open.push('}'),
            '[' => open.push(']'),
            '}' | ']' => drop(open.pop()),
            _ => {}
        }
    }
    if open.is_empty() && !in_string {
        return None;
    }
    let mut whole = text.to_owned();
    if escaped {
        whole.pop();
    }
    if in_string {
        // An escape of four digits that is cut is none.
        if let Some(at) = whole.rfind("\\u")
            && whole.len() - at < 6
        {
            whole.truncate(at);
        }
        whole.push('"');
    } else {
        whole.truncate(whole.trim_end().trim_end_matches(',').len());
    }
    whole.push_str(filler);
    whole.extend(open.iter().rev());
    Some(whole)
}

/// What a document says.
pub(super) fn said(value: &Value) -> Said {
    said_at(value, 0)
}

fn said_at(value: &Value, depth: usize) -> Said {
    let stated = value.as_object().and_then(stated);
    let documented = stated.is_some();
    let Stated {
        code,
        message,
        request_id,
    } = stated.unwrap_or_default();
    let mut found = Found {
        code,
        texts: Vec::from_iter(message),
        request_id,
        depth,
    };
    let level = if documented {
        Level::Documented
    } else {
        Level::Free
    };
    found.visit(value, level);
    if found.texts.is_empty() && found.code.is_none() {
        found.everything(value, "");
    }
    let message = (!found.texts.is_empty()).then(|| found.texts.join("; "));
    Said {
        code: found.code,
        message: message.and_then(|message| cleaned(&message)),
        request_id: found.request_id,
        documented,
    }
}

/// What the names of fields mean where they stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    /// Those of the documented forms have been read.
    Documented,
    /// They tell codes and messages.
    Free,
    /// Below a field that is a message by its name, every text is one.
    Message,
}

struct Found {
    code: Option<String>,
    texts: Vec<String>,
    request_id: Option<String>,
    depth: usize,
}

impl Found {
    /// Looks for what is a code, a message or a request id by its name.
    fn visit(&mut self, value: &Value, level: Level) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    let wraps = name == "error" || fields.len() == 1;
                    if level == Level::Documented && field.is_object() && wraps {
                        self.visit(field, level);
                    } else {
                        self.field(name, field, level);
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.visit(item, level);
                }
            }
            Value::String(text) if level == Level::Message => self.add(text),
            _ => {}
        }
    }

    fn field(&mut self, name: &str, field: &Value, level: Level) {
        let plain = plain_name(name);
        let is_message = is_message_name(&plain);
        let is_read = match field {
            Value::Array(_) => false,
            Value::String(text) => nested(text).is_none(),
            _ => true,
        };
        if level == Level::Documented && is_read && DOCUMENTED.contains(&plain.as_str()) {
            return;
        }
        if is_secret(name) && !is_message {
            return;
        }
        match field {
            Value::String(text) if is_code(&plain) => {
                self.code = self.code.take().or_else(|| cleaned(text));
            }
            Value::Number(number) if is_code(&plain) => {
                self.code.get_or_insert_with(|| number.to_string());
            }
            Value::String(text) if is_request_id(&plain) => {
                self.request_id = self.request_id.take().or_else(|| cleaned(text));
            }
            Value::String(text) if is_message => self.add(text),
            // Below `errors`, names are those of the arguments that are wrong.
            Value::String(text) if level == Level::Message => self.add(&format!("{name}: {text}")),
            Value::Array(items)
                if level == Level::Message && items.iter().all(Value::is_string) =>
            {
                for text in items.iter().filter_map(Value::as_str) {
                    self.add(&format!("{name}: {text}"));
                }
            }
            Value::Object(_) | Value::Array(_) if is_message || level == Level::Message => {
                self.visit(field, Level::Message);
            }
            Value::Object(_) | Value::Array(_) => self.visit(field, Level::Free),
            _ => {}
        }
    }

    /// Every field with a text or number that may be shown, for a document in which nothing is a message by its name.
    fn everything(&mut self, value: &Value, name: &str) {
        let shown = match value {
            Value::Object(fields) => {
                for (name, field) in fields.iter().filter(|(name, _)| !is_secret(name)) {
                    self.everything(field, name);
                }
                return;
            }
            Value::Array(items) => {
                for item in items {
                    self.everything(item, name);
                }
                return;
            }
            Value::Null => return,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if name.is_empty() {
            self.add(&shown);
        } else if !shown.is_empty() {
            self.add(&format!("{name}: {shown}"));
        }
    }

    fn add(&mut self, text: &str) {
        if let Some(inner) = nested(text)
            && self.depth < NESTED
        {
            self.nested(&inner);
            return;
        }
        let Some(text) = cleaned(text) else { return };
        // What is said already, also as a part of more, says nothing new.
        let is_new = !self.texts.iter().any(|known| known.contains(&text));
        if is_new && self.texts.len() < TEXTS {
            self.texts.push(text);
        }
    }

    fn nested(&mut self, inner: &Value) {
        let inner = said_at(inner, self.depth + 1);
        self.code = self.code.take().or(inner.code);
        self.request_id = self.request_id.take().or(inner.request_id);
        if let Some(message) = inner.message
            && !self.texts.contains(&message)
        {
            self.texts.push(message);
        }
    }
}

/// The document that a text is, if it is one.
fn nested(text: &str) -> Option<Value> {
    let text = text.trim();
    text.starts_with(['{', '['])
        .then(|| serde_json::from_str(text).ok())
        .flatten()
}

/// `error_message`, `errorMessage` and `Error-Message` are one name.
fn plain_name(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn is_code(plain: &str) -> bool {
    matches!(plain, "exception" | "errortype" | "errorname") || plain.ends_with("code")
}

fn is_request_id(plain: &str) -> bool {
    matches!(plain, "requestid" | "traceid" | "xrequestid" | "reqid")
}

fn is_message_name(plain: &str) -> bool {
    const ENDS: [&str; 20] = [
        "message",
        "messages",
        "msg",
        "msgs",
        "detail",
        "details",
        "reason",
        "reasons",
        "description",
        "desc",
        "error",
        "errors",
        "cause",
        "explanation",
        "faultstring",
        "fault",
        "faults",
        "problem",
        "problems",
        "title",
    ];
    !plain.starts_with("encoded") && ENDS.iter().any(|end| plain.ends_with(end))
}

/// Names of what no error shows, whatever is in it: what was sent may come back in an error.
pub(super) fn is_secret(name: &str) -> bool {
    const PARTS: [&str; 14] = [
        "pass",
        "pwd",
        "secret",
        "token",
        "key",
        "credential",
        "signature",
        "auth",
        "cookie",
        "session",
        "link",
        "url",
        "uri",
        "private",
    ];
    let plain = plain_name(name);
    matches!(plain.as_str(), "ak" | "sk" | "pw") || PARTS.iter().any(|part| plain.contains(part))
}

/// What an error in one of the documented forms says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Stated {
    pub(in super::super) code: Option<String>,
    pub(in super::super) message: Option<String>,
    pub(in super::super) request_id: Option<String>,
}

/// Reads an error in one of the documented forms.
pub(in super::super) fn stated(object: &Map<String, Value>) -> Option<Stated> {
    let outer = fields(object);
    if outer.code.is_some() || outer.message.is_some() {
        return Some(outer);
    }
    // IAM and OpenStack wrap the fields in one object named after the fault; one in which some gateways
    // put a bare text.
    let inner = match object.get("error") {
        Some(value) => value,
        None if object.len() == 1 => object.values().next()?,
        None => return None,
    };
    let stated = match inner {
        Value::Object(wrapped) => fields(wrapped),
        Value::String(text) if object.contains_key("error") => Stated {
            message: cleaned(text),
            ..Stated::default()
        },
        _ => return None,
    };
    (stated.code.is_some() || stated.message.is_some()).then(|| Stated {
        request_id: stated.request_id.or(outer.request_id),
        ..stated
    })
}

fn fields(object: &Map<String, Value>) -> Stated {
    let first = |keys: &[&str]| {
        keys.iter().find_map(|key| match object.get(*key)? {
            // A text that is JSON itself is read as such.
            Value::String(text) if nested(text).is_none() => cleaned(text),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let mut message = first(&[
        "error_msg",
        "externalMessage",
        "errorMsg",
        "message",
        "error_description",
    ]);
    if let (Some(text), Some(more)) = (&mut message, first(&["error_ext_msg", "ext_message"]))
        && more != *text
    {
        text.push_str(" (");
        text.push_str(&more);
        text.push(')');
    }
    Stated {
        code: first(&["error_code", "errCode", "errorCode", "code"]),
        message: message.or_else(|| first(&["title"])),
        request_id: first(&["request_id"]),
    }
}
