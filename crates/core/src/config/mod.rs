//! Settings from flags, environment and files.
//!
//! They are looked for in this order, and the first place that has a value wins:
//!
//! 1. what the program was told explicitly (flags);
//! 2. `OTCDB_*` variables;
//! 3. `OS_*` and then `HUAWEICLOUD_SDK_*` variables;
//! 4. the chosen entry of `clouds.yaml`, with `secure.yaml`;
//! 5. the credentials file of the Huawei Cloud SDKs, `~/.huaweicloud/credentials`.
//!
//! Three things are never mixed from several places: the id and the name of a project (or of a domain), since one
//! would silently overrule the other; the way to prove identity, which is that of the first place that has
//! one; and a security token, which only belongs to the keys that it stands beside.
//!
//! Everything here is a function of an [`Environment`], so nothing is read behind the caller's back.

mod clouds;
mod environment;
mod huawei_file;
mod key;
mod layer;
mod resolve;
mod settings;
mod variables;

pub use environment::Environment;
pub use key::Key;
pub use layer::{Layer, Setting, Source};
pub use settings::{ReportLine, Settings};
