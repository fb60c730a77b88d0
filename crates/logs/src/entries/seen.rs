//! Which entries were fetched already: digests of those at both ends of a file, where it meets others.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::time::Duration;

use jiff::Timestamp;
use otcdb_core::Result;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::entry::{Digest, Entry, Fields, Identity};
use super::order::Order;
use crate::files::{Access, Files, file_error};
use crate::packing;
use crate::time::{Interval, earlier, later};

/// How many entries are kept of one end. Where a flood has more, that end reaches less far.
const MOST: usize = 50_000;

/// An entry whose time is further outside of what was asked for is one without a time.
const SLACK: Duration = Duration::from_secs(24 * 60 * 60);

/// The entries at the ends of a file, while it is written or read.
#[derive(Debug)]
pub(crate) struct Ends {
    /// Where times can lie.
    bounds: Interval,
    /// How far the two ends reach, unless there is a flood.
    reach: (Duration, Duration),
    head: End,
    tail: End,
    /// The last time at which a flood has washed entries away from the tail.
    floor: Option<Timestamp>,
    untimed: Vec<Identity>,
    count: usize,
    oldest: Option<Timestamp>,
    newest: Option<Timestamp>,
    /// The time of the entry that came last.
    last: Option<Timestamp>,
    /// How many entries are older than the one before.
    falls: u64,
    /// How many entries are newer than the one before.
    rises: u64,
}

#[derive(Debug, Default)]
struct End {
    entries: BTreeMap<Timestamp, Vec<Identity>>,
    count: usize,
}

impl End {
    /// Whether it has to forget something.
    fn is_flooded(&self) -> bool {
        self.count > MOST && self.entries.len() > 1
    }

    fn add(&mut self, time: Timestamp, identity: Identity) {
        self.entries.entry(time).or_default().push(identity);
        self.count += 1;
    }

    fn forget(&mut self, time: Timestamp) {
        let gone = self.entries.remove(&time);
        self.count -= gone.map_or(0, |gone| gone.len());
    }
}

/// How long one instant is after another.
fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

impl Ends {
    /// For a file of an interval; both ends are to reach so far.
    pub(crate) fn new(interval: Interval, head: Duration, tail: Duration) -> Self {
        Self {
            bounds: Interval {
                from: earlier(interval.from, SLACK),
                to: later(interval.to, SLACK),
            },
            reach: (head, tail),
            head: End::default(),
            tail: End::default(),
            floor: None,
            untimed: Vec::new(),
            count: 0,
            oldest: None,
            newest: None,
            last: None,
            falls: 0,
            rises: 0,
        }
    }

    /// How the entries have to be put into order, if they are not.
    pub(super) fn order(&self, fields: Fields) -> Option<Order> {
        (self.falls > 0).then_some(Order {
            fields,
            bounds: self.bounds,
            begins_with_newest: self.falls > self.rises,
        })
    }

    pub(crate) fn add(&mut self, entry: &Entry) {
        self.count += 1;
        let Some(time) = entry.time.filter(|time| self.bounds.has(*time)) else {
            if self.untimed.len() < MOST {
                self.untimed.push(entry.identity);
            }
            return;
        };
        if let Some(last) = self.last.replace(time) {
            self.falls += u64::from(time < last);
            self.rises += u64::from(last < time);
        }
        let oldest = self.oldest.map_or(time, |oldest| oldest.min(time));
        let newest = self.newest.map_or(time, |newest| newest.max(time));
        (self.oldest, self.newest) = (Some(oldest), Some(newest));

        // Times are counted from the first and the last entry, so that it does not matter in which order they come.
        self.head.add(time, entry.identity);
        while let Some((&last, _)) = self.head.entries.last_key_value()
            && (last > later(oldest, self.reach.0) || self.head.is_flooded())
        {
            self.head.forget(last);
        }
        // What a flood has washed away stays away: an end without holes is worth more than a few entries.
        if self.floor.is_some_and(|floor| time <= floor) {
            return;
        }
        self.tail.add(time, entry.identity);
        while let Some((&first, _)) = self.tail.entries.first_key_value() {
            if first < earlier(newest, self.reach.1) {
                self.tail.forget(first);
            } else if self.tail.is_flooded() {
                self.tail.forget(first);
                self.floor = Some(first);
            } else {
                break;
            }
        }
    }

