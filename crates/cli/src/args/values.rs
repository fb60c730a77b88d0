//! Values of flags. The messages follow the parser's own `invalid value '…' for '--flag': `.

use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use http::{HeaderName, HeaderValue, Method};
use jiff::{Span, SpanRelativeTo};
use otcdb_core::Service;
use otcdb_logs::{Engine, LogKind};
use otcdb_simulator::{MOST_BYTES, MOST_INSTANCES};

/// The endpoint of a service, or of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) service: Option<Service>,
    pub(crate) url: String,
}

/// Three numbers of instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts(pub(crate) [usize; 3]);

/// `90s`, `2h 30m`, `3d`, `1w`; days have 24 hours.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    const FORM: &str = "write a number and a unit, such as 500ms, 90s, 30m, 2h, 3d or 1w";
    let span: Span = text.parse().map_err(|_| match is_too_long(text) {
        true => "no duration is longer than 7304484d".to_owned(),
        false => FORM.to_owned(),
    })?;
    let duration = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| {
            "months and years have no fixed length; write days (d) or weeks (w)".to_owned()
        })?;
    Duration::try_from(duration).map_err(|_| "a duration cannot be negative".to_owned())
}

/// Whether a text that cannot be read as a duration could be with smaller numbers.
fn is_too_long(text: &str) -> bool {
    const DIGITS: usize = 5;
    let mut short = String::new();
    let mut run = 0;
    let mut longest = 0;
    for c in text.chars() {
        run = if c.is_ascii_digit() { run + 1 } else { 0 };
        longest = longest.max(run);
        if run <= 1 {
            short.push(if run == 1 { '1' } else { c });
        }
    }
    let day = SpanRelativeTo::days_are_24_hours();
    let has_length = |span: Span| span.to_duration(day).is_ok();
    longest > DIGITS && short.parse().is_ok_and(has_length)
}

/// A duration that is not 0.
pub(crate) fn positive(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("write a duration that is longer than 0".to_owned()),
        duration => Ok(duration),
    }
}

/// A number that is not 0.
pub(crate) fn count(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|count| (1..=1000).contains(count))
        .ok_or_else(|| "write a number from 1 to 1000".to_owned())
}

/// `500`, `10KiB`, `2MB`, `1g`: a whole number of bytes, with a unit of 1024 or 1000.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    const FORM: &str = "write a number of bytes, such as 500, 64KiB, 500MiB or 2GiB";
    let text = text.trim();
    let end = text
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "t" | "tib" => 1 << 40,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        _ => return Err(FORM.to_owned()),
    };
    let number: u64 = number.trim().parse().map_err(|_| FORM.to_owned())?;
    number
        .checked_mul(factor)
        .ok_or_else(|| "no file is as large as that".to_owned())
}

/// Permissions of files, in octal: their owner's at least, so that the next run can go on, and nothing that is executed.
pub(crate) fn mode(text: &str) -> Result<u32, String> {
    u32::from_str_radix(text.strip_prefix("0o").unwrap_or(text), 8)
        .ok()
        .filter(|mode| mode & 0o600 == 0o600 && mode & !0o666 == 0)
        .ok_or_else(|| "write permissions of files in octal, such as 600, 640 or 644".to_owned())
}

/// The names of all services, with commas and an `or` between them.
pub(crate) fn services() -> String {
    let names = Service::ALL.map(Service::as_str);
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// One of these services.
pub(crate) fn service(services: &[Service]) -> impl TypedValueParser<Value = Service> + use<> {
    let names: Vec<&str> = services.iter().map(|service| service.as_str()).collect();
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Service>())
}

/// A kind of log.
pub(crate) fn kind() -> impl TypedValueParser<Value = LogKind> {
    PossibleValuesParser::new(LogKind::ALL.map(LogKind::as_str))
        .try_map(|name| name.parse::<LogKind>())
}

/// An engine whose logs can be pulled.
pub(crate) fn engine() -> impl TypedValueParser<Value = Engine> {
    PossibleValuesParser::new(Engine::KNOWN.map(|(name, _)| name)).map(|name| Engine::named(&name))
}

