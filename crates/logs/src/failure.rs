//! Parts of a pull that could not be had.

use std::cmp::Ordering;
use std::fmt;

use otcdb_core::{Error, ErrorKind, Service};

use crate::instance::Instance;
use crate::kind::LogKind;

/// A part that failed: a service, an instance, a source, a replica of it or a file, by how much of the place is known. What
/// is not below that place was pulled all the same.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The service.
    pub service: Service,
    /// The instance; `None` if the service could not be asked for its instances. One whose record cannot be used has the
    /// id as the service sent it.
    pub instance: Option<Instance>,
    /// The kind of log; `None` if it concerns all.
    pub kind: Option<LogKind>,
    /// The address of the replica, or its id where it has none, if it concerns one.
    pub replica: Option<String>,
    /// What the service calls the file, if it concerns one.
    pub file: Option<String>,
    /// Why.
    pub error: Error,
}

impl Failure {
    /// A service of which nothing can be pulled.
    pub(crate) fn of_service(service: Service, error: Error) -> Self {
        Self {
            service,
            instance: None,
            kind: None,
            replica: None,
            file: None,
            error,
        }
    }

    /// An instance with all its logs.
    pub(crate) fn of_instance(instance: Instance, error: Error) -> Self {
        Self {
            instance: Some(instance.clone()),
            ..Self::of_service(instance.service, error)
        }
    }

    /// A kind of log of an instance.
    pub(crate) fn of_source(instance: Instance, kind: LogKind, error: Error) -> Self {
        Self {
            kind: Some(kind),
            ..Self::of_instance(instance, error)
        }
    }

    /// Whether the failure, wherever it happens, says that nothing more can be had either.
    pub(crate) fn ends_all(error: &Error) -> bool {
        matches!(error.kind(), ErrorKind::Credentials | ErrorKind::Cancelled)
    }

    /// The order in which failures are told: by place.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let place = |failure: &Self| {
            let instance = failure.instance.as_ref();
            (
                instance.map(|instance| (instance.name.clone(), instance.id.clone())),
                failure.kind,
                failure.replica.clone(),
                failure.file.clone(),
            )
        };
        (self.service.as_str().cmp(other.service.as_str()))
            .then_with(|| place(self).cmp(&place(other)))
    }
}

/// The place: service, name of the instance, kind, replica and file, as far as they are known.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.service)?;
        if let Some(instance) = &self.instance {
            write!(f, " {}", instance.name)?;
        }
        if let Some(kind) = self.kind {
            write!(f, " {kind}")?;
        }
        for part in [&self.replica, &self.file].into_iter().flatten() {
            write!(f, " {part}")?;
        }
        Ok(())
    }
}
