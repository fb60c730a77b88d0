//! Settings from flags, environment and files.
//!
//! They are looked for in this order, and the first place that has a value wins:
//!
//! 1. what the program was told explicitly (flags);
//! 2. `OTCDB_*` variables;
//! 3. `OS_*` and then `HUAWEICLOUD_SDK_*` variables;
//! 4. the chosen entry of `clouds.yaml`, with `secure.yaml`, of which every key is honoured, harmless or refused by name;
//! 5. the credentials file of the Huawei Cloud SDKs, `~/.huaweicloud/credentials`.
//!
//! An entry of `clouds.yaml` that a flag or `OTCDB_CLOUD` chooses was asked for by name, and comes directly after the place
//! that names it: `--os-cloud b` uses what `b` has, whatever variables are left from other work. One that `OS_CLOUD`
//! chooses stays fourth.
//!
//! # One identity, and its hosts
//!
//! A secret must not reach a host that it is not for, so places are not mixed freely:
//!
//! - The first place that has an identity (a token, an access key or a user name; in one place the first of these) gives
//!   the whole of it: access key, secret key and security token, or user, password and domain. Parts that other
//!   variables hold are ignored. Parts that flags hold are an error if the rest is not given by flags too; only the
//!   domain, which is no secret, may be given by flag to a user of any place.
//! - A later place that has an identity of its own is passed over whole, with its endpoints, region and project: they
//!   belong to that identity. Only `OTCDB_*` variables stay beside an identity by flag, without their own identity.
//! - When the identity is that of an entry of `clouds.yaml`, auth URL, endpoints and agency are not taken from `OS_*` and
//!   `HUAWEICLOUD_SDK_*` variables nor from any place after the entry. An entry without an identity is a mere
//!   description of a cloud, and goes with the identity of any place.
//! - What a place before that of the identity says of endpoints holds: that is how endpoints are replaced, by
//!   `--endpoint` for any identity, or by `OTCDB_ENDPOINT` for one that is not from a flag or from an entry that a flag
//!   chose.
//! - The id and the name of a project, or of a domain, come from one place, since one would silently overrule the other.
//!
//! - The same goes for what would lead a secret to hosts: `secure.yaml` and `clouds-public.yaml` count only beside the
//!   `clouds.yaml` that is read, or where `OS_CLIENT_SECURE_FILE` names the former.
//! - Authorities to trust beside those of the system are named by `cacert` in an entry, `OTCDB_CACERT` or `OS_CACERT`; an
//!   entry whose identity is used knows its own best. `SSL_CERT_FILE` and `SSL_CERT_DIR` replace those of the system.
//!
//! Files other than that of authorities are read with the feature `files` only. Without it, whatever names one of them is
//! refused by name.
//!
//! What is not used although it is there, and what is not honoured, is told by [`Settings::notes`] and
//! [`Settings::passed_over`].
//!
//! Everything here is a function of an [`Environment`], so nothing is read behind the caller's back.

#[cfg(feature = "files")]
mod clouds;
mod environment;
mod from_env;
#[cfg(feature = "files")]
mod huawei_file;
mod key;
mod layer;
mod method;
#[cfg(not(feature = "files"))]
mod no_files;
mod precedence;
mod resolve;
mod settings;
mod variables;

pub use environment::Environment;
pub use key::Key;
pub use layer::{Layer, Setting, Source};
pub use settings::{ReportLine, Settings};
