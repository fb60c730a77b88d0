//! How long asynchronous work takes, by the simulator's clock. The collection of run logs has its own setting.

use std::time::Duration;

/// A kind of asynchronous work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    Create,
    Resize,
    Restart,
    Flush,
    Restore,
    Swap,
    /// The time between a request and the beginning of a backup, restoration or analysis.
    Wait,
    Backup,
    Configure,
    /// A change that shows as a background task alone: port, whitelist, password, domain name, SSL.
    Change,
    Analysis,
    /// The preparation of an online migration, after which it can be configured.
    PrepareMigration,
    FullMigration,
    StopMigration,
}

impl Takes {
    pub(crate) fn time(self) -> Duration {
        Duration::from_secs(match self {
            Self::Create | Self::Resize => 10,
            Self::Restart | Self::Restore | Self::Analysis | Self::PrepareMigration => 5,
            Self::Backup | Self::FullMigration => 8,
            Self::Flush | Self::Swap | Self::Configure | Self::StopMigration => 2,
            Self::Wait | Self::Change => 1,
        })
    }
}