/// `KEY=VALUE` of a tag. A value may be empty.
pub(crate) fn tag(text: &str) -> Result<(String, String), String> {
    pair(text).map_err(|_| "write KEY=VALUE, such as team=orders".to_owned())
}

/// Anything that reads itself.
pub(crate) fn parsed<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// A method in any letter case.
pub(crate) fn method(text: &str) -> Result<Method, String> {
    const KNOWN: [Method; 6] = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
    ];
    let upper = text.to_ascii_uppercase();
    KNOWN
        .into_iter()
        .find(|method| method.as_str() == upper)
        .ok_or_else(|| "write GET, POST, PUT, PATCH, DELETE or HEAD".to_owned())
}

/// `NAME=VALUE`.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE, such as limit=5".to_owned()),
    }
}

/// `NAME: VALUE`.
pub(crate) fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or_else(|| "write NAME: VALUE, such as 'X-Language: en-us'".to_owned())?;
    let name = name
        .trim()
        .parse()
        .map_err(|_| format!("{:?} is no name of a header", name.trim()))?;
    let value = value
        .trim()
        .parse()
        .map_err(|_| "a header's value is one line of visible characters".to_owned())?;
    Ok((name, value))
}

/// `SERVICE=URL` or `URL`.
pub(crate) fn endpoint(text: &str) -> Result<Endpoint, String> {
    let (service, url) = match text.split_once('=') {
        Some((service, url)) if !service.contains('/') => {
            let service = service
                .parse()
                .map_err(|_| format!("{service:?} is no service; write {}", services()))?;
            (Some(service), url)
        }
        _ => (None, text),
    };
    if !url.starts_with("https://") && !url.starts_with("http://") {
        let one = service.unwrap_or(Service::IDENTITY);
        return Err(format!(
            "write SERVICE=URL, such as {one}=https://{one}.eu-de.otc.t-systems.com"
        ));
    }
    Ok(Endpoint {
        service,
        url: url.to_owned(),
    })
}

/// `N,N,N`.
pub(crate) fn counts(text: &str) -> Result<Counts, String> {
    let numbers: Option<Vec<usize>> = text
        .split(',')
        .map(|number| {
            number
                .trim()
                .parse()
                .ok()
                .filter(|number| *number <= MOST_INSTANCES)
        })
        .collect();
    numbers
        .and_then(|numbers| numbers.try_into().ok())
        .map(Counts)
        .ok_or_else(|| format!("write three numbers up to {MOST_INSTANCES}, such as 2,2,2"))
}

/// A number that is not larger than another.
pub(crate) fn up_to(most: usize) -> impl Fn(&str) -> Result<usize, String> + Clone {
    move |text| {
        let number = text.parse().ok().filter(|number| *number <= most);
        number.ok_or_else(|| format!("write a number up to {most}"))
    }
}

/// `BYTES` or `BYTES-BYTES`.
pub(crate) fn sizes(text: &str) -> Result<RangeInclusive<u64>, String> {
    let (smallest, largest) = text.split_once('-').unwrap_or((text, text));
    match (
        smallest.trim().parse::<u64>(),
        largest.trim().parse::<u64>(),
    ) {
        (Ok(smallest), Ok(largest)) if smallest <= largest && largest <= MOST_BYTES => {
            Ok(smallest..=largest)
        }
        _ => Err(format!(
            "write a number of bytes up to {MOST_BYTES}, or the smallest and the largest, such as 40000-120000"
        )),
    }
}

/// Whether a flag was given any number of times, for flags without a value.
pub(crate) fn is_set(matches: &clap::ArgMatches, id: &str) -> bool {
    // A flag that the operation does not have is not among its matches.
    matches
        .try_get_one::<bool>(id)
        .ok()
        .flatten()
        .copied()
        .unwrap_or_default()
}

