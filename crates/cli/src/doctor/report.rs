//! The report: it is made of masked exchanges and of what is described, and can be sent to others.

use std::collections::BTreeMap;

use otcdb_bundles::bundle;
use otcdb_core::{ErrorKind, Result, Session};
use otcdb_openapi::Description;
use otcdb_recording::Recording;
use serde::Serialize;

use super::visit::Outcome;
use crate::exit::Code;
use crate::output::{self, Format};

/// What the services have sent, and in what it differs from their descriptions.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    version: &'static str,
    cloud: String,
    region: String,
    /// Whether it ended before all calls had been made.
    interrupted: bool,
    /// Calls by operation and status.
    calls: Vec<Calls>,
    differences: Vec<Differs>,
    not_called: Vec<NotCalled>,
    unanswered: Vec<Unanswered>,
}

#[derive(Debug, Serialize)]
struct Calls {
    service: String,
    operation: String,
    status: u16,
    count: usize,
}

/// A difference, wherever in a list it is.
#[derive(Debug, Serialize)]
struct Differs {
    service: String,
    operation: String,
    status: u16,
    kind: &'static str,
    /// The place in the body; an asterisk stands for each element of a list.
    pointer: String,
    problem: String,
    count: usize,
}

#[derive(Debug, Serialize)]
struct NotCalled {
    service: String,
    operation: String,
    /// Parameters for which there was no value in any response.
    nothing_found_for: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Unanswered {
    service: String,
    operation: String,
    error: String,
}

impl Report {
    pub(super) fn of(
        session: &Session,
        outcomes: Vec<Outcome>,
        recording: &Recording,
        interrupted: bool,
    ) -> Self {
        let descriptions: Vec<&Description> = otcdb_bundles::services()
            .filter_map(|service| bundle(service).ok())
            .collect();
        let mut calls = BTreeMap::new();
        let mut differences = BTreeMap::new();
        for exchange in &recording.exchanges {
            let Some(operation) = exchange.operation(&descriptions) else {
                continue;
            };
            let at = (
                operation.service.to_string(),
                operation.id.clone(),
                exchange.status,
            );
            for one in exchange.differences(operation) {
                let key = (at.clone(), one.kind.name(), anywhere(&one.pointer));
                let found = differences.entry(key).or_insert((one.problem, 0));
                found.1 += 1;
            }
            *calls.entry(at).or_insert(0) += 1;
        }
        let calls = calls
            .into_iter()
            .map(|((service, operation, status), count)| Calls {
                service,
                operation,
                status,
                count,
            });
        let differences = differences
            .into_iter()
            .map(|((at, kind, pointer), found)| Differs {
                service: at.0,
                operation: at.1,
                status: at.2,
                kind,
                pointer,
                problem: found.0,
                count: found.1,
            });
        let mut not_called = Vec::new();
        let mut unanswered = Vec::new();
        for outcome in outcomes {
            let service = outcome.service.to_string();
            not_called.extend(
                outcome
                    .left
                    .into_iter()
                    .map(|(operation, names)| NotCalled {
                        service: service.clone(),
                        operation: operation.id.clone(),
                        nothing_found_for: names,
                    }),
            );
            unanswered.extend(
                outcome
                    .unanswered
                    .into_iter()
                    .map(|(operation, kind)| Unanswered {
                        service: service.clone(),
                        operation: operation.id.clone(),
                        error: word(kind).to_owned(),
                    }),
            );
        }
        Self {
            version: env!("CARGO_PKG_VERSION"),
            cloud: session.region().cloud().to_string(),
            region: session.region().to_string(),
            interrupted,
            calls: calls.collect(),
            differences: differences.collect(),
            not_called,
            unanswered,
        }
    }

    /// An interruption outweighs everything; then what differs, what failed.
    pub(super) fn code(&self) -> Code {
        let is_failed = |calls: &Calls| calls.status >= 500;
        match self {
            _ if self.interrupted => Code::Interrupted,
            _ if !self.differences.is_empty() => Code::Service,
            _ if !self.unanswered.is_empty() || self.calls.iter().any(is_failed) => {
                Code::Incomplete
            }
            _ => Code::Success,
        }
    }

    pub(super) fn render(&self, format: Format) -> Result<String> {
        match format {
            Format::Table => Ok(self.text()),
            Format::Json => output::json(self),
            Format::Jsonl => output::json_line(self),
            Format::Yaml => output::yaml(self),
        }
    }

    fn text(&self) -> String {
        let made: usize = self.calls.iter().map(|one| one.count).sum();
        let of = |statuses: std::ops::Range<u16>| -> usize {
            let calls = self.calls.iter();
            let those = calls.filter(|one| statuses.contains(&one.status));
            those.map(|one| one.count).sum()
        };
        let mut text = format!(
            "otcdb {}, {}, region {}\n{made} responses: {} successes, {} refusals, {} failures of services\n",
            self.version,
            self.cloud,
            self.region,
            of(200..300),
            of(400..500),
            of(500..600),
        );
        if self.interrupted {
            text.push_str("It was interrupted: not all calls were made.\n");
        }
        if !self.differences.is_empty() {
            let rows = self.differences.iter().map(|one| {
                vec![
                    format!("{} {} {}", one.service, one.operation, one.status),
                    one.count.to_string(),
                    one.kind.to_owned(),
                    one.pointer.clone(),
                    one.problem.clone(),
                ]
            });
            let headings = ["RESPONSE", "TIMES", "KIND", "PLACE", "DIFFERENCE"];
            text.push('\n');
            text.push_str(&output::table(&headings, &[1], rows));
        }
        if !self.not_called.is_empty() {
            let rows = self.not_called.iter().map(|one| {
                let names = one.nothing_found_for.join(", ");
                vec![format!("{} {}", one.service, one.operation), names]
            });
            text.push('\n');
            text.push_str(&output::table(
                &["NOT CALLED", "NOTHING FOUND FOR"],
                &[],
                rows,
            ));
        }
        for one in &self.unanswered {
            let line = format!(
                "no response: {} {}: {}\n",
                one.service, one.operation, one.error
            );
            text.push_str(&output::clean(line.trim_end()));
            text.push('\n');
        }
        text.push_str(&match self.differences.len() {
            0 => "\nEvery response is as described.\n".to_owned(),
            1 => "\n1 difference. The report names no id, name or content: it can be sent.\n".to_owned(),
            count => {
                format!("\n{count} differences. The report names no id, name or content: it can be sent.\n")
            }
        });
        text
    }
}

/// A pointer in which an asterisk stands for the place in a list.
fn anywhere(pointer: &str) -> String {
    let steps = pointer.split('/').map(|step| {
        let is_place = !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
        if is_place { "*" } else { step }
    });
    steps.collect::<Vec<_>>().join("/")
}

fn word(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Timeout => "none in time",
        ErrorKind::Connection => "no connection",
        ErrorKind::Throttled => "too many calls",
        ErrorKind::Credentials | ErrorKind::Permission => "the identity is refused",
        _ => "the call failed",
    }
}
