//! The instances whose logs are pulled.

use otcdb_core::{Error, ErrorKind, Service};
use serde_json::value::RawValue;

use crate::engine::Engine;
use crate::fields;
use crate::instance_list::InstanceList;
use crate::pattern;
use crate::realm::Realm;

/// An instance of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Instance {
    /// The service that runs it.
    pub service: Service,
    /// Its id. It is part of paths and checked for that.
    pub id: String,
    /// The name that its owner gave it.
    pub name: String,
    /// What it runs.
    pub engine: Engine,
    /// How it is made up, as the service says it: `single`, `ha`, `cluster`.
    pub mode: Option<String>,
    /// Its tags: keys with values.
    pub tags: Vec<(String, String)>,
    /// The project that it belongs to, where logs of several are pulled.
    pub realm: Realm,
}

impl Instance {
    /// An instance as events show it, for tests of [observers](crate::Observer).
    pub fn new(
        service: Service,
        id: impl Into<String>,
        name: impl Into<String>,
        engine: Engine,
    ) -> Self {
        Self {
            service,
            id: id.into(),
            name: name.into(),
            engine,
            mode: None,
            tags: Vec::new(),
            realm: Realm::default(),
        }
    }

    /// Reads what a service lists of an instance, and nothing of it but what a pull needs.
    ///
    /// # Errors
    /// An id that is none: it would lead a request, or a file, elsewhere. The instance is named as far as it can be.
    pub(crate) fn read(
        service: Service,
        realm: &Realm,
        item: &RawValue,
    ) -> Result<Self, (Option<Box<Self>>, Error)> {
        let listed = InstanceList::of(service);
        let id_at = listed.id;
        let id = fields::string(item, id_at).filter(|id| is_id(id));
        let name = fields::text(item, "name");
        let (engine, mode) = ((listed.engine)(item), (listed.mode)(item));
        let tags: Vec<_> = fields::elements(item, "tags")
            .into_iter()
            .filter_map(|tag| {
                let value = fields::text(tag, "value").unwrap_or_default();
                Some((fields::text(tag, "key")?, value))
            })
            .collect();
        let made = |id: &str| Self {
            service,
            id: id.to_owned(),
            name: name.clone().unwrap_or_else(|| id.to_owned()),
            engine: engine.clone(),
            mode: mode.clone(),
            tags: tags.clone(),
            realm: realm.clone(),
        };
        if let Some(id) = id {
            return Ok(made(&id));
        }
        let quoted = fields::quoted(item, id_at);
        let error = Error::new(
            ErrorKind::UndocumentedResponse,
            format!("its {id_at} is {quoted}, which is no id, so its logs cannot be asked for"),
        )
        .with_operation(listed.operation);
        let known = name.is_some() || !["missing", "\"\"", "null"].contains(&quoted.as_str());
        Err((
            known.then(|| Box::new(made(quoted.trim_matches('"')))),
            error,
        ))
    }

    /// What tells it from others, for people: its project, where there are several, its service and its name.
    pub fn shown(&self) -> String {
        format!("{}{} {}", self.realm.before(), self.service, self.name)
    }

    /// Whether it has one node, as far as the service says.
    pub(crate) fn is_single(&self) -> Option<bool> {
        let mode = self.mode.as_deref()?;
        Some(mode.eq_ignore_ascii_case("single"))
    }

    /// Whether it is meant by an id or a name, or by a pattern of one.
    pub(crate) fn is(&self, wanted: &str) -> bool {
        pattern::means(wanted, &self.id, &self.name)
    }
}

/// The same letters and digits as in every id of these services.
fn is_id(id: &str) -> bool {
    const LONGEST: usize = 128;
    id.len() <= LONGEST
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(service: Service, item: &str) -> Result<Instance, (Option<Box<Instance>>, Error)> {
        Instance::read(
            service,
            &Realm::default(),
            &RawValue::from_string(item.to_owned()).unwrap(),
        )
    }

    #[test]
    fn an_id_that_leads_elsewhere_is_refused_by_name() {
        for id in [
            r#""""#, r#""..""#, r#""a/b""#, r#""a?b""#, r#""a b""#, r#""é""#, "5", "{}", "null",
        ] {
            let (instance, error) =
                read(Service::Rds, &format!(r#"{{"id":{id},"name":"orders"}}"#)).unwrap_err();
            assert_eq!(instance.unwrap().name, "orders", "{id}");
            assert!(
                error.to_string().contains(&format!("id is {id}")),
                "{error}"
            );
        }
        let (instance, error) = read(Service::Dcs, r#"{"name":"orders"}"#).unwrap_err();
        assert_eq!(instance.unwrap().name, "orders");
        assert!(
            error.to_string().contains("instance_id is missing"),
            "{error}"
        );
        for nothing in [
            "{}",
            "null",
            "7",
            r#""x""#,
            r#"{"instance_id":""}"#,
            r#"{"instance_id":null,"name":""}"#,
        ] {
            assert!(read(Service::Dcs, nothing).unwrap_err().0.is_none());
        }
    }

    #[test]
    fn nothing_but_the_id_has_to_be_as_described() {
        let odd = r#"{"id":"3d39c187in03","name":7,"port":"6379","tags":{"a":1},"datastore":"MySQL","type":2}"#;
        let instance = read(Service::Rds, odd).unwrap();
        assert_eq!((instance.name.as_str(), instance.mode), ("7", None));
        assert_eq!(instance.engine, Engine::Other(String::new()));
        let plain = r#"{"id":"a","datastore":{"type":"mysql","version":8.0}}"#;
        let instance = read(Service::Rds, plain).unwrap();
        assert_eq!(
            (instance.name.as_str(), instance.engine),
            ("a", Engine::MySql)
        );
    }

    #[test]
    fn how_an_instance_is_made_up_is_read_where_it_is_said() {
        let single = |fields: &str| {
            let item = format!(r#"{{"instance_id":"a"{fields}}}"#);
            read(Service::Dcs, &item).unwrap().is_single()
        };
        assert_eq!(single(""), None);
        assert_eq!(
            single(r#","spec_code":"redis.single.xu1.tiny.128""#),
            Some(true)
        );
        assert_eq!(
            single(r#","spec_code":"redis.ha.xu1.tiny.r2.128""#),
            Some(false)
        );
        assert_eq!(
            single(r#","cache_mode":"single","spec_code":7"#),
            Some(true)
        );
        let engine = |name: &str| {
            let item = format!(r#"{{"instance_id":"a","engine":{name}}}"#);
            read(Service::Dcs, &item).unwrap().engine
        };
        assert_eq!(engine(r#""Redis""#), Engine::Redis);
        assert_eq!(engine("5"), Engine::Redis);
        assert_eq!(
            engine(r#""Memcached""#),
            Engine::Other("Memcached".to_owned())
        );
    }
}
