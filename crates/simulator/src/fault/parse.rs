//! Reads the text form.

use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use super::abilities::{Ability, operations};
use super::{ErrorCode, Fault, FaultKind, Shape, Target, When};
use crate::spec::Service;

/// Why a fault's text cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the fault {text:?} cannot be read: {problem}")]
pub struct FaultError {
    text: String,
    problem: String,
}

const KINDS: &str = "400, 403, 404, 429, 500, 502, 503, slow, stall, reset, reset-head, reset-body, truncate, corrupt-json, html, \
    error-in-200, content-type, empty, new-field, new-value, other-type, nulls, new-status, changed, no-etag, chunked, no-length, \
    no-range, no-if-range, wrong-range, 416, redirect, expired-token, missing, damaged, encrypted, expired-link, stale-list, job-failed, job-stuck, job-lost, \
    and any status from 400 to 599 with the key `code`";

/// In milliseconds.
const DAY: u64 = 24 * 60 * 60 * 1000;

const LOSSES: &[&str] = &["CreateRedislog"];

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        parse(text).map_err(|problem| FaultError {
            text: text.to_owned(),
            problem,
        })
    }
}

fn parse(text: &str) -> Result<Fault, String> {
    let mut parts = text.split(':');
    let targets = parts
        .next()
        .unwrap_or_default()
        .split('+')
        .map(target)
        .collect::<Result<Vec<_>, _>>()?;
    let word = parts
        .next()
        .ok_or("it has no kind; write TARGET:KIND, such as ListRedislog:429")?;
    let mut keys = Keys::new(parts)?;
    let kind = kind(word, &mut keys)?;
    let probability = keys.take("p", |value| {
        value
            .parse()
            .ok()
            .filter(|p| (0.0..=1.0).contains(p))
            .ok_or("write a number from 0 to 1")
    })?;
    let times = keys.take("times", |value| match value {
        "always" => Ok(None),
        _ => value
            .parse()
            .map(Some)
            .map_err(|_| "write a number or `always`"),
    })?;
    let when = When {
        after: keys.take("after", number)?.unwrap_or(0),
        times: times.unwrap_or(if probability.is_some() { None } else { Some(1) }),
        probability,
        path: keys.take("path", |value| Ok::<_, &str>(value.to_owned()))?,
    };
    keys.finish(word)?;
    for target in &targets {
        suits(kind, target, word)?;
    }
    Ok(Fault {
        targets,
        kind,
        when,
        text: text.to_owned(),
    })
}

fn target(text: &str) -> Result<Target, String> {
    let service = |name: &str| Service::ALL.into_iter().find(|one| one.as_str() == name);
    match text {
        "" => Err("it has no target; write an operationId, `download` or `*`".to_owned()),
        "*" => Ok(Target::Everything),
        "download" => Ok(Target::Download),
        _ => match text.split_once('.') {
            None => Ok(Target::Operation(None, text.to_owned())),
            Some((name, operation)) => {
                let service = service(name).ok_or_else(|| {
                    let known = Service::ALL.map(Service::as_str).join(", ");
                    format!("there is no service {name:?}; there are {known}")
                })?;
                Ok(match operation {
                    "*" => Target::Service(service),
                    _ => Target::Operation(Some(service), operation.to_owned()),
                })
            }
        },
    }
}

