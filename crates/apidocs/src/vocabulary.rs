//! The words by which pages name their parts, in English and in Chinese.

use std::borrow::Cow;

use crate::facts::Place;

/// The role of a table column, told from its header word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Name of a parameter or field.
    Name,
    /// Whether it must be given.
    Mandatory,
    /// Whether it may be left out.
    Optional,
    /// Its type.
    Type,
    /// Prose.
    Description,
    /// A status code.
    Status,
    /// Documented values or a range.
    Values,
    /// A default.
    Default,
    /// Where a parameter goes.
    Place,
}

/// The role of a column with this header.
pub(crate) fn role(header: &str) -> Option<Role> {
    let word = header
        .trim()
        .trim_end_matches([':', '：', '¶'])
        .to_lowercase();
    Some(match word.as_str() {
        "parameter" | "name" | "parameter name" | "field" | "field name" | "attribute" | "参数"
        | "参数名" | "参数名称" | "名称" | "字段" | "字段名" | "字段名称" | "属性" | "属性名"
        | "属性名称" | "header" => Role::Name,
        "mandatory" | "required" | "mandatory or not" | "是否必选" | "必选" | "是否必填"
        | "必填" | "是否必须" | "可选/必选" | "必选/可选" | "m/o" | "mandatory/optional"
        | "mandatory (yes/no)" | "required (yes/no)" | "mandatory(yes/no)" => Role::Mandatory,
        "optional" | "optional or not" | "是否可选" | "是否选填" | "optional (yes/no)" => {
            Role::Optional
        }
        "type" | "parameter type" | "data type" | "参数类型" | "类型" | "数据类型" | "取值类型"
        | "字段类型" => Role::Type,
        "description" | "remark" | "remarks" | "描述" | "说明" | "参数说明" | "参数描述"
        | "字段说明" | "字段描述" | "含义" | "解释" | "参数解释" | "备注" => {
            Role::Description
        }
        "status code" | "http status code" | "returned value" | "returned values"
        | "return value" | "return code" | "状态码" | "http状态码" | "响应码" | "返回码"
        | "返回值" => Role::Status,
        "in" | "location" | "参数位置" | "位置" => Role::Place,
        "value range" | "取值范围" => Role::Values,
        "default value" | "default" | "默认值" => Role::Default,
        _ => return None,
    })
}

/// Whether a table with this column lists no fields of the API but explains what stands in one: error codes, or
/// the parameters that a database can be configured by.
pub(crate) fn is_catalogue(header: &str) -> bool {
    matches!(
        header.trim().to_lowercase().as_str(),
        "error code"
            | "error codes"
            | "error message"
            | "parameter id"
            | "applicable engine"
            | "错误码"
            | "错误代码"
            | "错误信息"
            | "参数id"
            | "适用引擎"
    )
}

/// Whether a status stands for all that are not listed.
pub(crate) fn is_other_statuses(text: &str) -> bool {
    matches!(
        visible(text).trim().to_lowercase().as_str(),
        "default" | "other" | "others" | "其他" | "其它"
    )
}

/// The place that a cell of the column of places names: `Some(None)` is the body.
pub(crate) fn place(text: &str) -> Option<Option<Place>> {
    match text.trim().to_lowercase().as_str() {
        "path" | "uri" | "url" | "路径" => Some(Some(Place::Path)),
        "query" | "查询" => Some(Some(Place::Query)),
        "header" | "headers" | "请求头" | "消息头" => Some(Some(Place::Header)),
        "body" | "请求体" | "消息体" => Some(None),
        _ => None,
    }
}

