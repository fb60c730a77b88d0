//! The examples, run against simulated clouds.

use otcdb_testing::examples;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

#[tokio::test(flavor = "multi_thread")]
async fn each_example_does_what_it_says() {
    let said = [
        ("clock", "2026-01-08"),
        ("faults", "2 calls, faults that never came: []"),
        ("serve", "export OTCDB_TOKEN="),
    ];
    examples::run_all(PACKAGE, &said, &[]).await;
}

#[test]
fn the_readme_shows_one_of_them() {
    examples::is_shown(PACKAGE, "faults", "README.md");
}
