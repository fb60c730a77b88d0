//! The steps of the contract, in their order.

use otcdb_openapi::{Operation, PagingStyle, Place, Verb};
use serde_json::{Value, json};

use super::Outcome;
use super::story::Story;
use crate::small_cloud::Refused;

type Step = fn(&mut Story<'_>) -> Result<Outcome, String>;

/// All steps.
pub(super) const ALL: &[(&str, Step)] = &[
    ("created", created),
    ("listed", listed),
    ("busy", busy),
    ("states", states),
    ("filtered", filtered),
    ("paged", paged),
    ("shown", shown),
    ("updated", updated),
    ("other project", other_project),
    ("deleted", deleted),
    ("deleted again", deleted_again),
    ("deleted otherwise", deleted_otherwise),
    ("job-failed", job_failed),
    ("job-stuck", job_stuck),
];

/// Longer than any work takes, in seconds.
const PATIENCE: u64 = 600;

/// Why much is left of a service that nobody has said more of than its description does.
const EXAMPLES: &str = "the responses are examples";

fn left(why: impl Into<String>) -> Result<Outcome, String> {
    Ok(Outcome::Left(why.into()))
}

fn holds(is_so: bool, why: impl FnOnce() -> String) -> Result<Outcome, String> {
    match is_so {
        true => Ok(Outcome::Holds),
        false => Err(why()),
    }
}

/// One is made. What nothing makes is there from the start.
fn created(story: &mut Story<'_>) -> Result<Outcome, String> {
    if let Some(create) = story.resource.does(Verb::Create) {
        story.make(create)?;
        return Ok(Outcome::Holds);
    }
    if let Some(list) = story.resource.does(Verb::List) {
        story.ids.extend(story.fixture(list).ids);
        let first = story.listed(list)?.into_iter().next();
        if let Some(first) = first {
            story.ids.insert(story.resource.name.to_owned(), first);
        }
    }
    left("no operation makes one")
}

fn listed(story: &mut Story<'_>) -> Result<Outcome, String> {
    let (Some(list), Some(own)) = (story.resource.does(Verb::List), story.own()) else {
        return left("no operation lists what has an id");
    };
    let listed = story.listed(list)?;
    holds(listed.contains(own), || {
        format!("{own} is not in {listed:?}")
    })
}

/// While work goes on, what would disturb it is refused.
fn busy(story: &mut Story<'_>) -> Result<Outcome, String> {
    if story.entry.busy.is_empty() {
        if story.made.is_none() || story.waiter().is_none() {
            return left("no work goes on");
        }
        return match story.resource.does(Verb::Delete) {
            Some(delete) if story.is_remembered() => Err(format!(
                "contract.yaml has no code with which {} is refused while work goes on",
                delete.id
            )),
            _ => left("no operation disturbs it"),
        };
    }
    for (id, code) in &story.entry.busy {
        let operation = otcdb_bundles::bundle(story.resource.service)
            .unwrap()
            .operation(id);
        let operation = operation.ok_or_else(|| format!("there is no operation {id}"))?;
        if !story.client.has(operation) {
            continue;
        }
        match story.call(operation) {
            Ok(response) => return Err(format!("{id} is not refused: {response}")),
            Err(refused) if refused.has(code) => {}
            Err(refused) => return Err(format!("{id}: no {code} in: {}", refused.text)),
        }
    }
    Ok(Outcome::Holds)
}

/// Work goes from state to state as the clock moves, and ends well.
fn states(story: &mut Story<'_>) -> Result<Outcome, String> {
    let (Some(_), Some((operation, waiter))) = (&story.made, story.waiter()) else {
        return left("no operation tells of work");
    };
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..PATIENCE {
        let state = story.state(operation, waiter)?;
        if seen.last() != Some(&state) {
            if seen.contains(&state) {
                return Err(format!("{state} comes again after {seen:?}"));
            }
            seen.push(state);
        }
        if seen.last().is_some_and(|state| waiter.done.contains(state)) {
            break;
        }
        story.cloud.advance(1);
    }
    let is_done = seen.last().is_some_and(|state| waiter.done.contains(state));
    let is_listed = story.entry.states.is_empty() || story.entry.states == seen;
    // What the work leaves elsewhere ends, too.
    story.cloud.advance(PATIENCE);
    holds(is_done && is_listed, || format!("the states are {seen:?}"))
}

/// Query parameters that are called like fields choose by them.
fn filtered(story: &mut Story<'_>) -> Result<Outcome, String> {
    let (Some(list), Some(own)) = (story.resource.does(Verb::List), story.own()) else {
        return left("no operation lists what has an id");
    };
    let Some(item) = story.item(list)? else {
        return Err(format!("{own} is not listed"));
    };
    let mut count = 0;
    for parameter in list
        .parameters
        .iter()
        .filter(|one| one.place == Place::Query && story.client.takes(list, &one.name))
    {
        let value = item.get(&parameter.name).filter(|value| {
            !parameter.required
                && (value.is_number() || value.as_str().is_some_and(|it| !it.is_empty()))
        });
        let Some(value) = value else { continue };
        let name = parameter.name.as_str();
        let value = &match parameter.schema.kind() {
            Some("string") if value.is_number() => json!(value.to_string()),
            _ => value.clone(),
        };
        let by = |value: Value| {
            let mut fixture = story.fixture(list);
            fixture.parameters.insert(name.to_owned(), value);
            let response = story.cloud.call(story.client, &fixture)?;
            Ok(story.ids_in(list, &response).contains(own))
        };
        match by(value.clone()) {
            Ok(true) => {}
            Ok(false) => return Err(format!("{name}={value} does not list {own}")),
            Err(Refused { text }) => return Err(format!("{name}={value}: {text}")),
        }
        // A value that nothing has may be refused.
        let other = value.as_str().map(|text| json!(format!("no{text}")));
        if let (Some(other), None) = (other, parameter.schema.values())
            && by(other.clone()).unwrap_or(false)
        {
            return Err(format!("{name}={other} lists {own}"));
        }
        count += 1;
    }
    match count {
        0 => left("no parameter of the list is called like a field"),
        _ => Ok(Outcome::Holds),
    }
}

/// Pages of one have one each, in the order of the whole list.
fn paged(story: &mut Story<'_>) -> Result<Outcome, String> {
    let list = story.resource.does(Verb::List);
    let Some((list, paging)) = list.and_then(|list| Some((list, list.pagination.as_ref()?))) else {
        return left("no operation lists it");
    };
    let (Some(position), Some(limit)) = (&paging.position, &paging.limit) else {
        return left("the list comes whole");
    };
    let all = story.listed(list)?;
    if all.len() < 2 {
        return left("there is one only");
    }
    let first = match paging.style {
        PagingStyle::Index => 0,
        _ => 1,
    };
    for (number, id) in (first..).zip(&all).take(2) {
        let mut fixture = story.fixture(list);
        fixture.parameters.insert(position.clone(), json!(number));
        fixture.parameters.insert(limit.clone(), json!(1));
        let response = story.cloud.call(story.client, &fixture);
        let response = response.map_err(|refused| format!("page {number}: {}", refused.text))?;
        let page = story.ids_in(list, &response);
        if page != [id.clone()] {
            return Err(format!("page {number} has {page:?}, not {id}"));
        }
    }
    Ok(Outcome::Holds)
}

/// What is shown of it is what the list says.
fn shown(story: &mut Story<'_>) -> Result<Outcome, String> {
    let Some(show) = story.resource.does(Verb::Show) else {
        return left("no operation shows it");
    };
    let mut shown = story.succeed(show)?;
    if let Some(record) = shown
        .get_mut(story.resource.name)
        .filter(|it| it.is_object())
    {
        shown = record.take();
    }
    let (Some(list), Some(own)) = (story.resource.does(Verb::List), story.own()) else {
        return Ok(Outcome::Holds);
    };
    if let Some(id) = story.id_of(&shown)
        && id != *own
    {
        return Err(format!("{own} is shown as {shown}"));
    }
    let item = story.item(list)?.unwrap_or_default();
    let mut common = 0;
    for (name, value) in item.as_object().into_iter().flatten() {
        match shown.get(name) {
            Some(other) if other == value || same_time(other, value) => common += 1,
            Some(other) => {
                return Err(format!(
                    "{name} is {value} in the list, and {other} is shown"
                ));
            }
            None => {}
        }
    }
    holds(common > 0, || {
        format!("{item} and {shown} have nothing in common")
    })
}

/// A list and what shows one of it may write times in different forms. Both have year to second in this order.
fn same_time(one: &Value, other: &Value) -> bool {
    const SECOND: usize = "20260416120000".len();
    let digits = |value: &Value| {
        let digits: String = value
            .as_str()?
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        digits.get(..SECOND).map(str::to_owned)
    };
    digits(one).is_some_and(|digits_of_one| Some(digits_of_one) == digits(other))
}

/// What was changed is shown.
fn updated(story: &mut Story<'_>) -> Result<Outcome, String> {
    let Some(update) = story.resource.does(Verb::Update) else {
        return left("no operation changes it");
    };
    let fixture = story.fixture(update);
    let response = story.cloud.call(story.client, &fixture);
    response.map_err(|refused| format!("{}: {}", update.id, refused.text))?;
    story.cloud.advance(PATIENCE);
    let shown = match (
        story.resource.does(Verb::Show),
        story.resource.does(Verb::List),
    ) {
        (Some(show), _) => story.succeed(show)?,
        (None, Some(list)) => story.item(list)?.unwrap_or_default(),
        (None, None) => return left("no operation shows it"),
    };
    let mut count = 0;
    for (name, value) in fixture
        .body
        .as_ref()
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        match shown.get(name) {
            Some(found) if found == value => count += 1,
            // Such as times with seconds, and without.
            Some(Value::String(found))
                if value
                    .as_str()
                    .is_some_and(|it| it.starts_with(found.as_str())) =>
            {
                count += 1
            }
            Some(Value::Object(_)) | None => {}
            Some(found) => return Err(format!("{name} is {found}, not {value}")),
        }
    }
    holds(count > 0, || {
        format!("nothing of {fixture:?} is in {shown}")
    })
}