/// A text without the characters that nobody sees: joiners, marks of direction and soft hyphens.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    let is_invisible = |c: char| {
        matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
            || (c.is_control() && !c.is_whitespace())
    };
    if text.contains(is_invisible) {
        Cow::Owned(text.replace(is_invisible, ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// The part of a page under a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// Method, path and their parameters.
    Uri,
    /// Headers and body of the request.
    Request,
    /// Headers and bodies of responses.
    Response,
    /// Example requests.
    RequestExample,
    /// Example responses.
    ResponseExample,
    /// Status codes.
    Status,
    /// Anything else.
    Other,
}

/// The section a heading begins; `None` where the word names no section.
pub(crate) fn section(heading: &str) -> Option<Section> {
    let word = heading
        .trim()
        .trim_end_matches(['¶', ':', '：'])
        .trim()
        .to_lowercase();
    Some(match word.as_str() {
        "uri" | "url" | "uris" => Section::Uri,
        "request" | "request parameters" | "requests" | "request parameter" | "请求参数"
        | "请求消息" | "请求" => Section::Request,
        "response"
        | "response parameters"
        | "responses"
        | "response parameter"
        | "响应参数"
        | "响应消息"
        | "响应" => Section::Response,
        "example request" | "example requests" | "request example" | "request examples"
        | "example" | "请求示例" => Section::RequestExample,
        "example response" | "example responses" | "response example" | "response examples"
        | "响应示例" => Section::ResponseExample,
        "status code" | "status codes" | "状态码" | "returned value" | "返回值" => {
            Section::Status
        }
        "function" | "functions" | "constraints" | "error code" | "error codes" | "debugging"
        | "authorization" | "功能介绍" | "调试" | "错误码" | "约束" | "约束限制" | "授权信息"
        | "接口约束" | "description" | "sdk代码示例" | "before you start" => Section::Other,
        _ => return None,
    })
}

/// What a list label makes of the section it stands in.
pub(crate) fn labelled(section: Section, label: &str) -> Section {
    let word = label.to_lowercase();
    let example = word.contains("example") || label.contains("示例");
    match section {
        Section::Uri | Section::Request if example => Section::RequestExample,
        Section::Response if example => Section::ResponseExample,
        other => other,
    }
}

/// Whether a label speaks of failed requests.
pub(crate) fn abnormal(label: &str) -> bool {
    label.to_lowercase().contains("abnormal") || label.contains("异常")
}

/// Whether a paragraph says that there is nothing.
pub(crate) fn is_none(text: &str) -> bool {
    matches!(
        text.trim()
            .trim_end_matches(['.', '。'])
            .to_lowercase()
            .as_str(),
        "none" | "n/a" | "无" | "-" | "null" | "not involved" | "不涉及"
    )
}

/// Reads a cell of the mandatory column.
pub(crate) fn mandatory(text: &str) -> Option<bool> {
    match text.trim().trim_end_matches('.').to_lowercase().as_str() {
        "yes" | "y" | "true" | "m" | "mandatory" | "required" | "是" | "必选" | "必填" => {
            Some(true)
        }
        "no" | "n" | "false" | "o" | "optional" | "否" | "可选" | "选填" | "非必选" => {
            Some(false)
        }
        _ => None,
    }
}

/// Reads a cell of a column that says whether a field may be left out: whether it must be given.
pub(crate) fn mandatory_unless(text: &str) -> Option<bool> {
    match text.trim().trim_end_matches('.').to_lowercase().as_str() {
        "yes" | "y" | "true" | "是" => Some(false),
        "no" | "n" | "false" | "否" => Some(true),
        _ => mandatory(text),
    }
}

/// Whether a cell of the mandatory column states when the field must be given.
pub(crate) fn mandatory_if(text: &str) -> bool {
    let lower = text.to_lowercase();
    let speaks = [
        "mandatory",
        "required",
        "optional",
        "必选",
        "必填",
        "必须",
        "可选",
    ]
    .iter()
    .any(|word| lower.contains(word));
    // "Yes (MySQL)", "No for replicas", "是（集群）".
    let answers = ["yes", "no", "是", "否"].iter().any(|word| {
        lower.strip_prefix(word).is_some_and(|rest| {
            let next = rest.chars().next();
            next.is_some_and(|c| c.is_whitespace() || "(（,，;；:：".contains(c))
        })
    });
    speaks || answers || lower.contains("depend") || lower == "conditional"
}

/// The status of a marker line such as `Status code: 200`; `Some(None)` for all statuses that are not listed.
pub(crate) fn status_marker(text: &str) -> Option<Option<u16>> {
    let text = visible(text);
    let text = text.trim();
    let lower = text.to_lowercase();
    let rest = ["status codes", "status code", "状态码"]
        .iter()
        .find_map(|w| lower.strip_prefix(w))?;
    let rest = rest.trim_start_matches(['为', ':', '：', ' ', '\u{a0}', '\u{3000}']);
    if is_other_statuses(rest.trim_end_matches([':', '：', '.'])) {
        return Some(None);
    }
    // "状态码为200时：" has no blank behind the number.
    status(&rest.replace('时', " ")).map(Some)
}

/// A status code that a text begins with, nothing but prose behind it.
pub(crate) fn status(text: &str) -> Option<u16> {
    let text = text.trim();
    let digits = text.get(..3)?;
    let code: u16 = digits.parse().ok()?;
    let next = text.get(3..)?.chars().next();
    let ends = next.is_none_or(|c| !c.is_alphanumeric());
    ((100..600).contains(&code) && ends).then_some(code)
}

/// Whether a name is one of a request header.
pub(crate) fn is_header_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.starts_with("x-")
        || matches!(
            lower.as_str(),
            "content-type" | "accept" | "authorization" | "host" | "content-length"
        )
}

/// A table caption taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Caption {
    /// The number behind `Table`.
    pub(crate) number: Option<u32>,
    /// What is left of the caption.
    pub(crate) title: String,
}

