//! Parameter templates: one of the system for each version and kind, and those of the user.

use jiff::Timestamp;

use super::flavors::{MODES, Mode, VERSIONS};

/// A template.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) mode: Mode,
    pub(crate) description: Option<String>,
    /// When the user made it; nothing for those of the system.
    pub(crate) created: Option<Timestamp>,
    pub(crate) values: Vec<(&'static str, String)>,
}

/// The templates of the system. Their numbers begin at 6, as the documented ones do.
pub(crate) fn of_the_system() -> Vec<Template> {
    let pairs = VERSIONS
        .iter()
        .flat_map(|version| MODES.map(|mode| (*version, mode)));
    pairs
        .enumerate()
        .map(|(number, (version, mode))| Template {
            id: (6 + number).to_string(),
            name: format!("Default-Redis-{version}-{}-generic-DRAM", mode.name()),
            version: version.to_owned(),
            mode,
            description: None,
            created: None,
            values: Vec::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_numbers_lead_to_the_documented_templates() {
        let all = of_the_system();
        let name = |id| {
            all.iter()
                .find(|one| one.id == id)
                .map(|one| one.name.as_str())
        };
        assert_eq!(name("6"), Some("Default-Redis-4.0-single-generic-DRAM"));
        assert_eq!(name("11"), Some("Default-Redis-5.0-single-generic-DRAM"));
    }
}