fn kind(word: &str, keys: &mut Keys<'_>) -> Result<FaultKind, String> {
    let code = keys.take("code", |code| {
        ErrorCode::new(code).ok_or("write a code of at most 32 bytes, such as DCS.3022")
    })?;
    if let Some(code) = code {
        let status = word
            .parse()
            .ok()
            .filter(|status| (400..600).contains(status));
        let status = status.ok_or("`code` goes with a status from 400 to 599")?;
        return Ok(FaultKind::Refused { status, code });
    }
    Ok(match word {
        "400" => FaultKind::Refuse,
        "403" => FaultKind::Forbid,
        "404" => FaultKind::Miss,
        "429" => FaultKind::Throttle {
            retry_after: keys.take("retry-after", number)?,
        },
        "500" => FaultKind::Internal,
        "502" => FaultKind::BadGateway,
        "503" => FaultKind::Unavailable {
            retry_after: keys.take("retry-after", number)?,
        },
        "slow" => FaultKind::Slow(Duration::from_millis(
            keys.take("delay", |value| {
                value.parse().ok().filter(|delay| *delay <= DAY).ok_or(
                    "write a whole number of milliseconds, a day at most; `stall` has no end",
                )
            })?
            .unwrap_or(1000),
        )),
        "stall" => FaultKind::Stall {
            at: keys.take("at", number)?,
        },
        "reset" => FaultKind::Reset,
        "reset-head" => FaultKind::ResetHead,
        "reset-body" => FaultKind::ResetBody {
            at: keys.take("at", number)?,
        },
        "truncate" => FaultKind::Truncate {
            at: keys.take("at", number)?,
        },
        "corrupt-json" => FaultKind::CorruptJson,
        "html" => FaultKind::Html {
            status: keys
                .take("status", |value| {
                    value
                        .parse()
                        .ok()
                        .filter(|status| (200..600).contains(status))
                        .ok_or("write a status from 200 to 599")
                })?
                .unwrap_or(200),
        },
        "error-in-200" => FaultKind::ErrorIn200,
        "content-type" => FaultKind::ContentType,
        "empty" => FaultKind::Empty,
        "new-field" => FaultKind::Shape(Shape::NewField),
        "new-value" => FaultKind::Shape(Shape::NewValue),
        "other-type" => FaultKind::Shape(Shape::OtherType),
        "nulls" => FaultKind::Shape(Shape::Nulls),
        "new-status" => FaultKind::Shape(Shape::Status(
            keys.take("status", |value| {
                value
                    .parse()
                    .ok()
                    .filter(|status| (200..300).contains(status))
                    .ok_or("write a status from 200 to 299")
            })?
            .unwrap_or(206),
        )),
        "changed" => FaultKind::Changed,
        "no-etag" => FaultKind::NoTag {
            at: keys.take("at", number)?,
        },
        "chunked" => FaultKind::Chunked {
            at: keys.take("at", number)?,
        },
        "no-length" => FaultKind::NoLength {
            at: keys.take("at", number)?,
        },
        "no-range" => FaultKind::NoRange,
        "no-if-range" => FaultKind::NoIfRange,
        "wrong-range" => FaultKind::WrongRange,
        "416" => FaultKind::Unsatisfiable {
            size: keys.take("at", number)?,
        },
        "redirect" => FaultKind::Redirect,
        "expired-token" => FaultKind::ExpiredToken,
        "missing" => FaultKind::Missing,
        "damaged" => FaultKind::Damaged,
        "encrypted" => FaultKind::Encrypted,
        "expired-link" => FaultKind::ExpiredLink,
        "stale-list" => FaultKind::StaleList,
        "job-failed" => FaultKind::JobFailed,
        "job-stuck" => FaultKind::JobStuck,
        "job-lost" => FaultKind::JobLost,
        _ => return Err(format!("there is no kind {word:?}; the kinds are {KINDS}")),
    })
}

/// A kind that cannot happen to what it is aimed at is a slip, not a fault that never comes.
fn suits(kind: FaultKind, target: &Target, word: &str) -> Result<(), String> {
    let able = match kind {
        FaultKind::StaleList => operations(Ability::Lists),
        FaultKind::JobFailed | FaultKind::JobStuck => operations(Ability::BeginsJob),
        FaultKind::JobLost => LOSSES.to_vec(),
        FaultKind::ExpiredLink => operations(Ability::MakesLinks),
        FaultKind::CorruptJson | FaultKind::Shape(_) if *target == Target::Download => {
            return Err(format!("`{word}` does not go with `download`"));
        }
        _ if kind.is_of_store() => {
            return match target {
                Target::Download | Target::Everything => Ok(()),
                _ => Err(format!("`{word}` goes with `download` alone")),
            };
        }
        _ => return Ok(()),
    };
    match target {
        Target::Operation(_, name) => match able.contains(&name.as_str()) {
            true => Ok(()),
            false => Err(format!(
                "`{word}` does not go with {name}, only with {}",
                able.join(", ")
            )),
        },
        Target::Download if kind != FaultKind::ExpiredLink => {
            Err(format!("`{word}` does not go with `download`"))
        }
        _ => Ok(()),
    }
}

fn number<T: FromStr>(value: &str) -> Result<T, &'static str> {
    value.parse().map_err(|_| "write a whole number")
}

