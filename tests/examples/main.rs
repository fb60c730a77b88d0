//! Documented examples against the generated clients: one test per example, found in the bundles.
//!
//! An example that is added to the description is tested without a new test; its snapshot is reviewed with
//! `cargo insta review`.

mod decode;
mod dispatch;
mod json;
mod schema;
mod server;
mod simulated;
mod snapshot;
mod support;
mod wire;
mod work;

use libtest_mimic::{Arguments, Failed, Trial};
use otcdb_openapi::Bundle;
use xtask::tasks;

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
    let trials = bundles
        .iter()
        .flat_map(|bundle| {
            let mut trials = decode::trials(bundle);
            trials.extend(wire::trials(bundle));
            trials.extend(schema::trials(bundle));
            trials.extend(work::trials(bundle));
            trials.extend(simulated::trials(bundle));
            trials
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
