//! An entry of all its files, and the settings that it is.

use std::collections::BTreeMap;
use std::path::Path;

use super::keys::{CLIENT, INSIDE, endpoint};
use super::url::{auth_url, base_of};
use super::yaml::Entry;
use super::{in_folder, parse};
use crate::config::layer::refused;
use crate::config::method::Method;
use crate::config::{Environment, Key, Layer, Setting, Source, environment};
use crate::error::{Error, Result};
use crate::service::Service;

/// Vendor profiles that openstacksdk has built in, with the region where one does not say.
const PROFILES: [(&str, &str); 2] = [("otc", "eu-de"), ("otc-swiss", "eu-ch2")];

/// What all files say of the entry, with the place of each text.
#[derive(Default)]
pub(super) struct Read {
    beside: BTreeMap<String, (String, Source)>,
    auth: BTreeMap<String, (String, Source)>,
    regions: Vec<(String, Read, Source)>,
}

impl Read {
    /// Adds an entry whose texts win.
    pub(super) fn take(&mut self, entry: Entry, path: &Path, place: &str) {
        let source = Source::File {
            path: path.to_owned(),
            entry: place.to_owned(),
        };
        for (name, text) in entry.beside {
            self.beside.insert(name, (text, source.clone()));
        }
        for (name, text) in entry.auth {
            self.auth.insert(name, (text, source.clone()));
        }
        for (name, values) in entry.regions {
            let known = self.regions.iter_mut().find(|(known, ..)| *known == name);
            if let Some((_, read, _)) = known {
                read.take(values, path, place);
            } else {
                let mut read = Self::default();
                read.take(values, path, place);
                self.regions.push((name, read, source.clone()));
            }
        }
    }

    /// Puts the texts of another over these.
    fn overlay(&mut self, over: Self) {
        self.beside.extend(over.beside);
        self.auth.extend(over.auth);
    }

    fn text(&self, name: &str) -> Option<&str> {
        Some(self.find(name)?.0.as_str())
    }

    /// A text, inside `auth` before beside it; project, domain and token the other way round, as in openstacksdk.
    fn find(&self, name: &str) -> Option<&(String, Source)> {
        let turned = name.contains("project_")
            || name.contains("tenant_")
            || name.contains("domain_")
            || name.ends_with("token");
        if turned {
            self.beside.get(name).or_else(|| self.auth.get(name))
        } else {
            self.auth.get(name).or_else(|| self.beside.get(name))
        }
    }

    /// Fills in what the vendor's profile says.
    pub(super) fn expand_profile(
        &mut self,
        clouds: &Path,
        environment: &Environment,
        notes: &mut Vec<String>,
    ) -> Result<()> {
        let Some((profile, source)) = self.find("profile").or(self.find("cloud")).cloned() else {
            return Ok(());
        };
        let folder = clouds.parent().unwrap_or(Path::new(""));
        if let Some((path, text)) = in_folder(folder, "clouds-public", environment)?
            && let Some(entry) = parse(&text, "public-clouds", &profile, &path)?.entry
        {
            let mut base = Self::default();
            base.take(entry, &path, &format!("public-clouds.{profile}"));
            let own = std::mem::take(self);
            let own_regions = !own.regions.is_empty() || own.beside.contains_key("region_name");
            self.regions = if own_regions {
                Vec::new()
            } else {
                std::mem::take(&mut base.regions)
            };
            self.regions.extend(own.regions);
            self.beside = base.beside;
            self.auth = base.auth;
            self.beside.extend(own.beside);
            self.auth.extend(own.auth);
            return Ok(());
        }
        if PROFILES.iter().any(|(known, _)| *known == profile) {
            return Ok(());
        }
        let profile = crate::redact::line(&profile);
        let says_where = self.find("auth_url").is_some()
            || self
                .beside
                .keys()
                .any(|name| endpoint(name) == Some(Key::EndpointOf(Service::IDENTITY)));
        if says_where {
            notes.push(format!(
                "{source}: the profile {profile} is not known and adds nothing"
            ));
            return Ok(());
        }
        Err(refused(
            &source,
            &format!(
                "the profile {profile} is not known, and nothing else says where the cloud is"
            ),
            "known are otc and otc-swiss, and those of a clouds-public.yaml beside the file; or give auth_url and region_name",
        ))
    }

