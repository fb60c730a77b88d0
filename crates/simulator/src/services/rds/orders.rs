//! Which instances can be ordered, and which changes of them.

use serde_json::{Value, json};

use super::instances::build;
use super::state::INSTANCE;
use super::{Databases, Engine, Scene, Valued, hold};
use crate::call::{Call, CallError};
use crate::engine::State;
use crate::records::Record;

pub(super) type Checked = Result<(), CallError>;

/// The instance of which a read replica is ordered, or whose data the ordered one gets.
fn origin<'a>(scene: &Scene<'_>, databases: &'a Databases) -> Option<&'a Record> {
    let given = scene.text("replica_of_id");
    let id = given.or_else(|| scene.text("restore_point.instance_id"))?;
    databases.store().get(INSTANCE, id)
}

/// The engine that is ordered.
fn engine(scene: &Scene<'_>, databases: &Databases) -> Option<Engine> {
    let name = match origin(scene, databases) {
        Some(origin) => origin.fields.get("datastore")?["type"].as_str()?,
        None => scene.text("datastore.type")?,
    };
    Engine::named(name)
}

/// What the code of a flavor ends with.
fn mode(kind: &str) -> &'static str {
    match kind {
        "Ha" => "ha",
        "Replica" => "replica",
        _ => "single",
    }
}

