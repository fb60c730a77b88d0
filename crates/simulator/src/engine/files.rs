//! Files of records, behind presigned links.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

use super::context::as_text;
use super::{Context, State, settings};
use crate::call::{Call, CallError};
use crate::clock::later;
use crate::model::{FileModel, Form, Part};
use crate::objects::{LogFile, Style};
use crate::records::Record;

impl<S: State> Context<'_, S> {
    /// What is said of a record's file.
    pub(super) fn of_file(
        &self,
        part: Part,
        record: Option<&Record>,
        state: &S,
    ) -> Result<Option<Value>, CallError> {
        let (Some(call), Some(model), Some(record)) = (self.call, &self.model.file, record) else {
            return Ok(None);
        };
        let lifetime = settings::length(model.lifetime, &call.cloud.options);
        if part == Part::Until {
            return Ok(Some(Value::from(S::time(later(self.now, lifetime)))));
        }
        let Some(key) = self.key(call, model, record, state)? else {
            return Ok(None);
        };
        let Some(file) = self.put(call, (model, &key), record, state)? else {
            return Ok(None);
        };
        Ok(Some(match part {
            Part::Size => Value::from(file.size().to_string()),
            // Sizes of files fit a float exactly.
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            Part::Kilobytes => Value::from(file.size() as f64 / 1024.0),
            Part::Link | Part::Until => {
                let scheme = model.scheme.as_ref();
                let scheme = scheme.map(|form| self.text_at(form, record, state));
                let scheme = scheme.transpose()?.flatten();
                let scheme = scheme.unwrap_or_else(|| "http://".to_owned());
                Value::from(scheme + &call.link(&key, lifetime))
            }
        }))
    }

    /// Removes the file of a record that is gone.
    pub(super) fn remove_file(&self, record: &Record, state: &S) -> Result<(), CallError> {
        if let (Some(call), Some(model)) = (self.call, &self.model.file)
            && let Some(key) = self.key(call, model, record, state)?
        {
            call.cloud.store.remove(&key);
        }
        Ok(())
    }

    fn key(
        &self,
        call: &Call<'_>,
        model: &FileModel,
        record: &Record,
        state: &S,
    ) -> Result<Option<String>, CallError> {
        let folder = match &model.folder {
            Some(form) => self.text_at(form, record, state)?,
            None => Some(record.parent.clone()),
        };
        let name = self.text_at(&model.name, record, state)?;
        let both = folder.zip(name);
        Ok(both.map(|(folder, name)| call.cloud.key(&folder, &name)))
    }

    /// Puts a file where its links lead.
    fn put(
        &self,
        call: &Call<'_>,
        (model, key): (&FileModel, &str),
        record: &Record,
        state: &S,
    ) -> Result<Option<LogFile>, CallError> {
        let Some(style) = self.value(&model.style, Some(record), state)? else {
            return Ok(None);
        };
        let Ok(style) = Style::deserialize(style) else {
            return Ok(None);
        };
        let store = &call.cloud.store;
        if let Some(form) = &model.log {
            let Some(log) = self.text_at(form, record, state)? else {
                return Ok(None);
            };
            let log = call.cloud.key(&record.parent, &log);
            let started = call.cloud.log_entries.started;
            let job = record.job(self.now);
            let end = job.and_then(|job| job.ended(self.now)).unwrap_or(self.now);
            let grown = Duration::try_from(end.duration_since(started)).unwrap_or_default();
            let when = (TimeZone::UTC.to_datetime(started), grown.as_secs() / 60);
            return Ok(Some(store.put_log((key, &log), style, when)));
        }
        let day = match &model.day {
            Some(form) => self.text_at(form, record, state)?,
            None => None,
        };
        let day = day.and_then(|text| text.get(..10)?.parse::<Date>().ok());
        let day = day.unwrap_or_else(|| TimeZone::UTC.to_datetime(record.created).date());
        Ok(Some(store.put(key, style, day)))
    }

    fn text_at(
        &self,
        form: &Form,
        record: &Record,
        state: &S,
    ) -> Result<Option<String>, CallError> {
        Ok(self.value(form, Some(record), state)?.map(as_text))
    }
}