/// Takes `Table 3 Tag` or `表 3 Tag` apart.
pub(crate) fn caption(text: &str) -> Caption {
    let text = text.trim().trim_end_matches('¶').trim();
    let rest = text
        .strip_prefix("Table")
        .or_else(|| text.strip_prefix("table"))
        .or_else(|| text.strip_prefix('表'));
    if let Some(rest) = rest {
        let rest = rest.trim_start();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if let Some(number) = rest.get(..digits).and_then(|d| d.parse().ok()) {
            return Caption {
                number: Some(number),
                title: rest.get(digits..).unwrap_or_default().trim().to_owned(),
            };
        }
    }
    Caption {
        number: None,
        title: text.to_owned(),
    }
}

/// Whether a caption names a table of top-level fields.
pub(crate) fn is_root_title(title: &str) -> bool {
    let lower = title.to_lowercase();
    let nested =
        lower.contains("structure") || lower.contains("element") || lower.contains("field");
    title.is_empty()
        || (!nested && (lower.contains("parameter") || lower == "description"))
        || title.contains("参数")
}

/// The field that a nested table's caption speaks of.
pub(crate) fn titled_field(title: &str) -> Option<String> {
    let lower = title.to_lowercase();
    if is_root_title(title) {
        return None;
    }
    let words: Vec<&str> = title.split_whitespace().collect();
    // "Data structure description of field X", "… of the X field".
    if let Some(at) = words.iter().position(|w| w.eq_ignore_ascii_case("of")) {
        let name = words
            .iter()
            .skip(at + 1)
            .find(|w| !matches!(w.to_lowercase().as_str(), "the" | "field"));
        if lower.starts_with("data structure") {
            return name.map(|n| (*n).to_owned());
        }
    }
    let nested = ["structure", "element", "field"]
        .iter()
        .any(|w| lower.contains(w));
    let described = lower.ends_with("description");
    // A sentence is no name: "Obtaining a token with an agency".
    (words.len() == 1 || nested || described)
        .then(|| words.first().map(|w| (*w).to_owned()))
        .flatten()
}
