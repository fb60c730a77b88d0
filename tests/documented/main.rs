//! Documented examples against the generated clients: one test per example, found in the bundles, and one snapshot per
//! operation that holds all of them.
//!
//! An example that is added to the description is tested without a new test; what it adds to the snapshot of its
//! operation is reviewed with `cargo insta review`.

mod decode;
mod dispatch;
mod example;
mod json;
mod published;
mod schema;
mod server;
mod simulated;
mod snapshot;
mod success;
mod support;
mod tolerance;
mod wire;
mod work;

use libtest_mimic::{Arguments, Failed, Trial};
use otcdb_openapi::Bundle;
use xtask::tasks;

use crate::example::Page;

fn main() -> std::process::ExitCode {
    let arguments = Arguments::from_args();
    let bundles = match tasks::bundles(&tasks::workspace()) {
        Ok(bundles) => bundles,
        // Without the bundles there is nothing to test; that must fail, not pass with no tests.
        Err(error) => {
            let trial = Trial::test("bundle", move || Err(Failed::from(format!("{error:#}"))));
            return libtest_mimic::run(&arguments, vec![trial]).exit_code();
        }
    };
    let bundles: &'static [Bundle] = Vec::leak(bundles);
    let pages: &'static [Page] = Vec::leak(bundles.iter().flat_map(example::pages).collect());
    let mut trials = snapshot::trials();
    trials.extend(pages.iter().flat_map(page));
    trials.push(Trial::test("snapshot::left_over", move || {
        let pages: Vec<_> = pages.iter().collect();
        snapshot::left_over(&snapshot::folder(), &pages, snapshot::is_updated())
    }));
    let dist = tasks::workspace().join("openapi/dist");
    for bundle in bundles {
        trials.extend(published::trials(&dist, &bundle.service));
        trials.extend(schema::trials(bundle));
        trials.extend(work::trials(bundle));
        trials.extend(success::trials(bundle));
        trials.extend(tolerance::trials(bundle));
    }
    trials.extend(simulated::trials());
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A test of each example, and one that compares all of them with their snapshot.
fn page(page: &'static Page) -> Vec<Trial> {
    let examples = page.examples.iter();
    let mut trials: Vec<_> = examples
        .map(|example| Trial::test(&example.test, move || example.text().map(drop)))
        .collect();
    let name = page.name.replace('/', "::");
    let name = format!("snapshot::{}::{name}", page.service);
    trials.push(Trial::test(name, move || snapshot::compare(page)));
    trials
}
