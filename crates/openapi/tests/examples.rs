//! The examples, run.

use otcdb_testing::examples;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

#[tokio::test(flavor = "multi_thread")]
async fn each_example_does_what_it_says() {
    let said = [
        ("check_body", "\"name\" is a required property"),
        ("closed_values", "mode is one of single, ha\n"),
        ("list_operations", "limit: a whole number from 1 to 100"),
    ];
    examples::run_all(PACKAGE, &said, &[]).await;
}

#[test]
fn the_readme_shows_one_of_them() {
    examples::is_shown(PACKAGE, "list_operations", "README.md");
}
