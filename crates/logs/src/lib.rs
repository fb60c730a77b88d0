//! Pulls the logs of database instances: collect, wait, link, download.
//!
//! The services prepare a log before it can be downloaded, each in its own way: DCS collects run logs replica by
//! replica and lists them when they are ready, RDS and DDS export a log while the same call is repeated until it
//! answers with a link, GaussDB(for MySQL) lists entries node by node. [`Puller`] goes that way for any number of instances at once and leaves the files under
//! `<out>/<service>/<name>--<beginning of the id>/<kind>_<node>_<time>.<extension>`. A folder stays that of its instance when
//! that is renamed; where each file is, the manifest says.
//!
//! - A file has its final name only when it is whole; until then it is `<file>.part`.
//! - A cut download goes on where it stopped, with a new link if the old one has expired.
//! - `<out>/manifest.jsonl` lists what is there, so that the next run fetches only what is new.
//! - A part that fails, be it a service, an instance, a replica or a file, does not stop the others: [`Summary`] says
//!   which failed, and why.
//! - A file that has changed since it was fetched is fetched again beside its earlier copy.
//! - Memory does not grow with the size or the number of logs.

mod announced;
#[cfg(feature = "s3")]
mod bucket;
mod clients;
mod discover;
mod download;
mod engine;
mod entries;
mod event;
mod failure;
mod fields;
mod files;
mod first_version;
mod folders;
mod instance;
mod instance_list;
mod intact;
mod intervals;
mod kind;
mod layout;
mod list;
mod listing;
mod manifest;
mod means;
mod options;
mod packing;
mod pattern;
mod plan;
mod prune;
mod puller;
mod reading;
mod realm;
mod remote;
mod shard;
mod sink;
mod source;
mod time;
mod turns;

pub use announced::Announced;
#[cfg(feature = "s3")]
pub use bucket::Bucket;
pub use engine::Engine;
pub use event::{Event, Observer, Silent, Step};
pub use failure::Failure;
pub use instance::Instance;
pub use kind::LogKind;
pub use listing::{ListedSource, Listing};
pub use manifest::{Holding, MANIFEST, Manifest, ManifestEntry, SPANS, Sent};
pub use options::{Options, Selection};
pub use otcdb_core::waiter::CancellationToken;
pub use packing::Compression;
pub use prune::{Pruned, prune};
pub use puller::{Puller, Summary};
pub use reading::Folder;
pub use realm::Realm;
pub use shard::Shard;
pub use sink::Sink;
