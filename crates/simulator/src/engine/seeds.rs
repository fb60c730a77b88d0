//! What is there from the start.

use jiff::Timestamp;

use super::{Context, Functions, Parent, State};
use crate::clock::earlier;
use crate::model::{Models, OperationModel, Seed};
use crate::records::{IdForm, Job, JobOutcome, Record};

/// Makes the records that models have from the start: those of the project, or those of one parent, by its resource and
/// id. A parent that is new has fewer of them.
pub(crate) fn plant<S: State>(
    state: &mut S,
    models: &Models,
    functions: &Functions<S>,
    parent: Option<(&str, &str)>,
    now: Timestamp,
    is_new: bool,
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
            .filter(|(_, seed)| has(parent.as_ref(), seed) && (!is_new || seed.of_new))
            .collect();
        // Of a resource without ids there is always one.
        let default = Seed::default();
        if seeds.is_empty() && model.id.is_none() {
            seeds.push((0, &default));
        }
        for (number, seed) in seeds {
            let mut record = record(state, &context, (number, seed));
            if let (None, Some(parent)) = (&model.id, &parent) {
                record.created = parent.created;
                record.updated = parent.created;
            }
            state.store_mut().add(name, record);
        }
    }
}

/// Whether the parent has the record from the start.
fn has(parent: Option<&Parent>, seed: &Seed) -> bool {
    let mut exceptions = seed.unless.iter().flatten();
    let fact = |name: &String| parent.and_then(|parent| parent.facts.get(name));
    !exceptions.any(|(name, value)| fact(name) == Some(value))
}

fn record<S: State>(state: &S, context: &Context<'_, S>, (number, seed): (usize, &Seed)) -> Record {
    let Context {
        name, model, now, ..
    } = context;
    let parent_id = context
        .parent
        .as_ref()
        .map_or("", |parent| parent.id.as_str());
    let label = format!("{name} {number} {parent_id}");
    let id = match (&seed.id, model.id.as_ref().map(|id| id.form)) {
        (Some(id), _) => id.clone(),
        (None, Some(IdForm::Hex)) => state.store().seed.hex32(&label),
        (None, _) => state.store().seed.uuid(&label),
    };
    let mut record = Record::new(id, parent_id, earlier(*now, seed.ago));
    record.seen = true;
    record.shared = seed.shared;
    if let Some((name, job)) = seed
        .job
        .as_ref()
        .and_then(|name| model.jobs.get_key_value(name))
    {
        let times = (job.waits, job.takes);
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