/// The `KEY=VALUE` parts that are left.
struct Keys<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Keys<'a> {
    fn new(parts: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        parts
            .map(|part| {
                part.split_once('=')
                    .ok_or_else(|| format!("{part:?} has no value; write KEY=VALUE"))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn take<T, E: std::fmt::Display>(
        &mut self,
        name: &str,
        read: impl FnOnce(&'a str) -> Result<T, E>,
    ) -> Result<Option<T>, String> {
        let Some(place) = self.0.iter().position(|(key, _)| *key == name) else {
            return Ok(None);
        };
        let (_, value) = self.0.remove(place);
        read(value)
            .map(Some)
            .map_err(|problem| format!("{name}={value}: {problem}"))
    }

    fn finish(self, word: &str) -> Result<(), String> {
        match self.0.first() {
            None => Ok(()),
            Some((key, _)) => Err(format!(
                "{key} does not go with `{word}`, or stands there twice"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_text_is_read() {
        let fault: Fault =
            "dcs.ListInstances+download:503:retry-after=2:times=always:after=3:p=0.5:path=abc"
                .parse()
                .unwrap();
        assert_eq!(
            fault.targets,
            [
                Target::Operation(Some(Service::Dcs), "ListInstances".into()),
                Target::Download
            ]
        );
        assert_eq!(
            fault.kind,
            FaultKind::Unavailable {
                retry_after: Some(2)
            }
        );
        assert_eq!(
            fault.when,
            When {
                after: 3,
                times: None,
                probability: Some(0.5),
                path: Some("abc".into())
            }
        );
        let fault: Fault = "ShowInstance:404:code=DCS.3022".parse().unwrap();
        let FaultKind::Refused { status, code } = fault.kind else {
            panic!("{fault:?}");
        };
        assert_eq!((status, code.as_str()), (404, "DCS.3022"));
        let fault: Fault = "download:416:at=5".parse().unwrap();
        assert_eq!(fault.kind, FaultKind::Unsatisfiable { size: Some(5) });
        assert_eq!("*:500".parse::<Fault>().unwrap().when.times, Some(1));
        assert_eq!("*:500:p=1".parse::<Fault>().unwrap().when.times, None);
    }

    #[test]
    fn every_kind_that_is_named_can_be_read_and_is_documented() {
        let documentation = include_str!("mod.rs");
        let kinds: Vec<&str> = KINDS.split(", ").filter(|one| !one.contains(' ')).collect();
        assert!(kinds.len() > 30, "{kinds:?}");
        for word in kinds {
            let mut keys = Keys::new(std::iter::empty()).unwrap();
            assert!(kind(word, &mut keys).is_ok(), "{word}");
            assert!(documentation.contains(&format!("`{word}`")), "{word}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_explained() {
        for (text, part) in [
            ("", "no target"),
            ("ListRedislog", "no kind"),
            ("ListRedislog:418", "the kinds are 400"),
            ("ecs.*:500", "there are dcs, "),
            ("*:slow:delay=long", "delay=long: write a whole number"),
            ("*:slow:delay=18446744073709551615", "a day at most"),
            ("*:500:p=NaN", "from 0 to 1"),
            ("*:500:p=-0.1", "from 0 to 1"),
            ("*:500:p=inf", "from 0 to 1"),
            ("*:500:times=-1", "write a number or `always`"),
            ("*:500:times=4294967296", "write a number or `always`"),
            ("*:500:after=-1", "after=-1: write a whole number"),
            (
                "*:429:retry-after=-1",
                "retry-after=-1: write a whole number",
            ),
            ("download:reset-body:9999999999999999999", "KEY=VALUE"),
            (
                "download:reset-body:at=99999999999999999999",
                "write a whole number",
            ),
            ("*:500:p=2", "from 0 to 1"),
            ("*:500:often", "KEY=VALUE"),
            ("*:500:retry-after=1", "does not go with `500`"),
            ("*:500:times=1:times=2", "twice"),
            ("download:corrupt-json", "does not go"),
            ("download:nulls", "`nulls` does not go with `download`"),
            ("*:new-status:status=300", "from 200 to 299"),
            ("ListRedislog:no-range", "`download` alone"),
            ("rds.*:416", "`download` alone"),
            ("ListRedislog:redirect", "`download` alone"),
            ("download:no-range:at=5", "does not go with `no-range`"),
            ("ListRedislog:job-failed", "CreateRedislog, "),
            ("CopyInstance:job-lost", "only with CreateRedislog"),
            ("*:html:status=99", "from 200 to 599"),
            (
                "ShowInstance:409",
                "any status from 400 to 599 with the key `code`",
            ),
            ("ShowInstance:200:code=DCS.3022", "a status from 400 to 599"),
            (
                "ShowInstance:reset:code=DCS.3022",
                "a status from 400 to 599",
            ),
            ("ShowInstance:404:code=", "a code of at most 32 bytes"),
            ("ListFlavors:stale-list", "only with BatchShowNodes"),
            (
                "ShowMigrationTask:expired-link",
                "only with CreateRedislogDownloadLink",
            ),
        ] {
            let error = text.parse::<Fault>().unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
