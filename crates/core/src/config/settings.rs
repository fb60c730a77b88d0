//! The settings as a whole, and what is made of them.

use std::collections::BTreeMap;

#[cfg(not(feature = "files"))]
use super::no_files::{cloud_entry, credentials_file};
use super::precedence::{self, Place, Settled};
use super::{Environment, Key, Layer, Setting, Source, resolve, variables};
#[cfg(feature = "files")]
use super::{clouds::cloud_entry, huawei_file::credentials_file};
use crate::credentials::{AccessKey, Agency, AgencyBase, Credentials, Domain, Password};
use crate::endpoint::Endpoints;
use crate::error::{Error, ErrorKind, Result};
use crate::region::Region;
use crate::service::Service;
use crate::session::{Session, SessionBuilder};
use crate::sign::Form;

/// Every setting that was found, with its source.
#[derive(Debug)]
pub struct Settings {
    layers: Vec<Layer>,
    values: BTreeMap<Key, Setting>,
    /// Identities that are not used, of places that therefore count for nothing.
    passed_over: Vec<Setting>,
    /// What asks for a way to prove identity that is not supported, where that counts.
    refused: Option<Error>,
    /// The text of the file of [`Key::CaCert`].
    authorities: Option<Result<String>>,
    notes: Vec<String>,
}

/// A setting as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportLine {
    /// The setting.
    pub key: Key,
    /// Its value, or `***` for a secret.
    pub shown: String,
    /// Where it came from.
    pub source: Source,
}

impl Settings {
    /// Gathers settings from what was told explicitly and from the environment. No network is used.
    ///
    /// # Errors
    ///
    /// A file that is named but missing, or that cannot be read or understood; a cloud that no `clouds.yaml` has.
    pub fn discover(explicit: Layer, environment: &Environment) -> Result<Self> {
        let mut notes = variables::notes(environment);
        let [otcdb, mut openstack, huawei] = variables::layers(environment);
        let unsupported = variables::choose_method(&mut openstack, environment).err();
        let mut places = vec![
            (Place::Flags, explicit),
            (Place::Own, otcdb),
            (Place::Foreign, openstack),
            (Place::Foreign, huawei),
        ];
        let cloud = places
            .iter()
            .enumerate()
            .find_map(|(index, (place, layer))| {
                Some((index, *place, layer.get(Key::Cloud)?.clone()))
            });
        if let Some((chosen_by, place, name)) = &cloud {
            let rank = match place {
                Place::Foreign => places.len(),
                _ => chosen_by + 1,
            };
            let region = places
                .iter()
                .take(rank)
                .find_map(|(_, layer)| layer.get(Key::Region));
            let entry = cloud_entry(name, region, environment, &mut notes)?;
            places.insert(rank, (Place::Cloud, entry));
        }
        let mut excuses = Vec::new();
        let file = credentials_file(environment, &mut notes, &mut excuses)?;
        places.push((Place::File, file));
        let settled = precedence::settle(&mut places);
        if settled.identity.is_none() {
            notes.extend(excuses);
        }
        let layers: Vec<_> = places
            .into_iter()
            .filter(|(_, layer)| !layer.is_empty())
            .collect();
        if let Some((_, _, name)) = &cloud {
            notes.extend(outranked(name, &settled, &layers));
        }
        let is_openstack = settled.identity.as_ref().is_none_or(|identity| {
            matches!(identity.source(), Source::Variable(name) if name.starts_with("OS_"))
        });
        let layers: Vec<_> = layers.into_iter().map(|(_, layer)| layer).collect();
        let values = resolve::resolve(&layers);
        for (key, setting) in &values {
            if key.is_secret() {
                crate::redact::register(setting.expose());
            }
        }
        let authorities = values.get(&Key::CaCert).map(|setting| {
            let path = environment.expanded(setting.expose());
            match environment.read(&path) {
                Ok(Some(text)) => Ok(text),
                Ok(None) => Err(Error::invalid_argument(format!(
                    "{} (cacert) names {}, which is not there",
                    setting.source(),
                    path.display()
                ))),
                Err(error) => Err(Error::invalid_argument(format!(
                    "cacert from {}: {}",
                    setting.source(),
                    error.message()
                ))),
            }
        });
        let passed_over = settled.passed_over.into_iter().map(|(_, own)| own);
        Ok(Self {
            layers,
            values,
            passed_over: passed_over.collect(),
            refused: unsupported.filter(|_| is_openstack),
            authorities,
            notes,
        })
    }

    /// What stops nothing but should be known, for people: a file of secrets that others may read, an entry of
    /// `clouds.yaml` that is outranked, a setting that is not honoured. One line each, without secrets.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Where identities were found that are not used, because another place comes first.
    pub fn passed_over(&self) -> impl Iterator<Item = &Source> {
        self.passed_over.iter().map(Setting::source)
    }

    /// The setting that counts, if there is one.
    pub fn get(&self, key: Key) -> Option<&Setting> {
        self.values.get(&key)
    }

    /// The value of a setting that is no secret.
    pub fn value(&self, key: Key) -> Option<&str> {
        self.get(key)
            .filter(|_| !key.is_secret())
            .map(Setting::expose)
    }