    /// Settles on one region, and takes its values.
    pub(super) fn choose_region(&mut self, chosen: Option<&Setting>) -> Result<()> {
        let regions = std::mem::take(&mut self.regions);
        let names: Vec<_> = regions.iter().map(|(name, ..)| name.clone()).collect();
        let own = self.find("region_name").cloned();
        let wanted = match (chosen, &own) {
            (Some(chosen), _) => Some((chosen.expose().to_owned(), chosen.source().clone())),
            (None, Some(own)) => Some(own.clone()),
            (None, None) => None,
        };
        let Some((first, ..)) = regions.first() else {
            return Ok(());
        };
        let name = wanted.as_ref().map_or(first, |(name, _)| name).clone();
        match (
            regions.into_iter().find(|(known, ..)| *known == name),
            wanted,
        ) {
            (Some((_, values, source)), _) => {
                self.overlay(values);
                self.beside.insert("region_name".to_owned(), (name, source));
                Ok(())
            }
            (None, wanted) => {
                let from =
                    wanted.map_or_else(String::new, |(_, source)| format!(", from {source},"));
                Err(Error::invalid_argument(format!(
                    "the region {:?}{from} is not one of the cloud's",
                    crate::redact::line(&name)
                ))
                .with_hint(format!("its regions are: {}", names.join(", "))))
            }
        }
    }

    pub(super) fn into_layer(
        self,
        path: &Path,
        place: &str,
        notes: &mut Vec<String>,
    ) -> Result<Layer> {
        let whole = Source::File {
            path: path.to_owned(),
            entry: place.to_owned(),
        };
        let method = self.method()?;
        self.refuse(method)?;
        self.point_at(&whole, notes)?;
        let mut layer = Layer::new();
        let mut add = |key, name: &str| {
            if let Some((text, source)) = self.find(name) {
                layer.add(key, text.clone(), source.clone());
            }
        };
        for (key, names) in self.names() {
            for name in names {
                add(key, name);
            }
        }
        for name in self
            .beside
            .keys()
            .filter(|name| name.ends_with("_override"))
        {
            if let Some(key) = endpoint(name) {
                self.add_endpoint(key, name, &mut layer);
            }
        }
        for name in self.beside.keys() {
            if let Some(key) = endpoint(name) {
                self.add_endpoint(key, name, &mut layer);
            }
        }
        if let Some((url, source)) = self.find("auth_url") {
            let region = layer.get(Key::Region).map_or("", Setting::expose);
            let url = auth_url(url, region, source)?;
            layer.add(Key::AuthUrl, url, source.clone());
        }
        if let Some(method) = method {
            method.choose(&mut layer, &whole)?;
        }
        let profile = self.text("profile").or(self.text("cloud"));
        if let Some((name, region)) = PROFILES.iter().find(|(name, _)| Some(*name) == profile)
            && !layer.has_any(&[Key::Region, Key::AuthUrl])
        {
            layer.add(Key::Region, *region, Source::Profile((*name).to_owned()));
        }
        Ok(layer)
    }

    /// Of several names for one key the first that is set counts.
    fn names(&self) -> Vec<(Key, Vec<&'static str>)> {
        // An agency's project is not the user's own.
        let is_delegated =
            self.find("agency_name").is_some() && self.find("delegated_project").is_some();
        let (project_ids, project_names) = if is_delegated {
            (vec![], vec!["delegated_project"])
        } else {
            (
                vec!["project_id", "tenant_id"],
                vec!["project_name", "tenant_name"],
            )
        };
        let has = |name| self.find(name).is_some();
        let (domain_ids, domain_names) = if has("user_domain_id") || has("user_domain_name") {
            (vec!["user_domain_id"], vec!["user_domain_name"])
        } else if has("domain_id") || has("domain_name") {
            (vec!["domain_id"], vec!["domain_name"])
        } else {
            (
                vec!["default_domain_id", "default_domain"],
                vec!["default_domain_name"],
            )
        };
        vec![
            (Key::Region, vec!["region_name"]),
            (Key::Username, vec!["username", "user_name"]),
            (Key::Password, vec!["password"]),
            (Key::Token, vec!["token", "auth_token"]),
            (Key::ProjectId, project_ids),
            (Key::ProjectName, project_names),
            (Key::DomainId, domain_ids),
            (Key::DomainName, domain_names),
            (Key::AccessKey, vec!["ak", "access_key"]),
            (Key::SecretKey, vec!["sk", "secret_key"]),
            (Key::SecurityToken, vec!["security_token"]),
            (Key::AgencyName, vec!["agency_name"]),
            (Key::AgencyDomainId, vec!["agency_domain_id"]),
            (Key::AgencyDomainName, vec!["agency_domain_name"]),
            (Key::CaCert, vec!["cacert"]),
        ]
    }

