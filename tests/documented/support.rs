//! What the generated dispatch tables are made of.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::pin::Pin;

use otcdb_core::page::Pager;
use otcdb_core::waiter::Waiter;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A generated type with what the tests do to it.
pub(crate) struct Model {
    /// Name of the schema.
    pub(crate) name: &'static str,
    /// Decodes JSON and encodes it again.
    pub(crate) decode: fn(&[u8]) -> Result<Decoded, serde_json::Error>,
    /// The schema that the type derives.
    pub(crate) schema: fn() -> Value,
}

/// A decoded value.
pub(crate) struct Decoded {
    /// As Rust prints it.
    pub(crate) debug: String,
    /// Encoded again.
    pub(crate) json: Value,
}

impl Model {
    pub(crate) const fn new<T>(name: &'static str) -> Self
    where
        T: DeserializeOwned + Serialize + Debug + schemars::JsonSchema,
    {
        Self {
            name,
            // By the reader and the writer that calls use, which spares the compiler as much again.
            decode: |text| {
                let decoded: T = serde_json::from_slice(text)?;
                let text = serde_json::to_vec(&decoded)?;
                Ok(Decoded {
                    debug: format!("{decoded:#?}"),
                    json: serde_json::from_slice(&text)?,
                })
            },
            schema: || schemars::schema_for!(T).to_value(),
        }
    }
}

/// What a call by name gives, as JSON.
pub(crate) type Outcome<'a> = Pin<Box<dyn Future<Output = Result<Value, CallError>> + 'a>>;

/// Calls an operation through its builder.
type Caller<C> = for<'a> fn(&'a C, &'a Arguments<'a>) -> Outcome<'a>;

/// Calls an operation until work is done.
type Watcher<C> = for<'a> fn(&'a C, &'a Arguments<'a>, &'a Waiter, &'a str) -> Outcome<'a>;

/// An operation with the ways in which it can be called.
pub(crate) struct Call<C: 'static> {
    /// The operationId.
    pub(crate) id: &'static str,
    /// Sends it once.
    pub(crate) send: Caller<C>,
    /// All items of a list, page after page.
    pub(crate) list: Option<Caller<C>>,
    /// Sends it until work is done, that of the element with an id where there are several.
    pub(crate) wait: Option<Watcher<C>>,
}

/// Why a call by name did not succeed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error("no operation is called {0}")]
    UnknownOperation(String),
    #[error("the argument {name} is {value}, which is no {wanted}")]
    Argument {
        name: String,
        value: Value,
        wanted: &'static str,
    },
    #[error("the body does not fit its type: {0}")]
    Body(#[from] serde_json::Error),
    #[error("{0}")]
    Client(String),
}

/// A documented request.
pub(crate) struct Arguments<'a> {
    pub(crate) parameters: BTreeMap<&'a str, &'a Value>,
    pub(crate) body: Option<&'a Value>,
}

impl Arguments<'_> {
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, CallError> {
        self.read(name, "string", |value| value.as_str().map(str::to_owned))
    }

    pub(crate) fn int32(&self, name: &str) -> Result<Option<i32>, CallError> {
        self.read(name, "32-bit integer", |value| {
            value.as_i64()?.try_into().ok()
        })
    }

    #[allow(dead_code, reason = "not every set of services has such a parameter")]
    pub(crate) fn int64(&self, name: &str) -> Result<Option<i64>, CallError> {
        self.read(name, "integer", Value::as_i64)
    }

    #[allow(dead_code, reason = "not every set of services has such a parameter")]
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, CallError> {
        self.read(name, "boolean", Value::as_bool)
    }

    #[allow(dead_code, reason = "not every set of services has such a parameter")]
    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, CallError> {
        self.read(name, "list of strings", |value| {
            let items = value.as_array()?.iter();
            items.map(|item| item.as_str().map(str::to_owned)).collect()
        })
    }

    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<Option<T>, CallError> {
        let body = self.body.map(Value::to_string);
        let body = body.map(|text| serde_json::from_slice(text.as_bytes()));
        Ok(body.transpose()?)
    }

    fn read<T>(
        &self,
        name: &str,
        wanted: &'static str,
        convert: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<T>, CallError> {
        let Some(value) = self.parameters.get(name) else {
            return Ok(None);
        };
        convert(value).map(Some).ok_or_else(|| CallError::Argument {
            name: name.to_owned(),
            value: (*value).clone(),
            wanted,
        })
    }
}

/// Turns what a call's `stream` gives into JSON.
pub(crate) async fn items<T: Serialize>(list: Pager<T>) -> Result<Value, CallError> {
    outcome(list.collect_all().await)
}

/// Turns what a call gives into JSON.
pub(crate) fn outcome<T: Serialize>(result: otcdb_core::Result<T>) -> Result<Value, CallError> {
    match result {
        Ok(answer) => Ok(serde_json::from_slice(&serde_json::to_vec(&answer)?)?),
        Err(error) => Err(CallError::Client(format!("{error:?}"))),
    }
}

/// A session with a token whose services all answer at `base`.
pub(crate) fn session(base: &str) -> otcdb_core::Result<otcdb_core::Session> {
    use otcdb_core::{Credentials, Endpoints, Region, RetryPolicy, Session};
    Session::builder(
        Credentials::Token("token-of-the-test".into()),
        Region::new("eu-de")?,
    )
    .endpoints(Endpoints::all_at(base)?)
    .project_id("0483b6b16e954cb88930a360d2c4e663")
    .retry(RetryPolicy::never())
    .build()
}
