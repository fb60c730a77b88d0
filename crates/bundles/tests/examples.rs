//! The examples, run.

use otcdb_testing::examples;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

#[tokio::test(flavor = "multi_thread")]
async fn each_example_does_what_it_says() {
    let said = [
        ("destroying", "DeleteBackupFile: "),
        ("services", "iam: "),
        ("write_document", "wrote rds.json: OpenAPI \"3.0.3\""),
    ];
    examples::run_all(PACKAGE, &said, &[]).await;
}

#[test]
fn the_readme_shows_one_of_them() {
    examples::is_shown(PACKAGE, "services", "README.md");
}
