//! The examples, run against simulated clouds.

use otcdb_testing::examples;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

#[tokio::test(flavor = "multi_thread")]
async fn each_example_does_what_it_says() {
    let said = [
        ("gaussdb_instances", r#"gaussdb-1 is Some("ACTIVE")"#),
        ("gaussdb_nodes", r#"gaussdb-2_node02 is a Some("slave")"#),
        ("gaussdb_slow", " FROM customers WHERE id > "),
    ];
    examples::run_all(PACKAGE, &said, &[]).await;
}

#[test]
fn the_readme_shows_one_of_them() {
    examples::is_shown(PACKAGE, "gaussdb_instances", "README.md");
}
