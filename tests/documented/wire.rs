//! Every documented request, as the generated client puts it on the wire.

use libtest_mimic::Failed;
use serde_json::Value;

use crate::dispatch::{self, How};
use crate::json::normalise;
use crate::server;
use crate::support::Arguments;

/// A documented request.
pub(crate) struct Request {
    pub(crate) service: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) arguments: Arguments<'static>,
    /// The status of the success and its documented body.
    pub(crate) status: u16,
    pub(crate) response: Option<&'static Value>,
}

impl Request {
    /// Sends it, and gives what arrived. An error where the client reads another response than the documented one.
    pub(crate) fn send(&self) -> Result<String, Failed> {
        let (got, seen) = server::serve(
            vec![(self.status, self.response.cloned())],
            async |session| {
                dispatch::call(
                    self.service,
                    session,
                    self.operation,
                    &self.arguments,
                    How::Send,
                )
                .await
            },
        )?;
        let [request] = seen.as_slice() else {
            return Err(format!("one request was expected, not {}", seen.len()).into());
        };
        let expected = self.response.map_or(Value::Null, normalise);
        if normalise(&got) != expected {
            return Err(format!("the client read {got:#} from {expected:#}").into());
        }
        Ok(request.text.clone())
    }
}
