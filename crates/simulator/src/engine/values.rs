//! Evaluates the sources of values.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::context::{as_text, inside};
use super::{Context, Function, State};
use crate::call::CallError;
use crate::clock::later;
use crate::model::{End, Fields, Form, Moment, Text};
use crate::parse::number;
use crate::records::{JobStatus, Record};

pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl<S: State> Context<'_, S> {
    /// The values of fields. Those without a value are left out.
    pub(crate) fn values(
        &self,
        fields: &Fields,
        record: Option<&Record>,
        state: &S,
    ) -> Result<Map<String, Value>, CallError> {
        let mut values = Map::new();
        for (name, form) in fields {
            if let Some(value) = self.value(form, record, state)? {
                values.insert(name.clone(), value);
            }
        }
        Ok(values)
    }

    /// The value of one source.
    pub(crate) fn value(
        &self,
        form: &Form,
        record: Option<&Record>,
        state: &S,
    ) -> Result<Option<Value>, CallError> {
        let job = record.and_then(|record| record.job(self.now));
        let status = job.map(|job| job.status(self.now));
        Ok(match form {
            Form::Constant(value) => Some(value.clone()),
            Form::From(name) => self.given(name).cloned(),
            Form::Of(path) => self.at(path, record, state)?,
            Form::Table(form, table) => {
                let key = self.value(form, record, state)?.map(as_text);
                key.and_then(|key| table.get(&key).cloned())
            }
            Form::Text(text) => self.text_of(text, record, state)?.map(Value::from),
            Form::Hex(text, suffix) => {
                let label = self.text_of(text, record, state)?;
                let seed = state.store().seed;
                label.map(|label| Value::from(seed.hex32(&label) + suffix))
            }
            Form::At(path, name) => {
                let name = self.value(name, record, state)?.map(as_text);
                let value = self.at(path, record, state)?;
                value
                    .zip(name)
                    .and_then(|(value, name)| inside(value, &[name]))
            }
            Form::With(form, fields) => {
                let mut whole = self.value(form, record, state)?;
                if let Some(Value::Object(whole)) = &mut whole {
                    whole.extend(self.values(fields, record, state)?);
                }
                whole
            }
            Form::Merge(objects) => {
                let mut whole = Map::new();
                for form in objects {
                    if let Some(Value::Object(object)) = self.value(form, record, state)? {
                        whole.extend(object);
                    }
                }
                Some(Value::Object(whole))
            }
            Form::Number(form) => {
                let text = self.value(form, record, state)?.map(as_text);
                text.and_then(|text| number::<i64>(&text)).map(Value::from)
            }
            Form::Time(moment, days) => {
                let days = match days {
                    Some(form) => {
                        let days = self.value(form, record, state)?.map(as_text);
                        days.and_then(|days| number(&days))
                    }
                    None => Some(0),
                };
                let time = self.moment(*moment, record).zip(days);
                time.map(|(time, days)| Value::from(S::time(later(time, DAY.saturating_mul(days)))))
            }
            Form::Milliseconds(moment) => self
                .moment(*moment, record)
                .map(|time| Value::from(time.as_millisecond().to_string())),
            Form::Stamp(moment, format) => {
                let time = self.moment(*moment, record).unwrap_or(self.now);
                let time = TimeZone::UTC.to_datetime(time);
                Some(Value::from(time.strftime(format).to_string()))
            }
            Form::Progress => {
                let done = job.map_or(1.0, |job| job.done(self.now));
                Some(Value::from(format!("{:.2}", done * 100.0)))
            }
            Form::Percent => {
                let job = job.filter(|job| job.under_way(self.now));
                job.map(|job| Value::from(format!("{:.0}", job.done(self.now) * 100.0)))
            }
            Form::Status => job
                .and_then(|job| self.model.status(job, self.now))
                .map(Value::from),
            Form::Ended(end, form) => {
                let has_ended = match end {
                    End::Done => matches!(status, None | Some(JobStatus::Done(_))),
                    End::Failed => matches!(status, Some(JobStatus::Failed(_))),
                };
                match has_ended {
                    true => self.value(form, record, state)?,
                    false => None,
                }
            }
            Form::File(part) => self.of_file(*part, record, state)?,
            Form::Rust(name) => match self.function(name) {
                Some(Function::Value(function)) => function(self, record, state)?,
                _ => None,
            },
            Form::Fields(fields) => {
                let values = self.values(fields, record, state)?;
                (!values.is_empty()).then(|| Value::Object(values))
            }
            Form::List(items) => {
                let items = items.iter().map(|item| self.value(item, record, state));
                let items = items.collect::<Result<Vec<_>, _>>()?;
                Some(items.into_iter().flatten().collect())
            }
            Form::If(condition, form, other) => {
                let holds = self.holds(condition, record, state)?;
                match (holds, other) {
                    (true, _) => self.value(form, record, state)?,
                    (false, Some(other)) => self.value(other, record, state)?,
                    (false, None) => None,
                }
            }
            Form::Each(search, key, form) => {
                Some(self.each(search, (key.as_deref(), form), record, state)?)
            }
            Form::Newest(search, form) => match self.search(search, record, state)?.pop() {
                Some(one) => self.with(one).value(form, record, state)?,
                None => None,
            },
            Form::Count(search) => Some(Value::from(self.search(search, record, state)?.len())),
            Form::Else(form, other) => match self.value(form, record, state)? {
                // An empty text is as good as none.
                Some(Value::String(text)) if text.is_empty() => self.value(other, record, state)?,
                Some(value) => Some(value),
                None => self.value(other, record, state)?,
            },
        })
    }

    fn text_of(
        &self,
        text: &Text,
        record: Option<&Record>,
        state: &S,
    ) -> Result<Option<String>, CallError> {
        let mut whole = String::new();
        for (before, path) in &text.pieces {
            let Some(value) = self.at(path, record, state)? else {
                return Ok(None);
            };
            whole += before;
            whole += &as_text(value);
        }
        Ok(Some(whole + &text.end))
    }

    fn moment(&self, moment: Moment, record: Option<&Record>) -> Option<Timestamp> {
        let Some(record) = record else {
            return (moment == Moment::Now).then_some(self.now);
        };
        let job = record.job(self.now);
        match moment {
            Moment::Created => Some(record.created),
            Moment::Started => job
                .map(|job| job.started)
                .filter(|start| *start <= self.now),
            Moment::Ended => job.and_then(|job| job.ended(self.now)),
            Moment::Updated => Some(record.updated(self.now)),
            Moment::Now => Some(self.now),
        }
    }
}
