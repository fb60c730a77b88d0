//! Lists of records: which ones a request asks for, in which order, page by page.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::context::as_text;
use super::render::{Member, empty, status, with_body};
use super::{Context, Function, State, page, period};
use crate::call::{Call, CallError};
use crate::clock::{earlier, later};
use crate::fault::FaultKind;
use crate::model::Filter;
use crate::records::Record;
use crate::response::Response;
use crate::service_error::ServiceError;
use crate::spec::{InvalidRequest, Place};

impl<'a, S: State> Context<'a, S> {
    /// Lists what the request asks for.
    pub(super) fn list(&mut self, call: &Call<'_>, state: &mut S) -> Result<Response, CallError> {
        self.check(&self.operation.needs, None, state)?;
        let parent = self.owner(self.name, None).to_owned();
        let is_listed = |record: &Record| record.shared || call.in_project_with_instances();
        let is_chosen = self.chosen(call)?;
        // A stale list lacks the records that no list has shown since their jobs ended.
        let is_stale = call.has_fault(FaultKind::StaleList);
        let now = self.now;
        let is_new = |record: &Record| {
            !is_stale && !record.seen && is_listed(record) && !record.under_way(now)
        };
        if state.store().of(self.name, &parent).iter().any(is_new) {
            let records = state.store_mut().of_mut(self.name, &parent).iter_mut();
            for record in records.filter(|record| is_new(record)) {
                record.seen = true;
            }
        }
        let state: &S = state;
        let made = self.items(call, state)?;
        let records = made.as_deref();
        let records = records.unwrap_or_else(|| state.store().of(self.name, &parent));
        let mut found: Vec<&Record> = records
            .iter()
            .filter(|record| is_listed(record) && (!is_stale || record.seen))
            .filter(|record| is_chosen(record, state))
            .collect();
        drop(is_chosen);
        if let Some(path) = &self.operation.only_if {
            let mut listed = Vec::new();
            for record in found {
                if self.is_there(path, record, state)? {
                    listed.push(record);
                }
            }
            found = listed;
        }
        self.sort(&mut found);
        if self.is_newest_first() {
            found.reverse();
        }
        if let Some(code) = self.operation.nothing.filter(|_| found.is_empty()) {
            return Ok(empty(code));
        }
        self.found = Arc::new(found.iter().map(|record| record.id.clone()).collect());
        let (response, schema) = with_body(call.operation).ok_or(ServiceError::Internal)?;
        let paging = call
            .operation
            .pagination
            .as_ref()
            .ok_or(ServiceError::Internal)?;
        let example = response.examples.first().map(|example| &example.value);
        let template = example.and_then(|example| {
            let items = paging
                .items
                .split('.')
                .try_fold(example, |value, step| value.get(step));
            items?.get(0)
        });
        let fields = schema.element_fields(&paging.items);
        let columns = self.columns(&fields, template);
        let items = page(call, found).into_iter();
        let items = items.map(|record| columns.object(record, state));
        let mut items = Some(items.collect::<Result<Vec<_>, _>>()?);
        let mut top = Map::new();
        if let Some(parent) = self.model.parent.as_ref().zip(self.parent.as_ref()) {
            top.insert(
                format!("{}_id", parent.0),
                Value::from(parent.1.id.as_str()),
            );
        }
        if let Some(field) = &paging.total {
            top.insert(field.clone(), Value::from(self.found.len()));
        }
        top.extend(self.values(&self.operation.response, None, state)?);
        let all = schema.fields();
        let of_top = |field: &str| top.get(field).map(Member::of);
        let body = self.fill(
            &all,
            |field| match field == paging.items && !top.contains_key(field) {
                true => Ok(items.take().map(Member::Objects)),
                false => Ok(of_top(field)),
            },
            example,
        )?;
        Ok(Response::json(status(response.status), &body))
    }

    /// Records that are made of what the operation lists in place of those that there are.
    fn items(&self, call: &Call<'_>, state: &S) -> Result<Option<Vec<Record>>, CallError> {
        if let Some(entries) = &self.model.entries {
            let mut records = self.entries(entries, call.cloud.log_entries, state)?;
            call.drop_latest(&mut records);
            return Ok(Some(records));
        }
        let Some(form) = &self.operation.items else {
            return Ok(None);
        };
        let record = |item: Value| {
            let mut record = Record::new(String::new(), "", self.now);
            record.fields = item.as_object().cloned().unwrap_or_default();
            record.seen = true;
            record
        };
        let items = self.value(form, None, state)?;
        let items = items.and_then(|items| items.as_array().cloned());
        let mut records: Vec<Record> = items.into_iter().flatten().map(record).collect();
        call.drop_latest(&mut records);
        Ok(Some(records))
    }

    /// Brings what is listed into another order than that in which it was made, if the query asks for one.
    fn sort(&self, found: &mut [&Record]) {
        for (name, filter) in &self.operation.filters {
            if let Filter::Sort(fields) = filter
                && let Some(field) = self.text(name).and_then(|by| fields.get(by))
            {
                found.sort_by_key(|record| record.fields.get(field).and_then(Value::as_u64));
            }
        }
    }

    /// Whether the newest comes first: as the query asks, else as the model says.
    fn is_newest_first(&self) -> bool {
        let mut filters = self.operation.filters.iter();
        let order = filters.find(|(_, filter)| **filter == Filter::Order);
        match order.and_then(|(name, _)| self.text(name)) {
            Some(order) => order.eq_ignore_ascii_case("desc"),
            None => self.model.newest_first,
        }
    }

