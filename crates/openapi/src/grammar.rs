//! Which kind of OpenAPI 3.0 object stands where.
//!
//! The bundler needs it to know what a `$ref` refers to, and rules need it to tell a schema's keyword from a
//! property that happens to have the same name.

use serde_json::Value;

/// The kind of a node in an OpenAPI document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The document.
    Root,
    /// The map under `paths`.
    Paths,
    /// One entry of `paths`.
    PathItem,
    /// One operation.
    Operation,
    /// The list of operations under one method and path.
    Variants,
    /// A map or list whose values are of one reusable kind.
    Many(Reusable),
    /// A reusable object.
    One(Reusable),
    /// The map under `content`.
    Content,
    /// One entry of `content`.
    MediaType,
    /// The `components` object.
    Components,
    /// Anything whose inside holds no references: examples' values, enums, extensions, plain strings.
    Opaque,
}

/// The kinds of object that `components` can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reusable {
    /// `components/schemas`
    Schema,
    /// `components/responses`
    Response,
    /// `components/parameters`
    Parameter,
    /// `components/examples`
    Example,
    /// `components/requestBodies`
    RequestBody,
    /// `components/headers`
    Header,
    /// `components/securitySchemes`
    SecurityScheme,
}

impl Reusable {
    /// Every kind, in the order in which the bundle lists them.
    pub const ALL: [Self; 7] = [
        Self::Schema,
        Self::Response,
        Self::Parameter,
        Self::Example,
        Self::RequestBody,
        Self::Header,
        Self::SecurityScheme,
    ];

    /// The key under `components`.
    pub const fn section(self) -> &'static str {
        match self {
            Self::Schema => "schemas",
            Self::Response => "responses",
            Self::Parameter => "parameters",
            Self::Example => "examples",
            Self::RequestBody => "requestBodies",
            Self::Header => "headers",
            Self::SecurityScheme => "securitySchemes",
        }
    }
}

/// The methods that a path item can have.
pub const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

impl Kind {
    /// The kind of the value under `key` of an object of this kind.
    pub fn child(self, key: &str) -> Self {
        use Kind::{
            Components, Content, Many, MediaType, One, Opaque, Operation, PathItem, Paths, Root,
            Variants,
        };
        use Reusable::{Example, Header, Parameter, RequestBody, Response, Schema};
        match (self, key) {
            (Root, "paths") => Paths,
            (Root, "components") => Components,
            (Paths, path) if path.starts_with('/') => PathItem,
            (PathItem, method) if METHODS.contains(&method) => Operation,
            (Operation, "x-variants") => Variants,
            (PathItem | Operation, "parameters") => Many(Parameter),
            (Operation, "requestBody") => One(RequestBody),
            (Operation, "responses") => Many(Response),
            (Components, section) => Reusable::ALL
                .into_iter()
                .find(|kind| kind.section() == section)
                .map_or(Opaque, Many),
            (Many(kind), _) => One(kind),
            (One(Parameter | Header), "schema") | (MediaType, "schema") => One(Schema),
            (One(Parameter | Header), "examples") | (MediaType, "examples") => Many(Example),
            (One(RequestBody | Response | Parameter | Header), "content") => Content,
            (One(Response), "headers") => Many(Header),
            (Content, _) => MediaType,
            (One(Schema), "properties" | "allOf" | "oneOf" | "anyOf") => Many(Schema),
            (One(Schema), "items" | "additionalProperties" | "not") => One(Schema),
            _ => Opaque,
        }
    }

    /// The kind of an element of an array whose own kind this is.
    pub const fn element(self) -> Self {
        match self {
            Self::Many(kind) => Self::One(kind),
            Self::Variants => Self::Operation,
            _ => Self::Opaque,
        }
    }
}

/// The media type object for JSON in a request body or response.
pub fn json_content(value: &Value) -> Option<&Value> {
    value.get("content")?.get("application/json")
}

/// Whether a key of `responses` stands for success.
pub fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_named_like_a_keyword_is_a_schema() {
        let schema = Kind::One(Reusable::Schema);
        let properties = schema.child("properties");
        assert_eq!(properties.child("examples"), schema);
        assert_eq!(schema.child("example"), Kind::Opaque);
        assert_eq!(properties.child("items").child("items"), schema);
    }
}