    fn add_endpoint(&self, key: Key, name: &str, layer: &mut Layer) {
        if let Some((url, source)) = self.beside.get(name) {
            layer.add(key, base_of(url), source.clone());
        }
    }

    fn method(&self) -> Result<Option<Method>> {
        let found = self.find("auth_type").or(self.find("auth_plugin"));
        found
            .map(|(name, source)| Method::of_auth_type(name, source))
            .transpose()
    }

    fn refuse(&self, method: Option<Method>) -> Result<()> {
        let refuse = |name: &str, why: &str, hint: &str| match self.find(name) {
            Some((_, source)) => Err(refused(
                source,
                &format!("{name} is not supported: {why}"),
                hint,
            )),
            None => Ok(()),
        };
        if method.is_none() {
            for name in [
                "application_credential_id",
                "application_credential_name",
                "application_credential_secret",
            ] {
                refuse(
                    name,
                    "the identity services of these clouds do not take application credentials",
                    Method::KNOWN,
                )?;
            }
        }
        if self.find("username").is_none() && self.find("user_name").is_none() {
            refuse(
                "user_id",
                "a user is known by its name",
                "give username and user_domain_name",
            )?;
        }
        refuse("passcode", "no second factor is sent", Method::KNOWN)?;
        for name in ["trust_id", "system_scope"] {
            refuse(
                name,
                "tokens are issued for projects",
                "give project_name or project_id",
            )?;
        }
        for name in CLIENT {
            refuse(
                name,
                "no client certificate is sent",
                "leave cert and key out of the entry",
            )?;
        }
        if let Some((version, source)) = self.find("identity_api_version") {
            let number = version.trim_start_matches(['v', 'V']);
            if number.split('.').next() != Some("3") {
                return Err(refused(
                    source,
                    &format!(
                        "identity_api_version {} is not supported",
                        crate::redact::line(version)
                    ),
                    "the clouds have version 3",
                ));
            }
        }
        Ok(())
    }

    /// What is honoured in another way than one may think.
    fn point_at(&self, whole: &Source, notes: &mut Vec<String>) -> Result<()> {
        let beside: Vec<_> = INSIDE
            .into_iter()
            .filter(|name| self.beside.contains_key(*name))
            .collect();
        if !beside.is_empty() {
            notes.push(format!(
                "{whole}: {} beside auth is read, but belongs inside auth",
                beside.join(", ")
            ));
        }
        for name in ["verify", "insecure"] {
            let Some((text, source)) = self.find(name) else {
                continue;
            };
            match (name, environment::boolean(text)) {
                ("verify", Some(false)) | ("insecure", Some(true)) => notes.push(format!(
                    "{source}: {name}: {text} is refused, and certificates are verified as ever; name the authority of \
                     such a cloud with cacert"
                )),
                (_, Some(_)) => {}
                (_, None) => {
                    return Err(refused(
                        source,
                        &format!("{name} is neither true nor false"),
                        "the file of an authority is named by cacert",
                    ));
                }
            }
        }
        for name in ["interface", "endpoint_type"] {
            if let Some((text, source)) = self.find(name)
                && !text.to_ascii_lowercase().starts_with("public")
            {
                notes.push(format!(
                    "{source}: {name} {} is not used; calls go to the public endpoints unless others are given",
                    crate::redact::line(text)
                ));
            }
        }
        for (user, project) in [
            ("user_domain_name", "project_domain_name"),
            ("user_domain_id", "project_domain_id"),
        ] {
            if let (Some(user_domain), Some((project_domain, source))) =
                (self.text(user), self.find(project))
                && user_domain != project_domain
            {
                notes.push(format!(
                    "{source}: {project} is not used; the project is looked for in the user's own domain"
                ));
            }
        }
        Ok(())
    }
}
