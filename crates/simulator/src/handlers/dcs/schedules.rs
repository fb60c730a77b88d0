//! Maintenance windows and backup policies, as bodies have them.

use serde_json::{Value, json};

use super::{bad_field, field_text, refuse};
use crate::call::{Call, Refusal};
use crate::digits::{self, clock};
use crate::problem::dcs as refusals;
use crate::state::dcs::flavors::Mode;

/// The maintenance window in the body: a whole hour.
pub(super) fn window(call: &Call<'_>) -> Result<Option<(String, String)>, Refusal> {
    let text = |name: &str| field_text(call, name).filter(|text| !text.is_empty());
    let hour = |text: &str| {
        let (hour, minute) = clock(text.strip_suffix(":00")?)?;
        (hour < 24 && minute == 0).then_some(hour)
    };
    match (text("maintain_begin"), text("maintain_end")) {
        (None, None) => Ok(None),
        (Some(begin), Some(end))
            if hour(begin).is_some_and(|first| hour(end) == Some((first + 1) % 24)) =>
        {
            Ok(Some((begin.to_owned(), end.to_owned())))
        }
        _ => Err(refuse(refusals::WINDOW)),
    }
}

/// The backup policy in the body, as it is answered. Numbers that came as texts are numbers again.
pub(super) fn policy(call: &Call<'_>, mode: Mode) -> Result<Option<Value>, Refusal> {
    let Some(policy) = call
        .params
        .field("instance_backup_policy")
        .filter(|one| one.is_object())
    else {
        return Ok(None);
    };
    if mode == Mode::Single {
        return Err(refuse(refusals::NO_BACKUPS));
    }
    let automatic = policy.get("backup_type").and_then(Value::as_str) == Some("auto");
    let plan = policy
        .get("periodical_backup_plan")
        .filter(|plan| plan.is_object());
    let days = policy.get("save_days").filter(|days| !days.is_null());
    let days = days.map(|days| number(days).filter(|days| (1..=7).contains(days)));
    if days == Some(None) || (automatic && days.is_none()) {
        return Err(refuse(refusals::SAVE_DAYS));
    }
    let mut value = json!({ "backup_type": if automatic { "auto" } else { "manual" } });
    if let Some(Some(days)) = days {
        value["save_days"] = Value::from(days);
    }
    match plan {
        None if automatic => return Err(bad_field("periodical_backup_plan", "it is missing")),
        None => {}
        Some(plan) => {
            let at = plan
                .get("backup_at")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            let at: Option<Vec<u64>> = at
                .iter()
                .map(|day| number(day).filter(|day| (1..=7).contains(day)))
                .collect();
            let at = at
                .filter(|at| !at.is_empty())
                .ok_or_else(|| refuse(refusals::BACKUP_AT))?;
            let begin = plan
                .get("begin_at")
                .and_then(Value::as_str)
                .unwrap_or_default();
            if !is_hour(begin) {
                return Err(refuse(refusals::BEGIN_AT));
            }
            value["periodical_backup_plan"] =
                json!({ "backup_at": at, "period_type": "weekly", "begin_at": begin });
        }
    }
    Ok(Some(value))
}

/// A number, or the digits that a text begins with: one documented example has `1,`.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let text = value.as_str()?;
        let end = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        digits::number(text.get(..end)?)
    })
}

/// Whether a text is such as `00:00-01:00`.
fn is_hour(text: &str) -> bool {
    let hour = |text: &str| {
        clock(text)
            .filter(|(_, minute)| *minute == 0)
            .map(|(hour, _)| hour)
    };
    text.split_once('-').is_some_and(|(first, last)| {
        hour(first)
            .zip(hour(last))
            .is_some_and(|(first, last)| (first + 1) % 24 == last % 24)
    })
}
