//! What drafts call resources and shared parameters, and what they tell of odd pages.

use super::draft::{operation, options, sound};
use super::kettle::Page;
use super::pages::Pages;

const PROJECT: &[&str] = &["project_id", "Yes", "String", "Project."];
const JAR: &[&str] = &["jar_id", "Yes", "String", "Jar."];

/// A service of jars, of which each request has an example with a project.
fn jars() -> Pages {
    let pages = Pages::new();
    let mut number = 0;
    let mut add = |title: &str, method: &str, path: &str, project: &str| {
        number += 1;
        let id = format!("jar_{number:02}");
        let of_jar: &[&[&str]] = &[PROJECT, JAR];
        let parameters = match path.contains("{jar_id}") {
            true => of_jar,
            false => &of_jar[..1],
        };
        let example = path
            .replace("{project_id}", project)
            .replace("{jar_id}", "j1");
        let reads = method == "GET";
        let list: &[&[&str]] = &[&["jars", "Array of Jar objects", "Jars."]];
        let size: &[&[&str]] = &[&["size", "Integer", "Size."]];
        let words: &[&[&str]] = match title.starts_with("Opening") {
            true => &[&["words", "Mandatory if the lid is shut", "String", "Words."]],
            false => &[&["words", "Yes", "String", "Words."]],
        };
        let (request, response, answer) = match reads {
            true if path.ends_with("plan") => (&[][..], size, r#"{ "size": 1 }"#),
            true => (&[][..], list, r#"{ "jars": [ { "id": "j1" } ] }"#),
            false => (words, &[][..], ""),
        };
        let body = if reads { "" } else { r#"{ "words": "a" }"# };
        let page = Page {
            id: &id,
            title,
            line: &format!("{method} https://{{endpoint}}{path}"),
            parameters,
            request,
            examples: &[&format!(
                "{method} https://x.example.org{example}\n\n{body}"
            )],
            response,
            answers: if reads { &[answer] } else { &[] },
            statuses: &["200"],
            ..Page::default()
        };
        let section = if path.ends_with("/lid") {
            "lids"
        } else {
            "jars"
        };
        pages.add(
            &format!("jar/api-ref/source/{section}/{id}.rst"),
            &page.text(),
        );
    };
    let jars = "/v1/{project_id}/jars";
    let one = "/v1/{project_id}/jars/{jar_id}";
    add("Listing Jars", "GET", jars, "0483");
    add(
        "Deleting Jars in Batches",
        "POST",
        &format!("{jars}/batch-delete"),
        "0483",
    );
    add("Shaking Jars", "POST", &format!("{jars}/shake"), "0483");
    add("Changing a Label", "PUT", &format!("{one}/label"), "0999");
    add("Opening a Jar", "PUT", &format!("{one}/lid"), "0999");
    add("Listing Hosts", "GET", &format!("{one}/hosts"), "0483");
    add("Adding a Host", "POST", &format!("{one}/host"), "0483");
    for part in ["rim", "lid"] {
        add(
            &format!("Showing the {part} Plan"),
            "GET",
            &format!("{one}/{part}/plan"),
            "0483",
        );
        add(
            &format!("Setting the {part} Plan"),
            "PUT",
            &format!("{one}/{part}/plan"),
            "0483",
        );
    }
    pages
}

#[test]
fn operations_do_something_to_what_their_paths_name() {
    let pages = jars();
    let root = tempfile::tempdir().unwrap();
    let (drafted, bundle) = sound(root.path(), &[pages.folder()], &options(), "jar");
    // What no fact and no deviation can say is told.
    let [.., odd] = &drafted.oddities[..] else {
        panic!("nothing is odd");
    };
    assert!(odd.contains("jar_05.rst: mandatory-if at line"), "{odd}");
    assert!(drafted.to_string().contains(&format!("odd: {odd}\n")));
    for (id, resource) in [
        ("ListJars", "jar#list"),
        ("DeleteJarsBatches", "jar#delete"),
        ("ShakeJars", "jar#action"),
        ("ChangeLabel", "jar#update"),
        ("OpenJar", "jar#action"),
        ("ListHosts", "host#list"),
        ("AddHost", "host#create"),
        ("ShowRimPlan", "rim-plan#show"),
        ("SetRimPlan", "rim-plan#update"),
        ("ShowLidPlan", "lid-plan#show"),
        ("SetLidPlan", "lid-plan#update"),
    ] {
        assert_eq!(operation(&bundle, id)["x-resource"], resource, "{id}");
    }
    // A parameter with another value is called after who uses it, and not numbered.
    let parameters = bundle.document["components"]["parameters"]
        .as_object()
        .unwrap();
    let names: Vec<&String> = parameters.keys().collect();
    assert!(
        names.iter().any(|name| *name == "ProjectIdOfChangeLabel"),
        "{names:?}"
    );
    assert!(!names.iter().any(|name| name.ends_with('2')), "{names:?}");
}
