//! Files of records, and spans of time that are settings of the cloud.

use std::time::Duration;

use serde::Deserialize;

use super::terms::Form;

/// The file that each record of a resource has in the object store. It is made when it is first spoken of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileModel {
    pub(crate) name: Form,
    /// Whose folder it is in, if that is not what the record belongs to.
    #[serde(default)]
    pub(crate) folder: Option<Form>,
    /// What its lines look like.
    pub(crate) style: Form,
    /// The log of which it has what was written until now, or until the record's job ended. Files of one log begin alike.
    #[serde(default)]
    pub(crate) log: Option<Form>,
    /// The day of which its lines are, if it is of no such log: a text that begins with a date; else the day on which the
    /// record was made.
    #[serde(default)]
    pub(crate) day: Option<Form>,
    /// How long a link to it is good.
    pub(crate) lifetime: Span,
    /// What a link begins with, if not with `http://`.
    #[serde(default)]
    pub(crate) scheme: Option<Form>,
}

impl FileModel {
    /// The sources that it is made of.
    pub(crate) fn forms(&self) -> impl Iterator<Item = &Form> {
        let others = [&self.folder, &self.log, &self.day, &self.scheme];
        let others = others.into_iter().flatten();
        [&self.name, &self.style].into_iter().chain(others)
    }
}

/// A length of time, such as `8s`, or the setting of the cloud that has it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(crate) enum Span {
    Fixed(Duration),
    Of(Setting),
}

impl Default for Span {
    fn default() -> Self {
        Self::Fixed(Duration::ZERO)
    }
}

/// A setting of the cloud.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Setting {
    AuditFiles,
    TraceFiles,
    CollectDelay,
    ExportDelay,
    ExportKept,
    RedisLinkLifetime,
    RdsLinkLifetime,
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match duration(&text) {
            Ok(fixed) => Ok(Self::Fixed(fixed)),
            Err(error) => {
                let setting = Setting::deserialize(serde_json::Value::from(text));
                setting.map(Self::Of).map_err(|_| error)
            }
        }
    }
}

/// A length of time such as `8s`, `5m`, `2h` or `30d`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let parsed = text.char_indices().next_back().and_then(|(end, unit)| {
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return None,
        };
        let count: u64 = crate::parse::number(text.get(..end)?)?;
        Some(Duration::from_secs(count.checked_mul(seconds)?))
    });
    parsed.ok_or_else(|| format!("{text:?} is no duration such as 8s, 5m, 2h or 30d"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_duration_or_a_setting() {
        let span = |text: &str| Span::try_from(text.to_owned());
        assert_eq!(span("5m"), Ok(Span::Fixed(Duration::from_secs(300))));
        assert_eq!(span("export_delay"), Ok(Span::Of(Setting::ExportDelay)));
        for bad in ["", "5", "m", "5w", "export-delay", "-5m"] {
            let error = span(bad).unwrap_err();
            assert!(error.contains("no duration such as"), "{bad}: {error}");
        }
    }
}
