//! One case of the fault matrix: a pull from a cloud with faults, and how it has to end.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use otcdb_core::ErrorKind;
use otcdb_logs::LogKind;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::harness::{Identity, Pull, files, small_cloud};

/// How a pull has to end.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    /// With every file.
    Files,
    /// With an error of one of these kinds, and the files that do not depend on the call.
    Fails(&'static [ErrorKind]),
    /// Either way: the fault may do no harm to a call, as an empty body does none where there is no body.
    Either(&'static [ErrorKind]),
    /// With every file that the list names.
    Listed,
    /// Before any source, with an error of this kind and without any file.
    Refused(ErrorKind),
    /// Without all instances of one service, for a reason of this kind, and with every file of the others.
    Costs(ErrorKind),
}

/// One case.
#[derive(Clone, Debug)]
pub(super) struct Case {
    kinds: Vec<LogKind>,
    identity: Identity,
    faults: Vec<String>,
    end: End,
}

impl Case {
    /// Some kinds of log, some faults of the cloud in the order in which they are considered, and the end.
    pub(super) fn new(kinds: &[LogKind], faults: &[&str], end: End) -> Self {
        Self {
            kinds: kinds.to_vec(),
            identity: Identity::Token,
            faults: faults.iter().map(|fault| (*fault).to_owned()).collect(),
            end,
        }
    }

    pub(super) fn identity(self, identity: Identity) -> Self {
        Self { identity, ..self }
    }
}

/// Runs all cases, some at once, and fails with all that ended wrong.
pub(super) async fn run_all(cases: Vec<Case>) {
    let mut whole = HashMap::new();
    for case in &cases {
        if !whole.contains_key(&case.kinds) {
            let calm = Case::new(&case.kinds, &[], End::Listed);
            let files = run(&calm, 0).await.unwrap();
            assert!(files > 0, "{:?} has nothing to compare with", case.kinds);
            whole.insert(case.kinds.clone(), files);
        }
    }
    let permits = Arc::new(Semaphore::new(8));
    let mut running = JoinSet::new();
    for case in cases {
        let (permits, files) = (Arc::clone(&permits), whole[&case.kinds]);
        running.spawn(async move {
            let _permit = permits.acquire_owned().await;
            let wrong = run(&case, files).await.err()?;
            Some(format!("{:?} {:?}: {wrong}", case.kinds, case.faults))
        });
    }
    let total = running.len();
    let wrong: Vec<String> = running.join_all().await.into_iter().flatten().collect();
    assert!(
        wrong.is_empty(),
        "{} of {total} cases ended wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Pulls with the faults and, if anything failed, once more without, and gives the number of files of the first time. `Err` says what was
/// wrong.
async fn run(case: &Case, files_of_all: usize) -> Result<usize, String> {
    let faults = case.faults.iter().map(|fault| fault.parse().unwrap());
    let cloud = small_cloud().faults(faults).start().await.unwrap();
    let mut pull = Pull::new(&case.kinds);
    let patient = pull.options.poll;
    pull.identity = case.identity;
    let stuck = case.faults.iter().any(|fault| fault.contains("job-stuck"));
    // A response without a body may say that there is nothing yet, and is then waited for likewise.
    let empty = |fault: &String| fault.contains(":empty:") && !fault.starts_with("download");
    if stuck || case.faults.iter().any(empty) {
        pull.options.poll.deadline = Duration::from_millis(300);
    }
    let result = pull.run(&cloud).await;
    let records = pull.check(&cloud, &result);
    if let Some(deviation) = cloud.deviations().first() {
        return Err(format!(
            "the cloud itself answered otherwise than described: {deviation}"
        ));
    }
    if let Some(unknown) = cloud.unknown_parameters().first() {
        return Err(format!("a parameter that is not described: {unknown}"));
    }
    if let Some(fault) = cloud.idle_faults().first() {
        return Err(format!("{fault} never happened"));
    }
    let (kinds, all): (Vec<_>, Vec<_>) = match &result {
        Ok(summary) => summary
            .failures
            .iter()
            .map(|failure| (failure.error.kind(), failure.error.to_string()))
            .unzip(),
        Err(error) => (vec![error.kind()], vec![error.to_string()]),
    };
    let fits = |allowed: &[ErrorKind]| kinds.iter().all(|kind| allowed.contains(kind));
    let good = match (case.end, &result) {
        (End::Refused(kind), Err(error)) => {
            error.kind() == kind && files(pull.out.path()).is_empty()
        }
        (End::Refused(_), Ok(_)) | (_, Err(_)) => false,
        (End::Costs(kind), Ok(summary)) => {
            let services = |service| records.iter().any(|it| it.kind.service() == service);
            kinds == [kind]
                && summary.failures[0].instance.is_none()
                && !summary.failures[0].service.is_some_and(&services)
                && summary.sources_failed == 0
                && !records.is_empty()
        }
        (End::Files, _) => kinds.is_empty() && records.len() == files_of_all,
        (End::Listed, _) => kinds.is_empty(),
        (End::Fails(allowed), _) => !kinds.is_empty() && fits(allowed),
        (End::Either(allowed), _) => {
            fits(allowed) && (!kinds.is_empty() || records.len() == files_of_all)
        }
    };
    if !good {
        return Err(format!(
            "{:?} was expected; {} of {files_of_all} files, errors {kinds:?} {all:?}, left {:?}",
            case.end,
            records.len(),
            files(pull.out.path())
        ));
    }
    // Whatever failed, the next run goes on from it. Work that never ends is still there then.
    if !kinds.is_empty() && !stuck {
        cloud.set_faults(Vec::new()).unwrap();
        pull.options.poll = patient;
        let result = pull.run(&cloud).await;
        let again = pull.check(&cloud, &result);
        let summary = result.map_err(|error| format!("the next run failed: {error}"))?;
        let left = files(pull.out.path());
        if let Some(failure) = summary.failures.first() {
            return Err(format!("the next run failed: {}", failure.error));
        }
        if left.len() != again.len() || again.len() < files_of_all {
            return Err(format!(
                "the next run left {left:?}, of which {} are recorded",
                again.len()
            ));
        }
    }
    Ok(records.len())
}
