//! The examples, run.

use otcdb_testing::examples;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

#[tokio::test(flavor = "multi_thread")]
async fn each_example_does_what_it_says() {
    let said = [
        ("compare_pages", "breaking: "),
        ("keep_facts", "path: /v1/things"),
        ("read_page", "limit: Integer, optional"),
    ];
    examples::run_all(PACKAGE, &said, &[]).await;
}

#[test]
fn the_readme_shows_one_of_them() {
    examples::is_shown(PACKAGE, "read_page", "README.md");
}
