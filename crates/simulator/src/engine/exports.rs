//! Exports: work that the request which begins it also tells of.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::render::Shown;
use super::{Context, State, settings};
use crate::call::{Call, CallError};
use crate::clock::{earlier, later};
use crate::records::{IdForm, JobStatus, Record};
use crate::response::Response;

impl<S: State> Context<'_, S> {
    /// Begins the exports that are asked for, or tells how far they are.
    pub(super) fn export(&mut self, call: &Call<'_>, state: &mut S) -> Result<Response, CallError> {
        self.check(&self.operation.needs, None, state)?;
        let wanted = match &self.operation.exports {
            None => vec![Map::new()],
            Some(form) => {
                let wanted = self.value(form, None, state)?;
                let wanted = wanted.and_then(|wanted| wanted.as_array().cloned());
                let objects = wanted.into_iter().flatten();
                objects
                    .map(|object| object.as_object().cloned().unwrap_or_default())
                    .collect()
            }
        };
        let mut has_begun = false;
        for what in wanted {
            let id = match self.current(&what, call, state) {
                Some(id) => id,
                None => {
                    has_begun = true;
                    self.begin_export(what, call, state)?
                }
            };
            Arc::make_mut(&mut self.found).push(id);
        }
        if has_begun {
            // The first response has no result yet, however fast the work is.
            self.now = earlier(self.now, Duration::from_nanos(1));
        }
        self.answer_with(call.operation, &Shown::nothing(), None, state)
    }

    /// The last export of the same, if it is under way, ended well not long ago, or has failed and nobody was told.
    fn current(&self, what: &Map<String, Value>, call: &Call<'_>, state: &mut S) -> Option<String> {
        let (now, kept) = (
            self.now,
            settings::length(self.operation.kept, &call.cloud.options),
        );
        let owner = self.owner(self.name, None).to_owned();
        let exports = state.store_mut().of_mut(self.name, &owner);
        let is_same = |one: &&mut Record| {
            let mut members = what.iter();
            members.all(|(name, value)| one.fields.get(name) == Some(value))
        };
        let last = exports.iter_mut().rev().find(is_same)?;
        let counts = match last.job.as_ref()?.status(now) {
            JobStatus::Waiting | JobStatus::Running => true,
            JobStatus::Done(end) => later(end, kept) > now,
            JobStatus::Failed(_) => !std::mem::replace(&mut last.seen, true),
        };
        counts.then(|| last.id.clone())
    }

    fn begin_export(
        &mut self,
        what: Map<String, Value>,
        call: &Call<'_>,
        state: &mut S,
    ) -> Result<String, CallError> {
        let form = self.model.id.as_ref().map_or(IdForm::Uuid, |id| id.form);
        let id = state.store_mut().id(self.name, form);
        let mut record = Record::new(id.clone(), self.owner(self.name, None), self.now);
        record.fields = what;
        let moment = self.free_moment(state);
        record.fields.insert("moment".to_owned(), moment.into());
        for fields in [&self.model.set, &self.operation.set] {
            let values = self.values(fields, Some(&record), state)?;
            record.fields.extend(values);
        }
        record.job = self.begin(call);
        self.left = None;
        self.leave(&record, state)?;
        if let Some(left) = self.left.take() {
            record.fields.insert("left".to_owned(), left.into());
        }
        state.store_mut().add(self.name, record);
        Ok(id)
    }

    /// The time to the millisecond, as digits. Where another export has that, it is the next one that none has.
    fn free_moment(&self, state: &mut S) -> String {
        let moment = state.store_mut().moment(self.name, self.now);
        let time = TimeZone::UTC.to_datetime(moment.unwrap_or(self.now));
        let text = time.strftime("%Y%m%d%H%M%S%3f").to_string();
        match moment {
            Some(_) => text,
            None => format!("{text}{}", state.store_mut().number()),
        }
    }
}