    /// Every setting that counts, for people: secrets are masked.
    pub fn report(&self) -> Vec<ReportLine> {
        Key::all()
            .filter_map(|key| {
                let setting = self.get(key)?;
                let shown = if key.is_secret() {
                    crate::redact::MASK.to_owned()
                } else {
                    crate::redact::line(setting.expose())
                };
                Some(ReportLine {
                    key,
                    shown,
                    source: setting.source().clone(),
                })
            })
            .collect()
    }

    /// The region.
    ///
    /// # Errors
    ///
    /// None was found, or it is no name of a region.
    pub fn region(&self) -> Result<Region> {
        let name = self.value(Key::Region).ok_or_else(|| {
            let mut hint =
                "set one of them, for example to eu-de".to_owned();
            if let Some(other) = self.passed_over.first() {
                hint = format!(
                    "{hint}; what belongs to the identity from {} does not count, since another identity is used",
                    other.source()
                );
            }
            let names = variables::names(&[Key::Region]);
            Error::invalid_argument(format!("no region is set in {names}")).with_hint(hint)
        })?;
        Region::new(name)
    }

    /// How calls prove who makes them.
    ///
    /// # Errors
    ///
    /// None or only part of what is needed was found ([`ErrorKind::Credentials`]).
    pub fn credentials(&self) -> Result<Credentials> {
        if let Some(refused) = &self.refused {
            return Err(refused.clone());
        }
        let own = if let Some(token) = self.get(Key::Token) {
            Credentials::Token(token.secret())
        } else if let Some(id) = self.get(Key::AccessKey) {
            let secret = self.needed(Key::SecretKey, id, "OTCDB_SECRET_KEY or OS_SECRET_KEY")?;
            Credentials::AccessKey(AccessKey {
                id: id.expose().trim().to_owned(),
                secret: secret.secret(),
                security_token: self.get(Key::SecurityToken).map(Setting::secret),
            })
        } else if let Some(user) = self.get(Key::Username) {
            let password = self.needed(Key::Password, user, "OTCDB_PASSWORD or OS_PASSWORD")?;
            let domain = self.domain(Key::DomainId, Key::DomainName).ok_or_else(|| {
                incomplete(
                    Key::DomainName,
                    user,
                    "OTCDB_DOMAIN_NAME or OS_USER_DOMAIN_NAME",
                )
            })?;
            Credentials::Password(Password {
                user: user.expose().to_owned(),
                password: password.secret(),
                domain,
            })
        } else if let Some(half) = self.get(Key::SecretKey).or(self.get(Key::SecurityToken)) {
            return Err(incomplete(
                Key::AccessKey,
                half,
                "OTCDB_ACCESS_KEY or OS_ACCESS_KEY",
            ));
        } else if let Some(half) = self.get(Key::Password) {
            return Err(incomplete(
                Key::Username,
                half,
                "OTCDB_USERNAME or OS_USERNAME",
            ));
        } else {
            return Err(self.none());
        };
        self.with_agency(own)
    }

    /// That there are no credentials, neither where the user said that they are nor elsewhere.
    fn none(&self) -> Error {
        let (what, hint) = match self.get(Key::Cloud) {
            Some(entry) => (
                format!(
                    "no credentials were found: the entry {} that {} names has none",
                    crate::redact::line(entry.expose()),
                    entry.source()
                ),
                "put username, password and user_domain_name under auth of that entry, or ak and sk, or a token; secrets \
                 may stand in a secure.yaml beside it",
            ),
            None => (
                format!(
                    "no credentials were found in {}",
                    variables::names(&[Key::Token, Key::Username, Key::AccessKey, Key::Cloud])
                ),
                if cfg!(feature = "files") {
                    "set OTCDB_ACCESS_KEY and OTCDB_SECRET_KEY, or OS_USERNAME, OS_PASSWORD and OS_USER_DOMAIN_NAME, \
                     or OS_TOKEN, or choose an entry of clouds.yaml with OS_CLOUD"
                } else {
                    "set OTCDB_ACCESS_KEY and OTCDB_SECRET_KEY, or OS_USERNAME, OS_PASSWORD and OS_USER_DOMAIN_NAME, \
                     or OS_TOKEN; clouds.yaml is read with the feature files of otcdb-core only"
                },
            ),
        };
        Error::new(ErrorKind::Credentials, what).with_hint(hint)
    }

    fn with_agency(&self, own: Credentials) -> Result<Credentials> {
        let Some(name) = self.get(Key::AgencyName) else {
            return Ok(own);
        };
        let base = match own {
            Credentials::Password(password) => AgencyBase::Password(password),
            Credentials::Token(token) => AgencyBase::Token(token),
            Credentials::AccessKey(_) | Credentials::Agency(_) => {
                return Err(Error::new(
                    ErrorKind::Credentials,
                    "an agency can be taken with a password or a token, not with an access key",
                ));
            }
        };
        let domain = self
            .domain(Key::AgencyDomainId, Key::AgencyDomainName)
            .ok_or_else(|| {
                incomplete(
                    Key::AgencyDomainName,
                    name,
                    "OTCDB_AGENCY_DOMAIN_NAME or OS_AGENCY_DOMAIN_NAME",
                )
            })?;
        Ok(Credentials::Agency(Agency {
            name: name.expose().to_owned(),
            domain,
            base,
        }))
    }

