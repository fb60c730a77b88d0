//! Shares of the instances, for several machines that pull together.

use std::fmt;
use std::str::FromStr;

use otcdb_core::{Error, Result};
use sha2::{Digest as _, Sha256};

/// One of several equal shares of the instances. Each instance is in exactly one, and few change theirs when the number of
/// shares does: only what a new share takes, or what one that is gone has left.
///
/// ```
/// use otcdb_logs::Shard;
///
/// let shards: Vec<Shard> = (1..=8).map(|number| Shard::new(number, 8).unwrap()).collect();
/// let mine = shards.iter().filter(|shard| shard.has("3da027fd-4886-1f21-9cfb-a9fe712ba3cd"));
/// assert_eq!(mine.count(), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: u32,
    count: u32,
}

impl Shard {
    /// The most shares that there can be.
    pub const MOST: u32 = 1000;

    /// The share with this number, from 1, of so many.
    ///
    /// # Errors
    /// There is no such share, or there are more than [`MOST`](Self::MOST).
    pub fn new(number: u32, count: u32) -> Result<Self> {
        if (1..=count).contains(&number) && count <= Self::MOST {
            return Ok(Self { number, count });
        }
        Err(Error::invalid_argument(format!(
            "there is no shard {number} of {count}: shards are numbered from 1 to their number, which is at most {}",
            Self::MOST
        )))
    }

    /// Whether an instance, by its id, is in this share: rendezvous hashing, in which the highest of the shares' weights
    /// for it wins.
    pub fn has(self, instance: &str) -> bool {
        let weight = |number: u32| {
            let mut hash = Sha256::new();
            hash.update(number.to_be_bytes());
            hash.update(instance.as_bytes());
            (hash.finalize(), number)
        };
        (1..=self.count).map(weight).max().map(|(_, number)| number) == Some(self.number)
    }
}

/// As it is written: `3/8`.
impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let numbers = text
            .split_once('/')
            .and_then(|(number, count)| Some((number.parse().ok()?, count.parse().ok()?)));
        match numbers {
            Some((number, count)) => Self::new(number, count),
            None => Err(Error::invalid_argument(format!(
                "{text:?} is no shard; write its number, from 1, and how many there are, such as 3/8"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(instance: &str, count: u32) -> u32 {
        let mut owners =
            (1..=count).filter(|number| Shard::new(*number, count).unwrap().has(instance));
        let owner = owners.next().unwrap();
        assert_eq!(owners.next(), None, "{instance} is in two shares");
        owner
    }

    #[test]
    fn each_instance_is_in_one_share_and_few_move_when_one_comes() {
        let instances: Vec<String> = (0..2000)
            .map(|number| format!("instance-{number}"))
            .collect();
        let mut sizes = [0; 8];
        let mut moved = 0;
        for instance in &instances {
            let before = owner(instance, 7);
            let after = owner(instance, 8);
            sizes[after as usize - 1] += 1;
            if before != after {
                assert_eq!(after, 8, "only to the new one");
                moved += 1;
            }
        }
        assert!(
            sizes.iter().all(|size| (180..320).contains(size)),
            "{sizes:?}"
        );
        assert_eq!(moved, sizes[7]);
    }

    #[test]
    fn a_share_is_read_as_it_is_written() {
        let shard: Shard = "3/8".parse().unwrap();
        assert_eq!(
            (shard, shard.to_string()),
            (
                Shard {
                    number: 3,
                    count: 8
                },
                "3/8".to_owned()
            )
        );
        for bad in [
            "", "3", "0/8", "9/8", "a/8", "3/0", "1/1001", "-1/8", "3/8/1",
        ] {
            assert!(bad.parse::<Shard>().is_err(), "{bad:?}");
        }
    }
}
