//! The examples, run against simulated clouds.

use otcdb_testing::examples;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

#[tokio::test(flavor = "multi_thread")]
async fn each_example_does_what_it_says() {
    let said = [
        (
            "mongodb_audit",
            r#"["insert", "delete", "update"] for Some(30) days"#,
        ),
        ("mongodb_instances", "dds-replica-1 is normal"),
        (
            "mongodb_primaries",
            "dds-replica-1: dds-replica-1_replica_node_1",
        ),
        ("mongodb_slow", r#" ms") Some("shop")"#),
    ];
    examples::run_all(PACKAGE, &said, &[]).await;
}

#[test]
fn the_readme_shows_one_of_them() {
    examples::is_shown(PACKAGE, "mongodb_instances", "README.md");
}
