//! Links that are asked for when they are needed, and again when they have expired.

use futures_util::future::BoxFuture;
use otcdb_core::{Result, Secret};

use super::Remote;
use crate::download::Origin;

type Ask<'a> = Box<dyn FnMut() -> BoxFuture<'a, Result<Secret>> + Send + 'a>;

/// The origin of a listed file: a link is used until it is refused, then `ask` gives another one.
pub(super) struct CachedLink<'a> {
    remote: &'a Remote,
    ask: Ask<'a>,
    last: Option<Secret>,
}

impl<'a> CachedLink<'a> {
    /// An origin whose first link is asked for too.
    pub(super) fn new(
        remote: &'a Remote,
        ask: impl FnMut() -> BoxFuture<'a, Result<Secret>> + Send + 'a,
    ) -> Self {
        Self {
            remote,
            ask: Box::new(ask),
            last: None,
        }
    }

    /// An origin that has a link already.
    pub(super) fn starting_with(self, link: Secret) -> Self {
        Self {
            last: Some(link),
            ..self
        }
    }
}

impl Origin for CachedLink<'_> {
    fn id(&self) -> &str {
        &self.remote.id
    }

    fn series(&self) -> Option<&str> {
        self.remote.series.as_deref()
    }

    fn size(&self) -> Option<u64> {
        self.remote.announced.size.filter(|_| self.remote.exact)
    }

    async fn link(&mut self, fresh: bool) -> Result<Secret> {
        if let (Some(last), false) = (&self.last, fresh) {
            return Ok(last.clone());
        }
        let link = (self.ask)().await?;
        self.last = Some(link.clone());
        Ok(link)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_link_is_asked_for_when_there_is_none_or_a_new_one_is_needed() {
        let remote = Remote::default();
        let asked = AtomicU32::new(1);
        let ask = || {
            let number = asked.fetch_add(1, Ordering::Relaxed);
            std::future::ready(Ok(Secret::from(number.to_string()))).boxed()
        };
        let mut origin = CachedLink::new(&remote, ask);
        let mut links = Vec::new();
        for fresh in [false, false, true, false] {
            links.push(origin.link(fresh).await.unwrap().expose().to_owned());
        }
        assert_eq!(links, ["1", "1", "2", "2"]);
        let mut origin = CachedLink::new(&remote, ask).starting_with(Secret::from("0"));
        assert_eq!(origin.link(false).await.unwrap().expose(), "0");
        assert_eq!(origin.link(true).await.unwrap().expose(), "3");
    }
}
