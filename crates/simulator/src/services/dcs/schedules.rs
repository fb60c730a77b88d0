//! Maintenance windows and backup policies, as bodies have them.

use serde_json::{Value, json};

use super::flavors::Mode;
use super::{Redis, Scene, Valued, bad_field, hold, moment, refuse};
use crate::call::CallError;
use crate::parse::clock;
use crate::records::Record;

/// Whether the maintenance window, if there is one, is a whole hour.
pub(super) fn window(scene: &Scene<'_>) -> Result<(), CallError> {
    let text = |name: &str| scene.text(name).filter(|text| !text.is_empty());
    let is_hour = match (text("maintain_begin"), text("maintain_end")) {
        (None, None) => true,
        (Some(begin), Some(end)) => {
            let minutes = begin.strip_suffix(":00").zip(end.strip_suffix(":00"));
            minutes.is_some_and(|(begin, end)| end != "24:00" && follow(begin, end))
        }
        _ => false,
    };
    hold(is_hour, "DCS.4106")
}

/// The backup policy that a request gives an instance, with its times.
pub(super) fn backup_policy(scene: &Scene<'_>, instance: Option<&Record>, _: &Redis) -> Valued {
    let (Some(asked), Some(instance)) = (scene.given("instance_backup_policy"), instance) else {
        return Ok(None);
    };
    let code = scene.text("spec_code").map(Mode::of_code).transpose()?;
    let mode = code.map_or(instance.text("cache_mode"), |mode| mode.name.as_str());
    if !asked.is_object() {
        return Ok(None);
    }
    hold(mode != "single", "DCS.4095")?;
    let before = instance.fields.get("policy");
    let before = before.and_then(|before| before["created_at"].as_str());
    let now = moment(scene.now);
    Ok(Some(json!({
        "policy": policy(asked)?,
        "created_at": before.unwrap_or(&now),
        "updated_at": now,
    })))
}

/// The policy in the body.
fn policy(asked: &Value) -> Result<Value, CallError> {
    let is_automatic = asked["backup_type"] == "auto";
    let day = |value: &Value| value.as_u64().filter(|day| (1..=7).contains(day));
    let mut policy = json!({ "backup_type": if is_automatic { "auto" } else { "manual" } });
    match &asked["save_days"] {
        Value::Null => hold(!is_automatic, "DCS.4072")?,
        days => policy["save_days"] = Value::from(day(days).ok_or_else(|| refuse("DCS.4072"))?),
    }
    let plan = &asked["periodical_backup_plan"];
    if plan.is_object() {
        let at = plan["backup_at"].as_array().into_iter().flatten().map(day);
        let at: Option<Vec<u64>> = at.collect();
        let at = at.filter(|at| !at.is_empty());
        let at = at.ok_or_else(|| refuse("DCS.4075"))?;
        let begin = plan["begin_at"].as_str().unwrap_or_default();
        let is_hour = begin
            .split_once('-')
            .is_some_and(|(first, last)| follow(first, last));
        hold(is_hour, "DCS.4076")?;
        policy["periodical_backup_plan"] =
            json!({ "backup_at": at, "period_type": "weekly", "begin_at": begin });
    } else if is_automatic {
        return Err(bad_field("periodical_backup_plan", "it is missing"));
    }
    Ok(policy)
}

/// Whether two texts are a whole hour and the next one, such as `00:00` and `01:00`.
fn follow(first: &str, last: &str) -> bool {
    let hour = |text: &str| {
        let (hour, minute) = clock(text)?;
        (minute == 0).then_some(hour)
    };
    let hours = hour(first).zip(hour(last));
    hours.is_some_and(|(first, last)| (first + 1) % 24 == last % 24)
}
