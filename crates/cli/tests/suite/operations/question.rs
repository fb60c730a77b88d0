//! The question before data is destroyed, on a terminal.

use std::fs::File;
use std::io::{Read as _, Write as _};

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::support::Cloud;

/// The end of a terminal where the person is, and the one where the program is.
fn terminal() -> (File, File) {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let name = ptsname(&person, Vec::new()).unwrap();
    let program = open(&*name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    (File::from(person), File::from(program))
}

/// Runs the program until it asks, answers, and gives the question and the exit code.
fn answer(cloud: &Cloud, arguments: &[&str], answer: &str) -> (String, i32) {
    let (mut person, program) = terminal();
    let mut command = cloud.otcdb(arguments.iter().copied());
    let mut child = command
        .stdin(program.try_clone().unwrap())
        .stderr(program)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // Its copies of the terminal would keep it open.
    drop(command);
    let mut question = Vec::new();
    while !question.ends_with(b"Type yes to go on: ") {
        let mut buffer = [0; 1024];
        let count = person.read(&mut buffer).unwrap();
        question.extend_from_slice(&buffer[..count]);
    }
    person.write_all(answer.as_bytes()).unwrap();
    let code = child.wait().unwrap().code().unwrap();
    let question = String::from_utf8(question).unwrap().replace('\r', "");
    (question, code)
}

#[test]
fn the_question_says_what_is_destroyed_and_only_yes_goes_on() {
    let cloud = Cloud::new();
    let id = cloud.running.redis_instances()[0].id.clone();
    let body = format!(r#"{{"instances": ["{id}"], "action": "flush"}}"#);
    let flush = ["dcs", "restart-or-flush-instances", "--body", &body];
    let (question, code) = answer(&cloud, &flush, "no\n");
    let place = format!("project {} of region eu-de", cloud.running.project_id());
    assert!(
        question.starts_with(&format!(
            "RestartOrFlushInstances in {place}:\n  instances {id} (1)\n  action flush\nThis destroys all data"
        )),
        "{question}"
    );
    assert_eq!(code, 130);
    assert_eq!(cloud.running.count("RestartOrFlushInstances"), 0);
    let (again, code) = answer(&cloud, &flush, "yes\n");
    assert_eq!((again, code), (question, 0));
    assert_eq!(cloud.running.count("RestartOrFlushInstances"), 1);
}
