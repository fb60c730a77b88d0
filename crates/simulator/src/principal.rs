//! On whose behalf a request comes.

use crate::accounts::Scope;

/// What a request may touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Principal {
    /// Nobody in particular: an open operation, or a cloud that asks for no proof.
    Anyone,
    /// The holder of a token.
    Token(Scope),
    /// The holder of an access key, with the project it said it wants.
    Key(Option<String>),
}