/// Another project neither sees it nor takes it away.
fn other_project(story: &mut Story<'_>) -> Result<Outcome, String> {
    if !story.is_remembered() {
        return left(EXAMPLES);
    }
    let other = story.cloud.other_project();
    let own = story.own().cloned();
    let mut count = 0;
    if let (Some(list), Some(own)) = (story.resource.does(Verb::List), &own) {
        if let Ok(response) = story.call_as(&other, list)
            && story.ids_in(list, &response).contains(own)
        {
            return Err(format!("{} lists {own}", list.id));
        }
        count += 1;
    }
    let others = [Verb::Show, Verb::Update, Verb::Delete].into_iter();
    for operation in others.flat_map(|verb| story.resource.all(verb)) {
        // One that is about several tells of each what became of it.
        let is_of_one = operation.path.ends_with('}') || own.is_none();
        if let (true, Ok(response)) = (is_of_one, story.call_as(&other, operation))
            && !response.is_null()
        {
            return Err(format!("{} answers {response}", operation.id));
        }
        count += 1;
    }
    if let (Some(list), Some(own)) = (story.resource.does(Verb::List), &own)
        && !story.listed(list)?.contains(own)
    {
        return Err(format!("{own} is gone"));
    }
    match count {
        0 => left("no operation shows it"),
        _ => Ok(Outcome::Holds),
    }
}

