//! Names, ids and numbers that follow from the seed.

use sha2::{Digest, Sha256};

/// The source of everything that looks random: the same seed gives the same cloud.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seed(pub(crate) u64);

impl Seed {
    fn digest(self, label: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.0.to_le_bytes());
        hash.update(label.as_bytes());
        hash.finalize().into()
    }

    /// 64 hex digits.
    pub(crate) fn hex64(self, label: &str) -> String {
        hex::encode(self.digest(label))
    }

    /// 32 hex digits, as most ids of these services have.
    pub(crate) fn hex32(self, label: &str) -> String {
        let mut digits = self.hex64(label);
        digits.truncate(32);
        digits
    }

    /// The same in the form of a UUID.
    pub(crate) fn uuid(self, label: &str) -> String {
        let mut text = self.hex32(label);
        for place in [8, 13, 18, 23] {
            text.insert(place, '-');
        }
        text
    }

    /// A number for [`fastrand::Rng::with_seed`].
    pub(crate) fn number(self, label: &str) -> u64 {
        self.digest(label)
            .iter()
            .take(8)
            .fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }

    /// The seed of a part that has names, ids and numbers of its own.
    pub(crate) fn below(self, label: &str) -> Self {
        Self(self.number(&format!("below {label}")))
    }

    /// A random number generator of its own for each label.
    pub(crate) fn rng(self, label: &str) -> fastrand::Rng {
        fastrand::Rng::with_seed(self.number(label))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_their_form_and_follow_from_the_seed() {
        let uuid = Seed(1).uuid("a");
        assert_eq!(
            uuid.split('-').map(str::len).collect::<Vec<_>>(),
            [8, 4, 4, 4, 12]
        );
        assert_eq!(uuid, Seed(1).uuid("a"));
        assert_ne!(uuid, Seed(1).uuid("b"));
        assert_ne!(uuid, Seed(2).uuid("a"));
    }
}
