//! The examples, run.

use otcdb_testing::examples;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

#[tokio::test(flavor = "multi_thread")]
async fn each_example_does_what_it_says() {
    let said = [
        ("find_differences", "ListThings /count: "),
        ("read_archive", "GET /v1/things [(\"limit\", \"1\")]: 204"),
        ("record_call", "wrote call.har"),
    ];
    examples::run_all(PACKAGE, &said, &[]).await;
}

#[test]
fn the_readme_shows_one_of_them() {
    examples::is_shown(PACKAGE, "find_differences", "README.md");
}
