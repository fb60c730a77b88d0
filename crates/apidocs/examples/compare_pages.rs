//! Tells what a new version of a page means to callers.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_apidocs::{Hint, ReadError, diff, read};

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
    let after = PAGE
        .replace("| limit     | No ", "| limit     | Yes")
        .replace("| state ", "| status");
    let [before, after] = [PAGE, &after].map(|page| read(page.as_bytes(), &Hint::default()));
    for change in diff(&before?.facts, &after?.facts) {
        println!("{change}");
    }
    Ok(())
}
