//! Names of schemas that other languages have types of.

/// The types that need no import, or that generated code imports: those of Rust, Java, TypeScript and Python that could be
/// meant by a schema's name.
const TYPES: [&str; 48] = [
    "Any",
    "Array",
    "Awaited",
    "Boolean",
    "Box",
    "Byte",
    "Capitalize",
    "Character",
    "Class",
    "Date",
    "Dict",
    "Double",
    "Enum",
    "Error",
    "Exception",
    "Exclude",
    "Extract",
    "File",
    "Float",
    "Function",
    "InstanceType",
    "Integer",
    "Iterable",
    "List",
    "Long",
    "Map",
    "Module",
    "Number",
    "Object",
    "Omit",
    "Option",
    "Optional",
    "Package",
    "Parameters",
    "Partial",
    "Pick",
    "Process",
    "Promise",
    "Readonly",
    "Record",
    "Required",
    "Result",
    "ReturnType",
    "Set",
    "Short",
    "String",
    "Thread",
    "Union",
];

/// Whether languages have a type of a schema's name everywhere, so that a generator renames the schema or hides the type.
#[must_use]
pub fn is_type_elsewhere(schema: &str) -> bool {
    TYPES.contains(&schema)
}
