//! What the first version of this program kept of an entry: the fields that were described then, in alphabetical order.
//!
//! Its files are compared with what services send now. So this stays as it is, whatever the description comes to say.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What was kept of an entry, as JSON.
pub(crate) fn described<T: DeserializeOwned + Serialize>(sent: &RawValue) -> Option<String> {
    let item: T = serde_json::from_str(sent.get()).ok()?;
    serde_json::to_string(&item).ok()
}

macro_rules! item {
    ($(#[$about:meta])* $name:ident { $($field:ident: $kind:ty, $read:literal;)* }) => {
        $(#[$about])*
        #[derive(Deserialize, Serialize)]
        pub(crate) struct $name {
            $(
                #[serde(default, deserialize_with = $read, skip_serializing_if = "Option::is_none")]
                $field: Option<$kind>,
            )*
        }
    };
}

item! {
    /// A slow command of Redis.
    SlowlogItem {
        client_ip: String, "otcdb_core::lenient::text";
        command: String, "otcdb_core::lenient::text";
        database_id: i32, "otcdb_core::lenient::number";
        duration: String, "otcdb_core::lenient::text";
        id: i64, "otcdb_core::lenient::number";
        node_role: String, "otcdb_core::lenient::text";
        shard_name: String, "otcdb_core::lenient::text";
        start_time: String, "otcdb_core::lenient::text";
        username: String, "otcdb_core::lenient::text";
    }
}

item! {
    /// An entry of an error log of RDS.
    ErrorLogItem {
        content: String, "otcdb_core::lenient::text";
        level: String, "otcdb_core::lenient::text";
        time: String, "otcdb_core::lenient::text";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_what_was_kept_of_it() {
        let kept = |sent: &str| RawValue::from_string(sent.to_owned()).unwrap();
        let sent = kept(
            r#"{"start_time":"2020-06-19T07:06:07Z","id":"7","duration":3,"database_id":0,"username":null,"new":[1],"command":"GET a"}"#,
        );
        assert_eq!(
            described::<SlowlogItem>(&sent).as_deref(),
            Some(
                r#"{"command":"GET a","database_id":0,"duration":"3","id":7,"start_time":"2020-06-19T07:06:07Z"}"#
            )
        );
        let sent =
            kept(r#"{"time":"2018-12-04T14:24:42","level":"ERROR","content":"c","more":true}"#);
        assert_eq!(
            described::<ErrorLogItem>(&sent).as_deref(),
            Some(r#"{"content":"c","level":"ERROR","time":"2018-12-04T14:24:42"}"#)
        );
    }
}
