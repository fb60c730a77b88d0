//! Flags of the commands that choose logs of a cloud.

use std::ffi::OsStr;

use clap::Args;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use otcdb_core::Service;
use otcdb_logs::{Engine, LogKind, Shard};

use super::values;
use crate::complete;

/// The instances that begin with what was typed, of the services that were chosen before.
fn with_such_logs(typed: &OsStr) -> Vec<CompletionCandidate> {
    let mut services = ["pull", "list"]
        .map(|name| complete::typed_for(&["logs", name], "service"))
        .concat();
    if services.is_empty() {
        services = LogKind::services();
    }
    complete::instances(&services, typed)
}

/// Which logs, and of which cloud.
#[derive(Debug, Args)]
pub(crate) struct Sources {
    /// Logs of this service only; can be repeated
    #[arg(long, value_name = "SERVICE", value_parser = values::service(&LogKind::services()))]
    pub(crate) service: Vec<Service>,
    /// Logs of this instance only; can be repeated. In a name or id, * is any text and ? any character
    #[arg(long, value_name = "ID-OR-NAME", add = ArgValueCompleter::new(with_such_logs))]
    pub(crate) instance: Vec<String>,
    /// Logs of this kind only; can be repeated
    #[arg(long, value_name = "KIND", value_parser = values::kind())]
    pub(crate) kind: Vec<LogKind>,
    /// Logs of instances with this engine only; can be repeated
    #[arg(long, value_name = "ENGINE", value_parser = values::engine())]
    pub(crate) engine: Vec<Engine>,
    /// Logs of instances with this tag only; can be repeated: an instance needs all of them
    #[arg(long, value_name = "KEY=VALUE", value_parser = values::tag)]
    pub(crate) tag: Vec<(String, String)>,
    /// The share of the instances to pull where several machines pull together, such as 3/8 for the third of eight; each
    /// instance is in one. Without it, OTCDB_SHARDS says how many there are, and JOB_COMPLETION_INDEX, from 0, which this is
    #[arg(long, value_name = "NUMBER/COUNT", value_parser = values::parsed::<Shard>)]
    pub(crate) shard: Option<Shard>,
    /// The logs of every instance of the project, of the chosen services and kinds; a pull needs it where no service,
    /// instance or kind is chosen
    #[arg(long, conflicts_with = "instance")]
    pub(crate) all: bool,
    /// The logs of all projects in the region that the identity can enter
    #[arg(long, conflicts_with = "simulate")]
    pub(crate) all_projects: bool,
    /// Use a simulated cloud inside this program: no account, no network, no configuration
    #[arg(long)]
    pub(crate) simulate: bool,
}

impl Sources {
    /// Whether anything is chosen, be it all.
    pub(crate) fn is_chosen(&self) -> bool {
        self.all
            || !(self.service.is_empty() && self.instance.is_empty() && self.kind.is_empty())
            || !(self.engine.is_empty() && self.tag.is_empty())
    }
}