/// A flag without a value.
pub(crate) fn switch(id: &'static str) -> clap::Arg {
    clap::Arg::new(id).long(id).action(clap::ArgAction::SetTrue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        let seconds = |text| duration(text).map(|duration| duration.as_secs());
        assert_eq!(seconds("2h"), Ok(7200));
        assert_eq!(seconds("3d"), Ok(259_200));
        assert_eq!(seconds("1w"), Ok(604_800));
        assert_eq!(seconds("1h 30m"), Ok(5400));
        assert_eq!(seconds("PT90S"), Ok(90));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("0s"), Ok(Duration::ZERO));
        assert!(positive("0s").is_err() && positive("1ms").is_ok());
        for bad in [
            "",
            "5",
            "soon",
            "-2h",
            "1mo",
            "1y",
            "2h ago",
            "99999999999999999d",
        ] {
            assert!(duration(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_duration_that_no_clock_reaches_is_called_that() {
        assert!(duration("7304484d").is_ok());
        for long in [
            "99999999999d",
            "99999999999999999999999s",
            "1d 99999999999h",
            "10000000w",
        ] {
            let error = duration(long).unwrap_err();
            assert!(error.contains("longer than 7304484d"), "{long}: {error}");
        }
        for other in ["99999999999", "99999999999 soon", "123456y", ""] {
            let error = duration(other).unwrap_err();
            assert!(!error.contains("7304484d"), "{other}: {error}");
        }
    }

    #[test]
    fn endpoints_are_of_one_service_or_of_all() {
        let url = "http://127.0.0.1:1/a=b".to_owned();
        assert_eq!(
            endpoint("http://127.0.0.1:1/a=b"),
            Ok(Endpoint {
                service: None,
                url: url.clone()
            })
        );
        assert_eq!(
            endpoint("rds=http://127.0.0.1:1/a=b"),
            Ok(Endpoint {
                service: Some(Service::Rds),
                url
            })
        );
        for bad in [
            "",
            "ecs=https://a",
            "dcs=",
            "dcs=example.com",
            "example.com",
        ] {
            assert!(endpoint(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_is_no_service_is_told_which_there_are() {
        let error = endpoint("ecs=https://a").unwrap_err();
        for service in Service::ALL {
            assert!(error.contains(service.as_str()), "{error}");
            let given = format!("{service}=https://a");
            assert_eq!(endpoint(&given).unwrap().service, Some(service));
        }
    }

    #[test]
    fn sizes_have_units_of_1024_or_1000() {
        for (text, size) in [
            ("0", 0),
            ("500", 500),
            ("1KiB", 1024),
            ("2 MiB", 2 << 20),
            ("3kb", 3000),
            ("1g", 1 << 30),
        ] {
            assert_eq!(bytes(text), Ok(size), "{text}");
        }
        for bad in ["", "KiB", "-1", "1.5MiB", "1 parsec", "99999999999TiB"] {
            assert!(bytes(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn modes_are_octal_and_leave_files_to_their_owner() {
        assert_eq!((mode("600"), mode("0640")), (Ok(0o600), Ok(0o640)));
        for bad in ["", "400", "755", "0o1644", "rw", "-600", "888"] {
            assert!(mode(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn lists_and_ranges_of_numbers_are_read_whole() {
        assert_eq!(counts("1, 2,3"), Ok(Counts([1, 2, 3])));
        for bad in ["", "1,2", "1,2,3,4", "1,-2,3", "1,2,x", "1,2,99999"] {
            assert!(counts(bad).is_err(), "{bad:?}");
        }
        assert_eq!(sizes("7"), Ok(7..=7));
        assert_eq!(sizes("1-9"), Ok(1..=9));
        for bad in [
            "18446744073709551615",
            "1-1125899906842625",
            "999999TiB",
            "-5",
            "1e3",
        ] {
            assert!(sizes(bad).is_err(), "{bad:?}");
        }
        assert_eq!(up_to(5)("5"), Ok(5));
        for bad in ["6", "-1", "18446744073709551616", "x", ""] {
            assert_eq!(up_to(5)(bad), Err("write a number up to 5".to_owned()));
        }
        assert!(sizes("9-1").is_err() && sizes("-1").is_err() && sizes("1-2-3").is_err());
    }

    #[test]
    fn headers_and_pairs_have_a_name() {
        assert_eq!(pair("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert!(pair("=b").is_err() && pair("a").is_err());
        assert_eq!(header("X-Language: zh-cn").unwrap().1, "zh-cn");
        assert!(header("a b: c").is_err() && header("a: b\nc").is_err() && header("a").is_err());
    }
}
