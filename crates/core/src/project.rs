//! The projects of an account.

use crate::region::Region;

/// A project that an identity can enter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Project {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it can be used.
    pub enabled: bool,
}

impl Project {
    /// A project that can be used.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            enabled: true,
        }
    }

    /// Whether it lies in a region: its name begins with that of the region.
    pub fn is_in(&self, region: &Region) -> bool {
        let rest = self.name.strip_prefix(region.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_project_says_its_region() {
        let region: Region = "eu-de".parse().unwrap();
        let is_in = |name: &str| Project::new("1", name).is_in(&region);
        assert!(is_in("eu-de") && is_in("eu-de_orders"));
        assert!(!is_in("eu-nl") && !is_in("eu-de2") && !is_in("MOS"));
    }
}
