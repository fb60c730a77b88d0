//! Clouds and regions.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// Which operator runs the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cloud {
    /// Open Telekom Cloud.
    Otc,
    /// Huawei Cloud.
    HuaweiCloud,
}

impl Cloud {
    /// All of them.
    const ALL: [Self; 2] = [Self::Otc, Self::HuaweiCloud];

    /// What the public hosts of its services end with.
    pub const fn domain(self) -> &'static str {
        match self {
            Self::Otc => "otc.t-systems.com",
            Self::HuaweiCloud => "myhuaweicloud.com",
        }
    }

    /// The cloud that a public host belongs to.
    pub(crate) fn of_host(host: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cloud| {
            host.strip_suffix(cloud.domain())
                .is_some_and(|rest| rest.ends_with('.'))
        })
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Otc => "Open Telekom Cloud",
            Self::HuaweiCloud => "Huawei Cloud",
        })
    }
}

/// A region by its name, such as `eu-de`.
///
/// ```
/// use otcdb_core::{Cloud, Region};
///
/// # fn main() -> otcdb_core::Result<()> {
/// let region: Region = "eu-de".parse()?;
/// assert_eq!(region.cloud(), Cloud::Otc);
/// assert!(Region::try_from("EU DE").is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Region(String);

/// Where Open Telekom Cloud is. Every other region is taken for one of Huawei Cloud.
const OTC_REGIONS: [&str; 3] = ["eu-de", "eu-nl", "eu-ch2"];

impl Region {
    /// Takes a name of lower-case letters, digits and hyphens. Whether the region exists is not checked: new ones
    /// need no new release.
    ///
    /// # Errors
    ///
    /// A name that could not stand in a host name.
    pub fn new(name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        let is_label = !name.is_empty()
            && name.len() <= 63
            && !name.starts_with('-')
            && !name.ends_with('-')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if is_label {
            Ok(Self(name))
        } else {
            Err(Error::invalid_argument(format!(
                "{name:?} is no region; a region is a name such as eu-de, eu-nl or ap-southeast-3"
            )))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Who runs it.
    pub fn cloud(&self) -> Cloud {
        if OTC_REGIONS.contains(&self.as_str()) {
            Cloud::Otc
        } else {
            Cloud::HuaweiCloud
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Region {
    type Err = Error;

    /// # Errors
    ///
    /// As [`Region::new`].
    fn from_str(name: &str) -> Result<Self> {
        Self::new(name)
    }
}

impl TryFrom<&str> for Region {
    type Error = Error;

    /// # Errors
    ///
    /// As [`Region::new`].
    fn try_from(name: &str) -> Result<Self> {
        Self::new(name)
    }
}

impl TryFrom<String> for Region {
    type Error = Error;

    /// # Errors
    ///
    /// As [`Region::new`].
    fn try_from(name: String) -> Result<Self> {
        Self::new(name)
    }
}
