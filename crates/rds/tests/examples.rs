//! The examples, run against simulated clouds.

use otcdb_testing::examples;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

#[tokio::test(flavor = "multi_thread")]
async fn each_example_does_what_it_says() {
    let said = [
        ("error_entries", "Some("),
        ("database_instances", "PostgreSQL"),
        ("slow_log", "bytes"),
    ];
    examples::run_all(PACKAGE, &said, &[]).await;
}

#[test]
fn the_readme_shows_one_of_them() {
    examples::is_shown(PACKAGE, "database_instances", "README.md");
}
