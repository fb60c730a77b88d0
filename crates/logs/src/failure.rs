//! Parts of a pull that could not be had.

use std::cmp::Ordering;
use std::fmt;

use otcdb_core::{Error, ErrorKind, Service};

use crate::instance::Instance;
use crate::kind::LogKind;
use crate::realm::Realm;

/// A part that failed: a service, an instance, a source, a replica of it or a file, by how much of the place is known. What
/// is not below that place was pulled all the same.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The project that it concerns, where logs of several are pulled.
    pub realm: Realm,
    /// The service; `None` if it concerns the whole project or cloud.
    pub service: Option<Service>,
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
    /// A project, or a cloud, of which nothing can be pulled.
    pub(crate) fn of_realm(realm: Realm, error: Error) -> Self {
        Self {
            realm,
            service: None,
            instance: None,
            kind: None,
            replica: None,
            file: None,
            error,
        }
    }

    /// A service of which nothing can be pulled.
    pub(crate) fn of_service(realm: Realm, service: Service, error: Error) -> Self {
        Self {
            service: Some(service),
            ..Self::of_realm(realm, error)
        }
    }

    /// An instance with all its logs.
    pub(crate) fn of_instance(instance: Instance, error: Error) -> Self {
        let (realm, service) = (instance.realm.clone(), instance.service);
        Self {
            instance: Some(instance),
            ..Self::of_service(realm, service, error)
        }
    }

    /// Whether it keeps instances of a service from being known.
    pub(crate) fn hides(&self, service: Service) -> bool {
        self.instance.is_none() && self.service.is_none_or(|own| own == service)
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
        let service = |failure: &Self| failure.service.map(Service::as_str);
        (&self.realm, service(self))
            .cmp(&(&other.realm, service(other)))
            .then_with(|| place(self).cmp(&place(other)))
    }
}

/// The place: project, service, name of the instance, kind, replica and file, as far as they are known.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let realm = Some(self.realm.to_string()).filter(|realm| !realm.is_empty());
        let service = self.service.map(|service| service.to_string());
        let instance = (self.instance.as_ref()).map(|instance| instance.name.clone());
        let kind = self.kind.map(|kind| kind.to_string());
        let (replica, file) = (self.replica.clone(), self.file.clone());
        let parts = [realm, service, instance, kind, replica, file].into_iter();
        let parts: Vec<String> = parts.flatten().collect();
        f.write_str(&parts.join(" "))
    }
}
