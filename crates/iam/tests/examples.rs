//! The examples, run against simulated clouds.

use otcdb_testing::examples;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

#[tokio::test(flavor = "multi_thread")]
async fn each_example_does_what_it_says() {
    let said = [
        ("api_version", "200 OK"),
        ("list_projects", "eu-de"),
        ("service_catalog", "http"),
    ];
    examples::run_all(PACKAGE, &said, &[]).await;
}

#[test]
fn the_readme_shows_one_of_them() {
    examples::is_shown(PACKAGE, "list_projects", "README.md");
}