/// What was deleted is gone.
fn deleted(story: &mut Story<'_>) -> Result<Outcome, String> {
    let (Some(delete), Some(_)) = (story.resource.does(Verb::Delete), story.own()) else {
        return left("no operation deletes it");
    };
    if !story.is_remembered() {
        return left(EXAMPLES);
    }
    let again = story.fixture(delete);
    gone_after(story, delete)?;
    story.deletion = Some(again);
    Ok(Outcome::Holds)
}

/// So it is with the other operations that delete it, such as one that deletes several at once.
fn deleted_otherwise(story: &mut Story<'_>) -> Result<Outcome, String> {
    if !story.is_remembered() {
        return left(EXAMPLES);
    }
    let first = story.resource.does(Verb::Delete).map(|first| &first.id);
    let others = story.resource.all(Verb::Delete);
    let mut outcome = left("no other operation deletes it");
    for delete in others.filter(|delete| Some(&delete.id) != first) {
        let mut story = story.again();
        created(&mut story)?;
        story.cloud.advance(PATIENCE);
        gone_after(&story, delete)?;
        outcome = Ok(Outcome::Holds);
    }
    outcome
}

/// One is neither listed nor shown once the operation has deleted it.
fn gone_after(story: &Story<'_>, delete: &Operation) -> Result<(), String> {
    let own = story.own().ok_or("nothing has its id")?;
    story.succeed(delete)?;
    story.cloud.advance(PATIENCE);
    if let Some(list) = story.resource.does(Verb::List)
        && story.listed(list)?.contains(own)
    {
        return Err(format!("{own} is still listed after {}", delete.id));
    }
    if let Some(show) = story.resource.does(Verb::Show)
        && let Ok(response) = story.call(show)
    {
        return Err(format!("it is still shown after {}: {response}", delete.id));
    }
    Ok(())
}

fn deleted_again(story: &mut Story<'_>) -> Result<Outcome, String> {
    let Some(deletion) = &story.deletion else {
        return left("no operation deletes it");
    };
    match story.cloud.call(story.client, deletion) {
        Ok(response) => Err(format!("it is deleted again: {response}")),
        Err(_) => Ok(Outcome::Holds),
    }
}

fn job_failed(story: &mut Story<'_>) -> Result<Outcome, String> {
    ends(story, "job-failed", true)
}

fn job_stuck(story: &mut Story<'_>) -> Result<Outcome, String> {
    ends(story, "job-stuck", false)
}

/// Work ends badly on demand, or never.
fn ends(story: &Story<'_>, fault: &str, badly: bool) -> Result<Outcome, String> {
    let (Some(create), Some((operation, waiter))) =
        (story.resource.does(Verb::Create), story.waiter())
    else {
        return left("no operation tells of work that makes one");
    };
    if !story.is_remembered() {
        return left(EXAMPLES);
    }
    let mut story = story.again();
    story.cloud.fail(&format!("{}:{fault}", create.qualified()));
    story.make(create)?;
    story.cloud.advance(PATIENCE);
    let state = story.state(operation, waiter)?;
    let idle = story.cloud.running.idle_faults();
    let is_so = match badly {
        // Not every description says how a failure looks.
        true if waiter.failed.is_empty() => !waiter.done.contains(&state),
        true => waiter.failed.contains(&state),
        false => !waiter.failed.contains(&state) && !waiter.done.contains(&state),
    };
    holds(is_so && idle.is_empty(), || {
        format!("the state is {state}; idle: {idle:?}")
    })
}
