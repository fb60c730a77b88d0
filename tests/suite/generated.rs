//! Generated files are what the description gives.

use xtask::tasks;

#[test]
fn generated_code_is_up_to_date() {
    let files = tasks::codegen(&tasks::workspace()).unwrap();
    files.check(&tasks::workspace(), tasks::CODEGEN).unwrap();
}

#[test]
fn published_description_is_up_to_date() {
    let files = tasks::publish(&tasks::workspace()).unwrap();
    files.check(&tasks::workspace(), tasks::PUBLISH).unwrap();
}

#[test]
fn the_same_description_gives_the_same_bytes() {
    let root = tasks::workspace();
    let texts = || -> Vec<String> {
        let files = tasks::codegen(&root).unwrap();
        files.iter().map(|(_, text)| text.to_owned()).collect()
    };
    assert_eq!(texts(), texts());
}
