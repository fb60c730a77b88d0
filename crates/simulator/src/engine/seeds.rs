//! What is there from the start.

use jiff::Timestamp;
use serde_json::Value;

use super::{Context, Functions, State, settings};
use crate::clock::earlier;
use crate::cloud::Options;
use crate::model::{Models, OperationModel, Seed};
use crate::records::{IdForm, Job, JobOutcome, Record};

/// Makes the records that models have from the start: those of the project, or those of one parent, by its resource and
/// id. A parent that is new has fewer of them.
pub(crate) fn plant<S: State>(
    state: &mut S,
    models: &Models,
    functions: &Functions<S>,
    parent: Option<(&str, &str)>,
    (now, options, is_new): (Timestamp, Option<&Options>, bool),
) {
    let none = OperationModel::default();
    for (name, model) in &models.resources {
        if model.parent.as_deref() != parent.map(|(resource, _)| resource) {
            continue;
        }
        let mut context = Context::new(None, now, models, functions, (name, model, &none));
        context.parent = parent.and_then(|(resource, id)| context.parent_of(resource, id, state));
        let parent = context.parent.clone();
        let seeds = model.seeds.iter().enumerate();
        let mut seeds: Vec<_> = seeds
            .filter(|(_, seed)| has(&context, seed, state) && (!is_new || seed.of_new))
            .collect();
        // Of a resource without ids there is always one.
        let default = Seed::default();
        if seeds.is_empty() && model.id.is_none() {
            seeds.push((0, &default));
        }
        for (number, seed) in seeds {
            let count = seed.count.zip(options);
            let count = count.map_or(1, |(setting, options)| settings::count(setting, options));
            // Oldest first, as all records are.
            for turn in (0..count).rev() {
                let mut record = record(state, &context, (number, seed, turn), options);
                if let (None, Some(parent)) = (&model.id, &parent) {
                    record.created = parent.created;
                    record.updated = parent.created;
                }
                // As many as were asked for, however many that is.
                state.store_mut().add_for_good(name, record);
            }
        }
    }
}

/// Makes all that there is from the start, what belongs to other records included.
pub(crate) fn plant_all<S: State>(
    state: &mut S,
    models: &Models,
    functions: &Functions<S>,
    when: (Timestamp, Option<&Options>, bool),
) {
    plant(state, models, functions, None, when);
    let of = |parent: Option<&str>| -> Vec<&str> {
        let mut own = Vec::new();
        for (name, model) in &models.resources {
            if model.parent.as_deref() == parent {
                own.push(name.as_str());
            }
        }
        own
    };
    let mut parents = of(None);
    while let Some(resource) = parents.pop() {
        let children = of(Some(resource));
        if children.is_empty() {
            continue;
        }
        let ids: Vec<String> = state
            .store()
            .all(resource)
            .map(|one| one.id.clone())
            .collect();
        for id in ids {
            plant(state, models, functions, Some((resource, &id)), when);
        }
        parents.extend(children);
    }
}

/// Whether the parent has the record from the start.
fn has<S: State>(context: &Context<'_, S>, seed: &Seed, state: &S) -> bool {
    let mut exceptions = seed.unless.iter().flatten();
    let own = |field: &str| context.of_parent(field, state).ok().flatten();
    !exceptions.any(|(field, value)| match (own(field), value) {
        (Some(own), Value::Array(values)) => own == *value || values.contains(&own),
        (own, _) => own.as_ref() == Some(value),
    })
}

fn record<S: State>(
    state: &S,
    context: &Context<'_, S>,
    (number, seed, turn): (usize, &Seed, usize),
    options: Option<&Options>,
) -> Record {
    let Context {
        name, model, now, ..
    } = context;
    let parent_id = context
        .parent
        .as_ref()
        .map_or("", |parent| parent.id.as_str());
    let mut label = format!("{name} {number} {parent_id}");
    if seed.count.is_some() {
        label += &format!(" {turn}");
    }
    let id = match (&seed.id, model.id.as_ref().map(|id| id.form)) {
        (Some(id), _) => id.clone(),
        (None, Some(IdForm::Hex)) => state.store().seed.hex32(&label),
        (None, _) => state.store().seed.uuid(&label),
    };
    let steps = u32::try_from(turn).unwrap_or(u32::MAX);
    let ago = seed.ago.saturating_add(seed.every.saturating_mul(steps));
    let mut record = Record::new(id, parent_id, earlier(*now, ago));
    if seed.count.is_some() {
        record.fields.insert("number".to_owned(), turn.into());
    }
    // Of several the last is so new that a stale list may lack it.
    record.seen = seed.count.is_none() || turn > 0;
    record.shared = seed.shared;
    if let Some((name, job)) = seed
        .job
        .as_ref()
        .and_then(|name| model.jobs.get_key_value(name))
    {
        let times = options.map_or_else(Default::default, |options| settings::times(job, options));
        record.job = Some(Job::new(name, record.created, times, JobOutcome::Good));
    }
    // Nothing refuses what is there from the start.
    for fields in [&seed.set, &model.set] {
        let values = context
            .values(fields, Some(&record), state)
            .unwrap_or_default();
        for (name, value) in values {
            record.fields.entry(name).or_insert(value);
        }
    }
    record.id += &context.suffix(&record, state).unwrap_or_default();
    record
}
