//! Reads a page of an API reference, and shows what it states of the parameters.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_apidocs::{Hint, ReadError, read};

const PAGE: &str = "
Listing Things
==============

URI
---

GET /v1/things

.. table:: **Table 1** Query Parameters

   +-----------+-----------+---------+------------------------------------------------------------+
   | Parameter | Mandatory | Type    | Description                                                |
   +===========+===========+=========+============================================================+
   | limit     | No        | Integer | How many. Value range: 1-100. The default value is **10**. |
   +-----------+-----------+---------+------------------------------------------------------------+
   | state     | Yes       | String  | The value can be **on** or **off**.                        |
   +-----------+-----------+---------+------------------------------------------------------------+
";

fn main() -> Result<(), ReadError> {
    let facts = read(PAGE.as_bytes(), &Hint::default())?.facts;
    if let Some(operation) = facts.operation.value() {
        println!("{} {}", operation.method, operation.path);
    }
    for parameter in &facts.parameters.items {
        let kind = parameter.type_word.value().map_or("?", String::as_str);
        let is_mandatory = parameter.mandatory.value().is_some_and(|value| *value);
        let need = if is_mandatory {
            "mandatory"
        } else {
            "optional"
        };
        println!(
            "{}: {kind}, {need}, values {:?}",
            parameter.name, parameter.values
        );
    }
    Ok(())
}
