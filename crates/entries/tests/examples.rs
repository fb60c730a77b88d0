//! The examples, run.

use otcdb_testing::examples;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

#[tokio::test(flavor = "multi_thread")]
async fn each_example_does_what_it_says() {
    let said = [
        ("grave_entries", "\"severity_text\":\"ERROR\""),
        ("merge_logs", "02:10:02.5Z postgres.log: "),
        (
            "slow_statements",
            "2 times, 5 s: select * from orders where id = ?",
        ),
    ];
    examples::run_all(PACKAGE, &said, &[]).await;
}

#[test]
fn the_readme_shows_one_of_them() {
    examples::is_shown(PACKAGE, "merge_logs", "README.md");
}