    fn domain(&self, id: Key, name: Key) -> Option<Domain> {
        self.value(id)
            .map(|id| Domain::Id(id.to_owned()))
            .or_else(|| self.value(name).map(|name| Domain::Name(name.to_owned())))
    }

    fn needed(&self, key: Key, beside: &Setting, variables: &str) -> Result<&Setting> {
        self.get(key)
            .ok_or_else(|| incomplete(key, beside, variables))
    }

    /// The endpoints: those of the region, replaced by what is set for all services or for one.
    ///
    /// # Errors
    ///
    /// No region, or a URL that cannot be used.
    pub fn endpoints(&self) -> Result<Endpoints> {
        let mut endpoints = Endpoints::of_region(&self.region()?)?;
        for service in Service::ALL {
            let url = self.layers.iter().find_map(|layer| {
                let auth_url = || match service {
                    Service::IDENTITY => layer.get(Key::AuthUrl),
                    _ => None,
                };
                layer
                    .get(Key::EndpointOf(service))
                    .or_else(auth_url)
                    .or_else(|| layer.get(Key::Endpoint))
            });
            if let Some(url) = url {
                endpoints.set(service, url.expose()).map_err(|error| {
                    Error::invalid_argument(format!("{}, from {}", error.message(), url.source()))
                })?;
            }
        }
        Ok(endpoints)
    }

    /// A session of these settings, to which retries and timeouts can still be added.
    ///
    /// # Errors
    ///
    /// A setting that is missing or cannot be used.
    pub fn session(&self) -> Result<SessionBuilder> {
        let mut builder =
            Session::builder(self.credentials()?, self.region()?).endpoints(self.endpoints()?);
        if let Some(id) = self.value(Key::ProjectId) {
            builder = builder.project_id(id);
        }
        if let Some(name) = self.value(Key::ProjectName) {
            builder = builder.project_name(name);
        }
        if let Some(id) = self.value(Key::DomainId) {
            builder = builder.domain_id(id);
        }
        if let Some(form) = self.value(Key::SignatureForm) {
            builder = builder.signature_form(form.parse::<Form>()?);
        }
        if let (Some(named), Some(authorities)) = (self.get(Key::CaCert), &self.authorities) {
            let place = format!("{} (cacert from {})", named.expose(), named.source());
            builder = builder.authorities(place, authorities.clone()?);
        }
        Ok(builder)
    }
}

/// What variables left from other work say in place of the entry that was chosen.
fn outranked(name: &Setting, settled: &Settled, layers: &[(Place, Layer)]) -> Vec<String> {
    let passed_over = settled
        .passed_over
        .iter()
        .find(|(place, _)| *place == Place::Cloud);
    if let (Some((_, entry)), Some(used)) = (passed_over, &settled.identity) {
        return vec![format!(
            "{} names {:?}, but the identity from {} comes first, so nothing of {} is used; unset that, or choose the \
             entry with --os-cloud",
            name.source(),
            crate::redact::line(name.expose()),
            used.source(),
            entry.source()
        )];
    }
    let Some(at) = layers.iter().position(|(place, _)| *place == Place::Cloud) else {
        return Vec::new();
    };
    let (before, entry) = layers.split_at(at);
    let entry = entry.first().map(|(_, layer)| layer);
    [Key::Region, Key::ProjectId, Key::ProjectName]
        .into_iter()
        .filter_map(|key| {
            let own = entry?.get(key)?;
            let other = before
                .iter()
                .filter(|(place, _)| *place == Place::Foreign)
                .find_map(|(_, layer)| layer.get(key))?;
            (other.expose() != own.expose()).then(|| {
                format!(
                    "the {key} from {} comes before that of {}; unset it, or choose the entry with --os-cloud",
                    other.source(),
                    own.source()
                )
            })
        })
        .collect()
}

fn incomplete(key: Key, beside: &Setting, variables: &str) -> Error {
    Error::new(
        ErrorKind::Credentials,
        format!("the credentials from {} lack the {key}", beside.source()),
    )
    .with_hint(match beside.source() {
        Source::File { .. } => format!(
            "add {} to that entry, since all parts are taken from one place; secrets of clouds.yaml may stand in a \
             secure.yaml beside it",
            in_file(key)
        ),
        Source::Variable(_) => format!(
            "set {variables}, since all parts are taken from one place; or unset what is left from other work"
        ),
        _ => format!(
            "add it by a flag too, or by {variables}: all parts are taken from one place"
        ),
    })
}

/// The name of a setting in an entry of a file.
fn in_file(key: Key) -> &'static str {
    match key {
        Key::DomainName => "user_domain_name",
        Key::AccessKey => "ak",
        Key::SecretKey => "sk",
        other => other.as_str(),
    }
}
