//! `logs follow`: each entry once, whatever happens meanwhile.
#![cfg(unix)]

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use otcdb_simulator::{Clock, Service};
use serde_json::Value;

use crate::support::{Background, Cloud, otcdb};

const ROUNDS: usize = 24;

/// How much time passes in a round: an entry or two.
const STEP: Duration = Duration::from_secs(400);

/// How many steps this machine's clock is ahead at the start, so that all that is shown has come by then.
const AHEAD: u32 = ROUNDS as u32 + 1;

/// Entries are 302.4 s apart.
const ENTRIES: usize = 2000;

/// The first round shows those of this time, and none is near its beginning.
const SINCE: Duration = Duration::from_secs(7200);

/// What there was to show so far, and which entry of each instance came last.
struct Said {
    instances: Vec<(String, Service, &'static str)>,
    last: HashMap<String, Value>,
    all: Vec<Value>,
}

impl Said {
    fn new(cloud: &Cloud) -> Self {
        let redis = cloud.running.redis_instances();
        let redis = redis
            .into_iter()
            .map(|one| (one.id, Service::Dcs, "ListSlowlog"));
        let databases = cloud.running.database_instances().into_iter();
        let databases = databases.filter(|one| one.name.starts_with("mysql"));
        let databases = databases.map(|one| (one.id, Service::Rds, "ListErrorLogs"));
        let instances = redis.chain(databases).collect();
        let mut said = Self {
            instances,
            last: HashMap::new(),
            all: Vec::new(),
        };
        said.look(cloud, (SINCE.as_secs() * 10 / 3024) as usize);
        said
    }

    /// Looks at what is new, or at the newest ones if nothing is known.
    fn look(&mut self, cloud: &Cloud, first: usize) {
        for (id, service, list) in &self.instances {
            let entries = cloud.running.expected_entries(*service, list, id);
            let last = self.last.insert(id.clone(), entries[0].clone());
            let new = entries
                .into_iter()
                .take_while(|entry| Some(entry) != last.as_ref());
            match last {
                Some(_) => self.all.extend(new),
                None => self.all.extend(new.take(first)),
            }
        }
    }
}

struct Follow<'a> {
    cloud: &'a Cloud,
    dir: &'a Path,
    shown: &'a Path,
    child: Background,
}

impl<'a> Follow<'a> {
    fn start(cloud: &'a Cloud, dir: &'a Path, shown: &'a Path) -> Self {
        let kinds = ["--kind", "redis-slow", "--kind", "rds-error"];
        let instances = ["--instance", "redis-*", "--instance", "mysql-*"];
        let more = ["--interval", "1ms", "--output", "raw"];
        let since = format!("{}s", (SINCE + STEP * AHEAD).as_secs());
        let mut command = otcdb(["logs", "follow", "--since", &since]);
        command.arg(dir).args(kinds).args(instances).args(more);
        command.arg("--append").arg(shown);
        command.envs(cloud.running.env_password());
        let child = command.stdout(Stdio::null()).stderr(Stdio::null());
        Self {
            cloud,
            dir,
            shown,
            child: Background(child.spawn().unwrap()),
        }
    }

    fn lines(&self) -> usize {
        let text = std::fs::read(self.shown).unwrap_or_default();
        text.iter().filter(|byte| **byte == b'\n').count()
    }

    fn wait_until(&mut self, is_so: impl Fn(&Self) -> bool) {
        while !is_so(self) {
            assert_eq!(self.child.0.try_wait().unwrap(), None);
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until a round is over that began after this call.
    fn wait_for_round(&mut self) {
        let lists = |follow: &Self| follow.cloud.running.count("rds.ListInstances");
        let begun = lists(self);
        self.wait_until(|follow| lists(follow) > begun + 1);
    }

    fn signal(&mut self, signal: &str) -> Option<i32> {
        let id = self.child.0.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        self.child.0.wait().unwrap().code()
    }

    fn begin_again(&mut self) {
        *self = Self::start(self.cloud, self.dir, self.shown);
    }
}

#[test]
fn each_entry_is_shown_once_whatever_happens() {
    // The service's clock is behind by all the time that will pass: nothing is asked for that this machine's has not reached.
    let ahead = jiff::SignedDuration::try_from(STEP * AHEAD).unwrap();
    let started = Timestamp::now() - ahead;
    let cloud = Cloud::with(|builder| {
        builder
            .clock(Clock::manual(started))
            .entries(ENTRIES)
            .goes_on(true)
    });
    let out = tempfile::tempdir().unwrap();
    let (dir, shown) = (out.path().join("logs"), out.path().join("shown"));
    let mut said = Said::new(&cloud);
    let mut follow = Follow::start(&cloud, &dir, &shown);
    for round in 0..ROUNDS {
        let faults = match round % 6 {
            0 => &["ListSlowlog:429:times=3", "ListErrorLogs:503:times=2"][..],
            // Too many for all attempts of one call.
            1 => &["ListErrorLogs:503:times=6"],
            2 => &[
                "ListSlowlog:stale-list:times=2",
                "ListErrorLogs:stale-list:times=1",
            ],
            3 => &["ListInstances:429:times=2"],
            4 => &["ListSlowlog:reset:times=2"],
            _ => &[],
        };
        let faults = faults.iter().map(|fault| fault.parse().unwrap());
        cloud.running.set_faults(faults.collect()).unwrap();
        cloud.running.clock().advance(STEP);
        if round % 6 == 3 {
            cloud.running.expire_tokens();
        }
        said.look(&cloud, 0);
        match round % 4 {
            // In the middle of whatever it does.
            1 => {
                assert_eq!(follow.signal("-TERM"), Some(0));
                follow.begin_again();
            }
            // When it has written what it has shown.
            3 => {
                let all = said.all.len();
                follow.wait_until(|follow| follow.lines() >= all);
                follow.wait_for_round();
                follow.signal("-KILL");
                follow.begin_again();
            }
            _ => {}
        }
        // What comes late is asked for again when time has passed.
        let is_late = round % 6 == 2;
        let all = if is_late { 0 } else { said.all.len() };
        follow.wait_until(|follow| follow.lines() >= all);
        follow.wait_for_round();
        assert_eq!(cloud.running.idle_faults(), [""; 0], "round {round}");
    }
    // Nothing more comes.
    follow.wait_for_round();
    assert_eq!(follow.signal("-INT"), Some(0));
    let text = std::fs::read_to_string(&shown).unwrap();
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap().to_string())
        .collect();
    let mut all: Vec<String> = said.all.iter().map(Value::to_string).collect();
    lines.sort();
    all.sort();
    assert!(lines == all, "{} of {} lines", lines.len(), all.len());
}
