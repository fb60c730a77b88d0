//! What models leave to the settings of the cloud.

use std::time::Duration;

use crate::cloud::Options;
use crate::model::{JobModel, Setting, Span};

/// How long a span is.
pub(crate) fn length(span: Span, options: &Options) -> Duration {
    match span {
        Span::Fixed(length) => length,
        Span::Of(Setting::CollectDelay) => options.collect_delay,
        Span::Of(Setting::ExportDelay) => options.export_delay,
        Span::Of(Setting::ExportKept) => options.export_kept,
        Span::Of(Setting::RedisLinkLifetime) => options.redis_link_lifetime,
        Span::Of(Setting::RdsLinkLifetime) => options.rds_link_lifetime,
        Span::Of(Setting::AuditFiles | Setting::TraceFiles) => Duration::ZERO,
    }
}

/// How many of something there are.
pub(super) fn count(setting: Setting, options: &Options) -> usize {
    match setting {
        Setting::AuditFiles => options.audit_files,
        Setting::TraceFiles => options.trace_files,
        _ => 1,
    }
}

/// How long a job waits and takes.
pub(crate) fn times(job: &JobModel, options: &Options) -> (Duration, Duration) {
    (length(job.waits, options), length(job.takes, options))
}
