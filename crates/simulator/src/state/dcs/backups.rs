//! Backups of an instance, and restorations from them.

use super::span::Span;

/// A backup.
#[derive(Clone, Debug)]
pub(crate) struct Backup {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) remark: String,
    /// `aof` or `rdb`.
    pub(crate) format: &'static str,
    /// `manual` or `auto`.
    pub(crate) kind: &'static str,
    pub(crate) size: u64,
    pub(crate) span: Span,
}

/// The restoration of a backup.
#[derive(Clone, Debug)]
pub(crate) struct Restore {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) remark: String,
    pub(crate) backup_id: String,
    pub(crate) backup_name: String,
    pub(crate) backup_remark: String,
    pub(crate) span: Span,
}
