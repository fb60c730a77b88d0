//! The password of an instance.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::clock::later;

/// Wrong passwords until a lock.
const TRIES: u32 = 5;
/// How long a lock lasts.
pub(super) const LOCK_MINUTES: u64 = 5;

/// How an instance is entered.
#[derive(Clone, Debug, Default)]
pub(super) struct Login {
    /// Nothing if no password is needed.
    password: Option<SecretString>,
    wrong: u32,
    locked_until: Option<Timestamp>,
}

/// What comes of a change of the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Changed {
    Done,
    /// With the tries that are left.
    Wrong(u32),
    /// With the minutes that are left.
    Locked(u64),
}

impl Login {
    pub(super) fn new(password: Option<&str>) -> Self {
        Self {
            password: password.map(SecretString::from),
            wrong: 0,
            locked_until: None,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.password.is_none()
    }

    /// Minutes until the lock ends, rounded up.
    pub(super) fn locked(&self, now: Timestamp) -> Option<u64> {
        let left = self.locked_until?.duration_since(now).as_millis();
        let left = u64::try_from(left).ok().filter(|left| *left > 0)?;
        Some(left.div_ceil(60_000))
    }

    /// Changes the password if the old one is right. Five wrong ones lock it for five minutes.
    pub(super) fn change(&mut self, old: &str, new: &str, now: Timestamp) -> Changed {
        if let Some(left) = self.locked(now) {
            return Changed::Locked(left);
        }
        if self.locked_until.take().is_some() {
            self.wrong = 0;
        }
        let right = self
            .password
            .as_ref()
            .is_some_and(|password| password.expose_secret() == old);
        if right {
            *self = Self::new(Some(new));
            return Changed::Done;
        }
        self.wrong += 1;
        if self.wrong < TRIES {
            return Changed::Wrong(TRIES - self.wrong);
        }
        self.locked_until = Some(later(now, Duration::from_secs(LOCK_MINUTES * 60)));
        Changed::Locked(LOCK_MINUTES)
    }
}

/// Whether a password has 8 to 32 characters of at least three kinds, and no others.
pub(super) fn is_complex(password: &str) -> bool {
    const SPECIAL: &str = "`~!@#$^&*()-_=+\\|{},<.>/?";
    let is: [fn(char) -> bool; 4] = [
        |c| c.is_ascii_lowercase(),
        |c| c.is_ascii_uppercase(),
        |c| c.is_ascii_digit(),
        |c| SPECIAL.contains(c),
    ];
    let kinds = is.iter().filter(|is| password.chars().any(**is)).count();
    let known = password.chars().all(|c| is.iter().any(|is| is(c)));
    (8..=32).contains(&password.len()) && known && kinds >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_as_complex_as_documented() {
        for good in ["Abcdefg1", "abc-1234", "ABC?1234"] {
            assert!(is_complex(good), "{good}");
        }
        for bad in [
            "Abcde-1",
            "abcdefgh",
            "abcd1234",
            "Abc 1234",
            "Ab1ä5678",
            &"Ab1-".repeat(9),
        ] {
            assert!(!is_complex(bad), "{bad}");
        }
    }

    #[test]
    fn five_wrong_passwords_lock_for_five_minutes() {
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let mut login = Login::new(Some("right"));
        for left in [4, 3, 2, 1] {
            assert_eq!(login.change("wrong", "new", now), Changed::Wrong(left));
        }
        assert_eq!(login.change("wrong", "new", now), Changed::Locked(5));
        let soon = later(now, Duration::from_secs(61));
        assert_eq!(login.change("right", "new", soon), Changed::Locked(4));
        let end = later(now, Duration::from_secs(300));
        assert_eq!(login.change("wrong", "new", end), Changed::Wrong(4));
        assert_eq!(login.change("right", "new", end), Changed::Done);
        assert!(!format!("{login:?}").contains("new"));
    }
}
