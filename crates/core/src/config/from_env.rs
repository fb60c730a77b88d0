//! A session of the environment.

use super::{Environment, Layer, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::session::{Session, SessionBuilder};

impl Session {
    /// A session of what variables and files say; see [`SessionBuilder::from_env`], with which more can be set.
    ///
    /// ```no_run
    /// # async fn example() -> otcdb_core::Result<()> {
    /// let session = otcdb_core::Session::from_env().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A setting that is missing or cannot be used, such as no credentials or no region.
    pub async fn from_env() -> Result<Self> {
        SessionBuilder::from_env().await?.build()
    }
}

impl SessionBuilder {
    /// A builder with what variables and files say, as the program `otcdb` reads them: see [`config`](crate::config).
    /// Nothing is sent. What should be known of the settings is told as warnings of [`tracing`].
    ///
    /// Without the feature `files` no clouds.yaml and no credentials file is read, and a variable that asks for one is
    /// refused by name.
    ///
    /// ```no_run
    /// use otcdb_core::{RetryPolicy, SessionBuilder};
    ///
    /// # async fn example() -> otcdb_core::Result<()> {
    /// let session = SessionBuilder::from_env().await?.retry(RetryPolicy::never()).build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A setting that is missing or cannot be used, such as no credentials or no region.
    pub async fn from_env() -> Result<Self> {
        // Files may be on a disk that is slow to answer.
        let read = tokio::task::spawn_blocking(|| {
            Settings::discover(Layer::new(), &Environment::process())
        });
        let settings = read.await.map_err(|error| {
            Error::new(ErrorKind::Internal, "the environment was not read").with_source(error)
        })??;
        for note in settings.notes() {
            tracing::warn!("{note}");
        }
        settings.session()
    }
}
