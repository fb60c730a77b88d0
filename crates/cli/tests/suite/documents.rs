//! Manual pages.

use otcdb_bundles::bundle;
use otcdb_core::Service;

use crate::support::{otcdb, run};

#[test]
fn every_command_has_a_manual_page() {
    let main = run(&mut otcdb(["man"]));
    assert_eq!((main.code, main.err.as_str()), (0, ""));
    assert!(
        main.out.contains(".TH otcdb 1") && main.out.contains("Exit codes:"),
        "{}",
        main.out
    );

    let folder = tempfile::tempdir().unwrap();
    let ran = run(otcdb(["man", "--out"]).arg(folder.path().join("man1")));
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    let pages = [
        "",
        "-api",
        "-auth",
        "-auth-check",
        "-completions",
        "-dcs",
        "-dcs-create-instance",
        "-dds",
        "-doctor",
        "-gaussdb",
        "-logs",
        "-logs-follow",
        "-logs-list",
        "-logs-prune",
        "-logs-pull",
        "-logs-show",
        "-logs-top",
        "-man",
        "-rds",
        "-rds-list-instances",
        "-simulate",
    ];
    for page in pages {
        let text =
            std::fs::read_to_string(folder.path().join(format!("man1/otcdb{page}.1"))).unwrap();
        assert!(text.contains(".SH NAME"), "{page}");
    }
    // Identity is what the program signs with; it has no commands.
    let services = Service::ALL
        .into_iter()
        .filter(|one| *one != Service::IDENTITY);
    let operations = services.map(|service| bundle(service.as_str()).unwrap().operations.len());
    assert_eq!(
        std::fs::read_dir(folder.path().join("man1"))
            .unwrap()
            .count(),
        pages.len() - 2 + operations.sum::<usize>()
    );
}
