//! What a service has, at a glance.

/// A service's sections and operations, known without reading its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outline {
    /// The name of the service.
    pub service: &'static str,
    /// The sections of its documentation, in their order.
    pub sections: &'static [OutlinedSection],
    /// Its operations, sorted by name.
    pub operations: &'static [OutlinedOperation],
    /// The parameters of all of them, sorted by name.
    pub parameters: &'static [OutlinedParameter],
}

/// A section of the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutlinedSection {
    /// The name that operations have as their tag.
    pub name: &'static str,
    /// What people read.
    pub title: &'static str,
}

/// An operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutlinedOperation {
    /// The operationId in kebab-case, such as `list-instances`.
    pub name: &'static str,
    /// The operationId, such as `ListInstances`.
    pub id: &'static str,
    /// The path with the names of its parameters in braces.
    pub path: &'static str,
    /// One line that says what it does.
    pub summary: &'static str,
    /// The section of the documentation.
    pub tag: &'static str,
    /// What it does to which resource, such as `instance#list`, if it concerns one.
    pub resource: Option<&'static str>,
}

/// All parameters of one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutlinedParameter {
    /// The name as it is sent.
    pub name: &'static str,
    /// The values that are documented as examples; empty texts stand for those that are no texts.
    pub examples: &'static [&'static str],
}
