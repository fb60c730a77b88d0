//! What is different on a terminal: the question before data is destroyed, and what may not reach it.

use std::fs::File;
use std::io::{Read as _, Write as _};

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::stub::{answer_with, at};
use crate::support::{Cloud, otcdb};

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

#[test]
fn no_answer_steers_the_terminal_that_the_log_of_calls_goes_to() {
    let name = "a\u{202e}\u{9b}2J\u{200b}b\u{7f}";
    let answer = format!(
        r#"{{"instance_num": 1, "instances": [{{"instance_id": "i", "name": "{name}"}}]}}"#
    );
    let service = answer_with([answer]);
    let (mut person, program) = terminal();
    let mut command = at(otcdb(["-vv", "dcs", "list-instances"]), &service);
    let mut child = command
        .stderr(program)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    drop(command);
    let mut log = Vec::new();
    // A terminal without a program at its other end cannot be read.
    let _ = person.read_to_end(&mut log);
    assert!(child.wait().unwrap().success());
    assert_eq!(service.count(), 1);
    let log = String::from_utf8(log).unwrap();
    assert!(log.contains(r#""name":"a\u202e 2J\u200bb"#), "{log}");
    assert!(log.contains("response body"), "{log}");
    let hidden =
        |c: char| "\u{202e}\u{200b}".contains(c) || (c.is_control() && !"\r\n".contains(c));
    assert!(!log.contains(hidden), "{log:?}");
}
