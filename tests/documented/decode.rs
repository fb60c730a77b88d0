//! Every documented JSON body, decoded by its generated type and encoded again.

use libtest_mimic::Failed;
use serde_json::Value;

use crate::dispatch;
use crate::json::normalise;

/// A documented body.
pub(crate) struct Body {
    pub(crate) service: &'static str,
    /// Name of its schema.
    pub(crate) schema: String,
    pub(crate) example: &'static Value,
}

impl Body {
    /// Decodes it, and gives the value as Rust prints it. An error where encoding makes another body of it.
    pub(crate) fn decode(&self) -> Result<String, Failed> {
        let schema = &self.schema;
        let model = dispatch::model(self.service, schema)
            .ok_or_else(|| format!("no type was generated for the schema {schema}"))?;
        let decoded = (model.decode)(self.example.to_string().as_bytes()).map_err(|error| {
            format!("the documented example does not decode as {schema}: {error}")
        })?;
        let (before, after) = (normalise(self.example), normalise(&decoded.json));
        if before != after {
            return Err(format!(
                "decoding and encoding changed the example\n{before:#}\n{after:#}"
            )
            .into());
        }
        Ok(decoded.debug)
    }
}