fn kind_ordered(scene: &Scene<'_>) -> &'static str {
    let is_given = |name| scene.given(name).is_some();
    match (is_given("replica_of_id"), is_given("ha")) {
        (true, _) => "Replica",
        (false, true) => "Ha",
        (false, false) => "Single",
    }
}

pub(super) fn kind(scene: &Scene<'_>, _: Option<&Record>, _: &Databases) -> Valued {
    Ok(scene.call.map(|_| Value::from(kind_ordered(scene))))
}

/// The port that is ordered, else the usual one.
pub(super) fn port(scene: &Scene<'_>, record: Option<&Record>, databases: &Databases) -> Valued {
    let given = scene.text("port").and_then(|port| port.parse::<u16>().ok());
    let of_record = || record?.fields.get("datastore")?["type"].as_str();
    let engine = engine(scene, databases).or_else(|| Engine::named(of_record()?));
    let usual = match engine {
        Some(Engine::PostgreSql) => 5432,
        Some(Engine::SqlServer) => 1433,
        _ => 3306,
    };
    Ok(Some(Value::from(given.unwrap_or(usual))))
}

/// The address that is ordered, else a free one.
pub(super) fn addresses(scene: &Scene<'_>, _: Option<&Record>, databases: &Databases) -> Valued {
    let ordered = scene.text("data_vip").map(ToOwned::to_owned);
    Ok(scene
        .call
        .map(|_| json!([ordered.unwrap_or_else(|| databases.free_address())])))
}

/// Whether the engine takes the port.
pub(super) fn takes(engine: Engine, port: u16) -> bool {
    match engine {
        Engine::MySql => port >= 1024 && !matches!(port, 12_017 | 33_071),
        Engine::PostgreSql => (2100..=9500).contains(&port),
        Engine::SqlServer => {
            port == 1433 || ((2100..=9500).contains(&port) && !matches!(port, 5355 | 5985))
        }
    }
}

/// Whether the standby of an engine can follow the primary in this way.
pub(super) fn follows(engine: Option<Engine>, mode: &str) -> bool {
    match engine {
        Some(Engine::MySql) => mode != "sync",
        Some(Engine::PostgreSql) => mode != "semisync",
        _ => mode == "sync",
    }
}

/// Whether there is such a flavor for an engine and a kind of instance.
fn has_flavor(databases: &Databases, engine: Engine, kind: &str, code: &str) -> bool {
    let mut flavors = databases.store().of("flavor", "").iter();
    flavors.any(|flavor| {
        flavor.text("spec_code") == code
            && flavor.text("engine") == engine.name()
            && flavor.text("instance_mode") == mode(kind)
    })
}

/// Whether a password has 8 to 32 characters of three kinds.
pub(super) fn is_complex(password: &str) -> bool {
    let has = |is: fn(&char) -> bool| usize::from(password.chars().any(|c| is(&c)));
    let kinds = has(char::is_ascii_uppercase)
        + has(char::is_ascii_lowercase)
        + has(char::is_ascii_digit)
        + has(char::is_ascii_punctuation);
    (8..=32).contains(&password.chars().count()) && kinds >= 3
}

/// Whether what is ordered can be had.
pub(super) fn orderable(scene: &Scene<'_>, _: Option<&Record>, databases: &Databases) -> Checked {
    let kind = kind_ordered(scene);
    let engine = engine(scene, databases);
    let is_given = |name: &str| scene.text(name).is_some_and(|text| !text.is_empty());
    if kind == "Replica" {
        let origin = origin(scene, databases);
        let is_primary = origin.is_some_and(|origin| origin.text("type") != "Replica");
        hold(is_primary, "DBS.200055")?;
    } else if scene.given("restore_point").is_some() {
        hold(scene.text("password").is_some_and(is_complex), "DBS.200052")?;
    } else {
        hold(is_given("datastore.type"), "DBS.200042")?;
        let version = scene.text("datastore.version");
        let mut versions = databases.store().of("datastore", "").iter();
        let is_one = |one: &Record| {
            Some(one.text("name")) == version
                && engine.is_some_and(|engine| one.text("engine") == engine.name())
        };
        hold(versions.any(is_one), "DBS.200041")?;
        for (name, code) in [
            ("region", "DBS.200024"),
            ("vpc_id", "DBS.200048"),
            ("subnet_id", "DBS.200049"),
            ("security_group_id", "DBS.200050"),
        ] {
            hold(is_given(name), code)?;
        }
        hold(scene.text("password").is_some_and(is_complex), "DBS.200052")?;
    }
    let code = scene.text("flavor_ref").unwrap_or_default();
    let has = engine.is_some_and(|engine| has_flavor(databases, engine, kind, code));
    hold(has, "DBS.200053")?;
    let zones = scene.text("availability_zone").unwrap_or_default();
    let count = zones.split(',').filter(|zone| !zone.is_empty()).count();
    hold(count == if kind == "Ha" { 2 } else { 1 }, "DBS.200025")?;
    if let Some(mode) = scene.text("ha.replication_mode") {
        hold(follows(engine, mode), "DBS.200043")?;
    }
    let port = scene.text("port").map(str::parse::<u16>);
    let fits = |port| engine.is_some_and(|engine| takes(engine, port));
    hold(port.is_none_or(|port| port.is_ok_and(fits)), "DBS.280204")
}

/// Whether an instance can have the flavor: another one of its engine and its kind.
pub(super) fn resizable(
    scene: &Scene<'_>,
    record: Option<&Record>,
    databases: &Databases,
) -> Checked {
    let code = scene.text("resize_flavor.spec_code").unwrap_or_default();
    let mut flavors = databases.store().of("flavor", "").iter();
    let fits = record.is_some_and(|one| {
        flavors.any(|flavor| flavor.text("spec_code") == code && is_other_size(one, flavor))
    });
    hold(fits, "DBS.200053")
}

/// Whether a flavor is for the engine and the kind of an instance that has another one.
pub(super) fn is_other_size(instance: &Record, flavor: &Record) -> bool {
    flavor.text("engine") == instance.fields["datastore"]["type"]
        && flavor.text("instance_mode") == mode(instance.text("type"))
        && flavor.text("spec_code") != instance.text("flavor_ref")
}

/// Whether a code of a volume is for the engine and the kind of an instance.
pub(super) fn volume_fits(scene: &Scene<'_>, record: Option<&Record>, _: &Databases) -> Checked {
    let code = scene.text("change_volume.volume_code").unwrap_or_default();
    let fits = record.is_some_and(|one| {
        let flavor = one.text("flavor_ref");
        let end = match one.text("type") {
            "Ha" => ".ha",
            "Replica" => ".rr",
            _ => "",
        };
        let prefix: Vec<&str> = flavor.split('.').take(2).collect();
        let types = ["essd", "cloudssd"].into_iter();
        let mut codes = types.map(|kind| format!("{}.volume.{kind}{end}", prefix.join(".")));
        codes.any(|one| one == code)
    });
    hold(fits, "DBS.200026")
}

/// The type of volume that a code stands for.
pub(super) fn volume_type(scene: &Scene<'_>, _: Option<&Record>, _: &Databases) -> Valued {
    let code = scene.text("change_volume.volume_code");
    Ok(code.map(|code| match code.contains(".cloudssd") {
        true => Value::from("CLOUDSSD"),
        false => Value::from("ESSD"),
    }))
}

/// SQL Server needs the administrator's password for a new node.
pub(super) fn password_if_needed(
    scene: &Scene<'_>,
    record: Option<&Record>,
    _: &Databases,
) -> Checked {
    let is_sql_server = record.is_some_and(|one| one.fields["datastore"]["type"] == "SQLServer");
    let is_given = scene.text("single_to_ha.password").is_some();
    hold(!is_sql_server || is_given, "DBS.200052")
}

/// Gives the instance its nodes, and remembers the password of the order.
pub(super) fn set_up(call: &Call<'_>, databases: &mut Databases, instance: &Record) {
    let seed = databases.store().seed;
    if let Some(instance) = databases.store_mut().get_mut(INSTANCE, &instance.id) {
        build(instance, seed);
    }
    if let Some(password) = call.field_text("password") {
        databases.remember(password);
    }
}
