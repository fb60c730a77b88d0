//! A way to call operations.

use otcdb_simulator::Fixture;
use serde_json::Value;

use crate::small_cloud::{Identity, SmallCloud};

/// A way to call operations.
pub trait Client {
    /// Calls an operation once on somebody's behalf, and gives the response: `null` for none. A client that takes a
    /// list out of its response may give that list.
    ///
    /// # Errors
    ///
    /// The cloud, or the client itself, has refused the request.
    fn call(&self, world: &SmallCloud, who: &Identity, fixture: &Fixture)
    -> Result<Value, Refused>;
}

/// A request that was not carried out.
#[derive(Clone, Debug)]
pub struct Refused {
    /// All that the client says about it; the cloud's own code is part of that.
    pub text: String,
}

impl Refused {
    /// Whether the cloud has given this error code.
    pub fn has(&self, code: &str) -> bool {
        self.text.contains(code)
    }
}
