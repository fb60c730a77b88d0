//! The version that a change of the documentation leads to, once the description follows it.

use std::path::Path;

use anyhow::{Context as _, Result};
use otcdb_apidocs::Class;

use crate::generate;

/// What the changes mean for the next version of the clients; nothing where they leave the clients as they are.
///
/// # Errors
/// The workspace's manifest has no version of three numbers.
pub(super) fn step(root: &Path, classes: impl Iterator<Item = Class>) -> Result<Option<String>> {
    const MANIFEST: &str = "Cargo.toml";
    let manifest = std::fs::read_to_string(root.join(MANIFEST))
        .with_context(|| format!("cannot read {MANIFEST}"))?;
    let version = generate::version(MANIFEST, &manifest)?;
    // Classes are ordered by what they mean, the most first.
    let Some(class) = classes.min() else {
        return Ok(None);
    };
    let next = next(version, class)
        .with_context(|| format!("{MANIFEST}: the version {version:?} is not three numbers"))?;
    Ok(next.map(|(part, next)| {
        format!(
            "Version: where the description follows it, a change of the class {} is a {part} step of the clients, from \
             {version} to {next} at least.",
            class.as_str()
        )
    }))
}

/// The part of the version that a change steps, and the version that follows. Before 1.0 Cargo takes the second number for
/// what the first is afterwards.
fn next(version: &str, class: Class) -> Option<Option<(&'static str, String)>> {
    let numbers: Vec<u64> = version
        .split(['-', '+'])
        .next()?
        .split('.')
        .map(|number| number.parse().ok())
        .collect::<Option<_>>()?;
    let [major, minor, patch] = numbers[..] else {
        return None;
    };
    Some(match (class, major) {
        (Class::Breaking, 0) => Some(("minor", format!("0.{}.0", minor + 1))),
        (Class::Breaking, _) => Some(("major", format!("{}.0.0", major + 1))),
        (Class::Additive, 0) => Some(("patch", format!("0.{minor}.{}", patch + 1))),
        (Class::Additive, _) => Some(("minor", format!("{major}.{}.0", minor + 1))),
        (Class::DocumentationLost | Class::ExampleOnly | Class::WordingOnly, _) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_of_changes_steps_a_part_of_the_version() {
        let to = |version, class| {
            next(version, class)
                .unwrap()
                .map(|(part, to)| format!("{part} {to}"))
        };
        assert_eq!(to("0.1.4", Class::Breaking).unwrap(), "minor 0.2.0");
        assert_eq!(to("0.1.4", Class::Additive).unwrap(), "patch 0.1.5");
        assert_eq!(to("1.2.3", Class::Breaking).unwrap(), "major 2.0.0");
        assert_eq!(to("1.2.3-rc.1", Class::Additive).unwrap(), "minor 1.3.0");
        assert_eq!(to("1.2.3", Class::WordingOnly), None);
        assert_eq!(next("1.2", Class::Breaking), None);
    }
}
