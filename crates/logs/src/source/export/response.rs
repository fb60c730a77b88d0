//! What an export answers.

use otcdb_core::waiter::Observation;
use otcdb_core::{Error, ErrorKind, Result, Secret};
use otcdb_openapi::Operation;
use serde_json::value::RawValue;

use crate::fields;
use crate::means::Exported;

/// A file of a response, with its link, which is good for some minutes.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    pub(super) name: Option<String>,
    /// The node whose log it is.
    pub(super) node: Option<String>,
    pub(super) link: Option<Secret>,
    /// In bytes, as announced.
    pub(super) size: Option<u64>,
    pub(super) created: Option<String>,
    /// No page of the documentation has it.
    pub(super) etag: Option<String>,
    /// Whether the service says that it is made.
    pub(super) made: bool,
    /// Whether the service says that it could not be made.
    pub(super) failed: bool,
}

/// An export that is over.
#[derive(Clone, Debug, Default)]
pub(super) struct ExportResponse {
    pub(super) files: Vec<File>,
    /// That it failed as a whole, although there are files.
    pub(super) failed: Option<Error>,
}

/// Whether the export is over, and what it gave. How far it is stands where the operation's `x-waiter` says.
///
/// An export without any file is over too: the log is empty. One that failed is a failure, but what has a link can be
/// fetched all the same.
pub(super) fn read(
    log: &Exported,
    operation: &Operation,
    response: &RawValue,
) -> Result<Observation<ExportResponse>> {
    let files = files(log, response);
    let any_link = files.iter().any(|file| file.link.is_some());
    Ok(match state(operation, response)? {
        Observation::Failed(state) if any_link => Observation::Done(ExportResponse {
            files,
            failed: Some(failed(operation, &state)),
        }),
        // Where each file is made or has failed, nothing more comes, whatever is said of the whole.
        Observation::Continue(_) if files.iter().any(|file| file.failed) => {
            if files.iter().all(|file| file.failed) {
                Observation::Failed("FAILED".to_owned())
            } else if files.iter().all(|file| file.failed || file.link.is_some()) {
                Observation::Done(ExportResponse {
                    files,
                    failed: None,
                })
            } else {
                Observation::Continue(Some("FAILED in part".to_owned()))
            }
        }
        // Without a word on the whole, those on the files count.
        Observation::Continue(None) if any_link && files.iter().all(|file| file.made) => {
            Observation::Done(ExportResponse {
                files,
                failed: None,
            })
        }
        observed => observed.map(|()| ExportResponse {
            files,
            failed: None,
        }),
    })
}

/// The files of an export that are made or have failed, however far the others are.
pub(super) fn over(log: &Exported, response: &RawValue) -> Vec<File> {
    let mut files = files(log, response);
    files.retain(|file| file.failed || file.link.is_some());
    files
}

/// Whether a response has nothing of what one has that is from the service.
pub(super) fn is_silent(operation: &Operation, response: &RawValue) -> bool {
    let state = operation.waiter.as_ref();
    let says = |place: &str| fields::quoted(response, place) != "missing";
    !says("list") && !state.is_some_and(|state| says(&state.path.to_string()))
}

fn files(log: &Exported, response: &RawValue) -> Vec<File> {
    let list = fields::elements(response, "list").into_iter();
    list.map(|item| file(log, item)).collect()
}

fn file(log: &Exported, item: &RawValue) -> File {
    let status = fields::text(item, "status").unwrap_or_default();
    let is = |word: &str| status.trim().eq_ignore_ascii_case(word);
    let failed = is("FAILED");
    let link = fields::string(item, "file_link").filter(|_| !failed);
    File {
        name: fields::text(item, "file_name"),
        link: link.map(Secret::from),
        node: log.node.and_then(|node| fields::text(item, node)),
        size: fields::number(item, "file_size").and_then(|size| log.size.read(size)),
        created: log.made.iter().find_map(|made| fields::text(item, made)),
        etag: fields::text(item, "etag"),
        made: is("SUCCESS"),
        failed,
    }
}

fn failed(operation: &Operation, state: &str) -> Error {
    Error::new(
        ErrorKind::Service,
        format!("the export failed; its state is {state}"),
    )
    .with_operation(operation.id.as_str())
}

/// How far the work is, by the words of the operation's `x-waiter`.
fn state(operation: &Operation, response: &RawValue) -> Result<Observation<()>> {
    let waiter = operation.waiter.as_ref().ok_or_else(|| {
        Error::new(
            ErrorKind::Internal,
            format!("{} has no x-waiter", operation.id),
        )
    })?;
    let Some(state) = fields::text(response, &waiter.path.to_string()) else {
        return Ok(Observation::Continue(None));
    };
    let state = state.trim();
    let is_in = |words: &[String]| words.iter().any(|word| word.eq_ignore_ascii_case(state));
    let shown = otcdb_core::redact::identifier(state);
    Ok(if is_in(&waiter.failed) {
        Observation::Failed(shown)
    } else if is_in(&waiter.done) {
        Observation::Done(())
    } else {
        Observation::Continue(Some(shown))
    })
}