    /// The time of the first and of the last entry.
    pub(crate) fn times(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        (self.oldest, self.newest)
    }

    /// What was seen.
    pub(crate) fn seen(self) -> Seen {
        let first = self.tail.entries.first_key_value().map(|(time, _)| *time);
        let reach = match (self.newest, self.floor, first) {
            (Some(newest), Some(floor), Some(first)) if floor >= earlier(newest, self.reach.1) => {
                between(first, newest)
            }
            _ => self.reach.1,
        };
        let begins = self.newest.map(|newest| earlier(newest, reach));
        let head = self.head.entries.into_iter();
        // What both ends have is one entry, not two.
        let head = head.filter(|(time, _)| begins.is_some_and(|begins| *time < begins));
        let tail = self.tail.entries.into_iter();
        let timed = head.chain(tail).flat_map(|(_, identities)| identities);
        let identities: Vec<_> = self.untimed.into_iter().chain(timed).collect();
        Seen {
            is_whole: identities.len() == self.count,
            identities,
            reach,
        }
    }
}

/// What was seen of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    #[serde(rename = "seen")]
    pub(crate) identities: Vec<Identity>,
    /// Every entry is among them that is no further than this before the newest one.
    #[serde(rename = "reach_ms", with = "milliseconds")]
    pub(crate) reach: Duration,
    /// Every entry is.
    #[serde(rename = "whole")]
    pub(crate) is_whole: bool,
}

mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(reach: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(reach.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}

impl Seen {
    /// How far before its end an interval can be asked for again with every entry known.
    pub(crate) fn reach(&self) -> Duration {
        if self.is_whole {
            Duration::MAX
        } else {
            self.reach
        }
    }
}

/// Reads what was seen from the file itself.
///
/// # Errors
/// It cannot be read.
pub(crate) fn read(files: &Files, path: &str, fields: Fields, mut ends: Ends) -> Result<Ends> {
    let failed = |error: io::Error| file_error("read", &files.full(path), error);
    let file = files.open(path, Access::Read)?;
    let mut file = packing::reader(file, path).map_err(failed)?;
    let mut line = Vec::new();
    loop {
        line.clear();
        if file.read_until(b'\n', &mut line).map_err(failed)? == 0 {
            return Ok(ends);
        }
        // What is no entry is none that a service sends.
        if let Ok(sent) = serde_json::from_slice::<&RawValue>(&line) {
            ends.add(&Entry::new(sent, fields));
        }
    }
}

/// Entries that were fetched already, each as often as it was.
#[derive(Debug, Default)]
struct Multiset(HashMap<Digest, Vec<Digest>>);

impl Multiset {
    fn add(&mut self, seen: Seen) {
        for identity in seen.identities {
            self.0
                .entry(identity.content)
                .or_default()
                .push(identity.whole);
        }
    }

    /// Takes an entry out, and says whether it was there; one with another number too, if that does not matter.
    fn take(&mut self, identity: Identity, with_any_number: bool) -> bool {
        let Some(known) = self.0.get_mut(&identity.content) else {
            return false;
        };
        match known.iter().position(|whole| *whole == identity.whole) {
            Some(place) => {
                known.swap_remove(place);
                true
            }
            None => with_any_number && known.pop().is_some(),
        }
    }
}

/// What a response has to leave out.
#[derive(Debug)]
pub(crate) struct Known {
    fields: Fields,
    seen: Multiset,
    /// Of files that the first version of this program wrote, which kept what is described of an entry.
    first_version: Multiset,
    /// How many entries the response had so far.
    place: u64,
    /// Whether each had its place in the response as its number, so that the same entry has another one in the next
    /// response.
    are_places: bool,
}

impl Known {
    pub(crate) fn new(fields: Fields) -> Self {
        Self {
            fields,
            seen: Multiset::default(),
            first_version: Multiset::default(),
            place: 0,
            are_places: true,
        }
    }

    pub(crate) fn add(&mut self, seen: Seen, is_of_first_version: bool) {
        match is_of_first_version {
            true => self.first_version.add(seen),
            false => self.seen.add(seen),
        }
    }

    /// Whether the next entry of the response was fetched already. `described` gives what the first version would have
    /// kept.
    pub(crate) fn take(
        &mut self,
        entry: &Entry,
        described: impl FnOnce() -> Option<String>,
    ) -> bool {
        self.are_places &= entry
            .number
            .is_some_and(|number| number == self.place || number == self.place + 1);
        self.place += 1;
        if self.seen.take(entry.identity, self.are_places) {
            return true;
        }
        if self.first_version.0.is_empty() {
            return false;
        }
        let described = described().and_then(|json| RawValue::from_string(json).ok());
        described.is_some_and(|described| {
            let described = Entry::new(&described, self.fields);
            self.first_version.take(described.identity, self.are_places)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FIELDS: Fields = Fields {
        time: "time",
        number: Some("id"),
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn interval(from: i64, to: i64) -> Interval {
        Interval {
            from: at(from),
            to: at(to),
        }
    }

    /// An entry of a second; `what` tells those of one second apart.
    fn entry(second: i64, what: u8) -> Entry {
        let json = format!(r#"{{"time":{second},"what":{what}}}"#);
        Entry::new(&RawValue::from_string(json).unwrap(), FIELDS)
    }

    fn seen<'a>(entries: impl IntoIterator<Item = &'a Entry>, reach: u64) -> Seen {
        let reach = Duration::from_secs(reach);
        let mut ends = Ends::new(interval(0, 1000), reach, reach);
        entries.into_iter().for_each(|entry| ends.add(entry));
        ends.seen()
    }

    fn numbers(seen: &Seen) -> Vec<Digest> {
        let mut all: Vec<_> = seen.identities.iter().map(|it| it.whole).collect();
        all.sort_unstable();
        all
    }

    proptest! {
        #[test]
        fn the_ends_have_every_entry_within_their_reach_in_any_order(
            times in prop::collection::vec((0_i64..100, 0_u8..2), 1..60), reach in 0_u64..40, seed in any::<u64>(),
        ) {
            let mut entries: Vec<_> = times.iter().map(|(time, what)| entry(*time, *what)).collect();
            let first = seen(&entries, reach);
            let (oldest, newest) = (
                times.iter().map(|it| it.0).min().unwrap(),
                times.iter().map(|it| it.0).max().unwrap(),
            );
            let reach_there = i64::try_from(reach).unwrap();
            let mut within: Vec<_> = times
                .iter()
                .filter(|it| it.0 <= oldest + reach_there || it.0 >= newest - reach_there)
                .map(|it| entry(it.0, it.1).identity.whole)
                .collect();
            within.sort_unstable();
            prop_assert_eq!(numbers(&first), within.clone());
            prop_assert_eq!(first.is_whole, within.len() == entries.len());
            fastrand::Rng::with_seed(seed).shuffle(&mut entries);
            prop_assert_eq!(numbers(&seen(&entries, reach)), within);
        }

        #[test]
        fn a_response_leaves_out_what_was_seen_as_often_as_it_was(
            before in prop::collection::vec((0_i64..4, 0_u8..3), 0..30),
            now in prop::collection::vec((0_i64..4, 0_u8..3), 0..30),
        ) {
            let all = |entries: &[(i64, u8)]| -> Vec<Entry> {
                entries.iter().map(|(time, what)| entry(*time, *what)).collect()
            };
            let mut known = Known::new(FIELDS);
            known.add(seen(&all(&before), 10), false);
            let mut left: Vec<_> = all(&now);
            left.retain(|entry| !known.take(entry, || None));
            for time in 0..4 {
                for what in 0..3 {
                    let count = |entries: &[Entry]| {
                        let wanted = entry(time, what).identity;
                        entries.iter().filter(|entry| entry.identity == wanted).count()
                    };
                    let (before, now) = (count(&all(&before)), count(&all(&now)));
                    prop_assert_eq!(count(&left), now.saturating_sub(before));
                }
            }
        }
    }

    #[test]
    fn entries_without_a_possible_time_are_known_too() {
        let odd = |json: &str| Entry::new(&RawValue::from_string(json.to_owned()).unwrap(), FIELDS);
        let entries = [
            odd(r#"{"time":"soon"}"#),
            odd("7"),
            odd(r#"{"time":"2099-01-01T00:00:00Z"}"#),
            entry(500, 0),
        ];
        let reach = Duration::from_secs(1);
        let mut ends = Ends::new(interval(0, 1000), reach, reach);
        entries.iter().for_each(|entry| ends.add(entry));
        assert_eq!(ends.times(), (Some(at(500)), Some(at(500))));
        let seen = ends.seen();
        assert!(seen.is_whole && seen.identities.len() == 4);
        assert_eq!(seen.reach(), Duration::MAX);
    }

    #[test]
    fn a_flood_is_known_less_far() {
        let half = MOST as i64 / 2;
        let seconds = [100, 150, 175, 200, 230];
        let mut flood: Vec<_> = seconds
            .into_iter()
            .flat_map(|second| vec![entry(second, 1); MOST / 2])
            .collect();
        let seen = seen(&flood, 1000);
        assert!(!seen.is_whole);
        assert_eq!(seen.reach(), Duration::from_secs(30));
        for second in [100, 150, 200, 230] {
            let there = entry(second, 1).identity;
            let count = seen.identities.iter().filter(|it| **it == there).count();
            assert_eq!(count as i64, half, "{second}");
        }
        // A flood long before the end does not matter there.
        flood.push(entry(990, 2));
        assert_eq!(self::seen(&flood, 100).reach(), Duration::from_secs(100));
    }

    #[test]
    fn a_number_that_is_a_place_does_not_tell_entries_apart() {
        let numbered = |id: u64, second: i64| {
            let json = format!(r#"{{"id":{id},"time":{second}}}"#);
            Entry::new(&RawValue::from_string(json).unwrap(), FIELDS)
        };
        let left = |before: &[Entry], now: &[Entry]| -> Vec<u64> {
            let mut known = Known::new(FIELDS);
            known.add(seen(before, 10), false);
            let left = now.iter().filter(|entry| !known.take(entry, || None));
            left.filter_map(|entry| entry.number).collect()
        };
        let before = [numbered(57, 1), numbered(58, 2), numbered(59, 2)];
        let places = [
            numbered(0, 2),
            numbered(1, 2),
            numbered(2, 2),
            numbered(3, 3),
        ];
        assert_eq!(left(&before, &places), [2, 3]);
        // Numbers that are no places are part of what an entry is.
        let own = [numbered(58, 2), numbered(59, 2), numbered(60, 2)];
        assert_eq!(left(&before, &own), [60]);
        let late = [numbered(55, 2), numbered(58, 2), numbered(59, 2)];
        assert_eq!(left(&before, &late), [55]);
    }

    #[test]
    fn what_the_first_version_kept_is_compared_with_what_it_would_have_kept() {
        let mut known = Known::new(FIELDS);
        known.add(seen(&[entry(1, 0)], 10), true);
        let now = |json: &str| Entry::new(&RawValue::from_string(json.to_owned()).unwrap(), FIELDS);
        let new = now(r#"{"time":1,"what":0,"more":true}"#);
        assert!(!known.take(&new, || None));
        assert!(known.take(&new, || Some(r#"{"what":0,"time":1}"#.to_owned())));
        assert!(!known.take(&new, || Some(r#"{"what":0,"time":1}"#.to_owned())));
    }
}