    /// Whether the query asks for a record.
    fn chosen<'c>(
        &'c self,
        call: &'c Call<'_>,
    ) -> Result<impl Fn(&Record, &S) -> bool + use<'a, 'c, S>, CallError> {
        let (mut span, mut lasted) = ((None, None), None);
        for (name, filter) in &self.operation.filters {
            match filter {
                Filter::From => span.0 = period(call, name)?,
                Filter::To => span.1 = period(call, name)?,
                Filter::Ended => lasted = period(call, name)?,
                Filter::Wildcard(_) if self.text(name) == Some("*") => {
                    return Err(
                        InvalidRequest::value(Place::Query, name, "an asterisk alone").into(),
                    );
                }
                _ => {}
            }
        }
        self.check_period((span.0.or(lasted), span.1))?;
        let paging = call.operation.pagination.as_ref();
        let asked: Vec<(&str, &Value)> = call
            .operation
            .parameters
            .iter()
            .filter(|one| {
                one.place == otcdb_openapi::Place::Query
                    || self.operation.filters.contains_key(&one.name)
            })
            .map(|one| one.name.as_str())
            .filter(|name| !paging.is_some_and(|paging| paging.counts_with(name)))
            .filter_map(|name| Some((name, call.params.value(name)?)))
            .collect();
        Ok(move |record: &Record, state: &S| {
            // Whole seconds, so that the last one belongs to it.
            let second = record.created.as_second();
            let ended = || record.job(self.now).and_then(|job| job.ended(self.now));
            span.0.is_none_or(|first| first.as_second() <= second)
                && lasted.is_none_or(|first| ended().is_none_or(|end| first <= end))
                && span.1.is_none_or(|last| second <= last.as_second())
                && self.is_let_through(record, state)
                && asked
                    .iter()
                    .all(|(name, wanted)| self.is_asked_for(name, wanted, record, state))
        })
    }

    /// Refuses a span of time that is not as it has to be.
    fn check_period(
        &self,
        (first, last): (Option<Timestamp>, Option<Timestamp>),
    ) -> Result<(), CallError> {
        let period = &self.operation.period;
        let refused = |is_end: bool, why: &str| {
            let mut filters = self.operation.filters.iter();
            let named =
                filters.find(|(_, filter)| (**filter == Filter::To) == is_end && filter.is_time());
            let name = named.map_or("", |(name, _)| name.as_str());
            Err(InvalidRequest::value(Place::Query, name, why).into())
        };
        let Some(first) = first else {
            return Ok(());
        };
        if period
            .oldest
            .is_some_and(|oldest| first < earlier(self.now, oldest))
        {
            return refused(false, "it is too long ago");
        }
        match (last, &period.backwards) {
            (Some(last), Some(error)) if last < first => Err(self.refuse(error)),
            (Some(last), _) if last < first => refused(true, "it is before the beginning"),
            (Some(last), _) if period.apart && last == first => {
                refused(true, "it is not after the beginning")
            }
            (Some(last), _) if period.longest.is_some_and(|most| later(first, most) < last) => {
                refused(true, "it is too long after the beginning")
            }
            _ => Ok(()),
        }
    }

    fn is_asked_for(&self, name: &str, wanted: &Value, record: &Record, state: &S) -> bool {
        let wanted = as_text(wanted.clone());
        let value = |field: &str| {
            let (first, rest) = field.split_once('.').unwrap_or((field, ""));
            let own = self.of_record(first, Some(record), state).ok()??;
            let mut steps = rest.split('.').filter(|step| !step.is_empty());
            steps.try_fold(own, |value, step| value.get(step).cloned())
        };
        let own = |field: &str| value(field).map(as_text).unwrap_or_default();
        match self.operation.filters.get(name) {
            None => is_same(&own(name), &wanted),
            Some(Filter::OrAll(_)) if wanted == "ALL" => true,
            Some(Filter::Is(field) | Filter::OrAll(field)) => match value(field) {
                Some(Value::Array(texts)) => {
                    texts.into_iter().map(as_text).any(|own| own == wanted)
                }
                _ => is_same(&own(field), &wanted),
            },
            Some(Filter::Like(field)) => own(field).eq_ignore_ascii_case(&wanted),
            Some(Filter::Wildcard(field)) => match wanted.strip_prefix('*') {
                Some(part) => own(field).contains(part),
                None => own(field) == wanted,
            },
            Some(Filter::Tags(field)) => has_tags(value(field).as_ref(), &wanted),
            Some(Filter::Among(field)) => own(field).split(',').any(|own| own == wanted),
            Some(Filter::Within(field)) => own(field).contains(&wanted),
            Some(
                Filter::From
                | Filter::To
                | Filter::Ended
                | Filter::Order
                | Filter::Sort(_)
                | Filter::Ignored
                | Filter::Rust(_),
            ) => true,
        }
    }

    /// Whether the service's own filters let a record through.
    fn is_let_through(&self, record: &Record, state: &S) -> bool {
        self.operation.filters.values().all(|filter| match filter {
            Filter::Rust(name) => match self.function(name) {
                Some(Function::Filter(filter)) => filter(self, record, state),
                _ => false,
            },
            _ => true,
        })
    }
}

/// Whether all of `key=value,key=value` are among the tags.
fn has_tags(own: Option<&Value>, wanted: &str) -> bool {
    let own = own.and_then(Value::as_array);
    let has = |pair: &str| {
        let (key, value) = match pair.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (pair, None),
        };
        own.into_iter()
            .flatten()
            .any(|tag| tag["key"] == key && value.is_none_or(|value| tag["value"] == value))
    };
    let mut pairs = wanted.split(',').filter(|pair| !pair.is_empty());
    pairs.all(has)
}

/// Whether a field has the value that is asked for. Some clients write a whole number as `2.0`.
fn is_same(own: &str, wanted: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    own == wanted || number(own).is_some_and(|own| number(wanted) == Some(own))
}