#[cfg(test)]
mod tests {
    use otcdb_core::Service;

    use super::*;
    use crate::means::Means;
    use crate::{Engine, LogKind};

    fn observe(text: &str) -> Observation<(Vec<Option<String>>, bool)> {
        let operation = crate::clients::operation(Service::Rds, "DownloadSlowlog").unwrap();
        let response = RawValue::from_string(text.to_owned()).unwrap();
        let Some(Means::Exported(log)) = LogKind::RdsSlow.means(&Engine::MySql) else {
            panic!("slow logs are not exported");
        };
        let observed = read(log, operation, &response).unwrap();
        observed.map(|response| {
            let files = response.files.into_iter();
            let ready = files.filter(|file| file.link.is_some());
            let names = ready.map(|file| file.name).collect();
            (names, response.failed.is_some())
        })
    }

    fn done(names: &[&str], failed: bool) -> Observation<(Vec<Option<String>>, bool)> {
        let names = names.iter().map(|name| Some((*name).to_owned()));
        Observation::Done((names.collect(), failed))
    }

    #[test]
    fn a_file_that_failed_does_not_cost_the_others() {
        let list = r#""list":[{"file_name":"a","file_link":"x","file_size":{},"new":1e999},{"file_name":"b","status":"failed","file_link":"y"}]"#;
        for (status, failed) in [("finish", false), ("FAILED", true), ("CREATING", false)] {
            let response = format!(r#"{{"status":"{status}",{list}}}"#);
            assert_eq!(observe(&response), done(&["a"], failed), "{status}");
        }
        let none = r#"{"status":"CREATING","list":[{"file_name":"b","status":"FAILED"}]}"#;
        assert_eq!(observe(none), Observation::Failed("FAILED".to_owned()));
        let some = r#"{"status":"CREATING","list":[{"file_name":"b","status":"FAILED"},{"file_name":"a","file_link":"x"},{"file_name":"c"}]}"#;
        assert!(matches!(observe(some), Observation::Continue(Some(_))));
        let none_yet = r#"{"status":"CREATING","list":[{"file_name":"b","status":"FAILED"},{"file_name":"c","status":"EXPORTING"}]}"#;
        assert!(matches!(observe(none_yet), Observation::Continue(Some(_))));
    }

    #[test]
    fn an_export_is_over_when_its_status_says_so() {
        assert_eq!(
            observe(r#"{"status":"FINISH","list":[]}"#),
            done(&[], false)
        );
        assert_eq!(
            observe(r#"{"status":"FINISH","list":null}"#),
            done(&[], false)
        );
        assert_eq!(
            observe(r#"{"status":"FAILED"}"#),
            Observation::Failed("FAILED".to_owned())
        );
        assert_eq!(
            observe(r#"{"status":"CREATING"}"#),
            Observation::Continue(Some("CREATING".to_owned()))
        );
        for silent in [
            "{}",
            "null",
            "[]",
            r#"{"status":null,"list":[{"file_link":"x"}]}"#,
        ] {
            assert_eq!(observe(silent), Observation::Continue(None), "{silent}");
        }
        assert_eq!(observe(r#"{"status":" Finish "}"#), done(&[], false));
    }

    #[test]
    fn without_a_word_on_the_whole_those_on_the_files_count() {
        let made = r#"{"file_name":"a","file_link":"x","status":"Success"}"#;
        let status =
            |status: &str, more: &str| observe(&format!(r#"{{{status}"list":[{made}{more}]}}"#));
        assert_eq!(status("", ""), done(&["a"], false));
        assert_eq!(status(r#""status":"","#, ""), done(&["a"], false));
        for other in [
            r#"{"file_name":"b"}"#,
            r#"{"file_link":"y","status":"CREATING"}"#,
        ] {
            let other = format!(",{other}");
            assert_eq!(status("", &other), Observation::Continue(None), "{other}");
        }
        let creating = status(r#""status":"CREATING","#, "");
        assert!(matches!(creating, Observation::Continue(Some(_))));
    }

    #[test]
    fn a_response_with_neither_state_nor_files_is_silent() {
        let operation = crate::clients::operation(Service::Rds, "DownloadErrorlog").unwrap();
        for (text, silent) in [
            ("{}", true),
            ("null", true),
            ("[]", true),
            (r#"{"message":"please log in"}"#, true),
            (r#"{"status":null}"#, false),
            (r#"{"list":[]}"#, false),
        ] {
            let response = RawValue::from_string(text.to_owned()).unwrap();
            assert_eq!(is_silent(operation, &response), silent, "{text}");
        }
    }
}
