//! What a pull writes, who may read it, and what stands in its way.
#![cfg(unix)]

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use crate::support::{Cloud, files, run};

/// The same command below a shell that does something first.
fn below_shell(first: &str, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(format!("{first}; exec \"$0\" \"$@\""))
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .env("PATH", "/usr/bin:/bin");
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    shell.current_dir(command.get_current_dir().unwrap());
    shell
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Every file and folder below a folder, that included.
fn modes(root: &Path) -> Vec<(bool, u32)> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        found.push((true, mode(&folder)));
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.push((false, mode(&path))),
            }
        }
    }
    found
}

#[test]
fn what_is_pulled_is_for_its_owner_or_for_whom_it_is_said() {
    let cloud = Cloud::new();
    for (more, file, folder) in [
        (&[][..], 0o600, 0o700),
        (&["--file-mode", "640"], 0o640, 0o750),
    ] {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("new/logs");
        let kinds = ["--kind", "redis-run", "--kind", "rds-audit", "--quiet"];
        let mut pull = cloud.pull(&out, kinds);
        let ran = run(&mut below_shell("umask 022", pull.args(more)));
        assert_eq!(ran.code, 0, "{ran:?}");
        let modes = modes(&out);
        assert!(modes.len() > 9, "{modes:?}");
        let wrong =
            |(is_folder, mode): &&(bool, u32)| *mode != if *is_folder { folder } else { file };
        assert_eq!(modes.iter().find(wrong), None, "{more:?}");
    }
    let place = tempfile::tempdir().unwrap();
    let ran = run(&mut cloud.pull(place.path(), ["--all", "--file-mode", "777"]));
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("in octal"), "{ran:?}");
}

#[test]
fn neither_links_nor_special_files_below_the_folder_are_followed() {
    let cloud = Cloud::with(|builder| builder.redis(1, 0, 0).databases(0, 1, 0));
    let place = tempfile::tempdir().unwrap();
    let kinds = ["--kind", "redis-run", "--kind", "rds-slow", "--quiet"];
    // A pull that is not disturbed says where files go.
    let calm = place.path().join("calm");
    assert_eq!(run(&mut cloud.pull(&calm, kinds)).code, 0);
    let names: Vec<String> = files(&calm).into_iter().map(|(name, _)| name).collect();
    let log = names.iter().find(|name| name.starts_with("dcs/")).unwrap();
    let other = names.iter().find(|name| name.starts_with("rds/")).unwrap();
    let elsewhere = place.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    std::fs::write(elsewhere.join("mine"), "mine").unwrap();

    let fifo = |path: &Path| {
        let made = Command::new("mkfifo").arg(path).status().unwrap();
        assert!(made.success());
    };
    type Disturb<'a> = (&'a str, &'a dyn Fn(&Path));
    let disturb: &[Disturb<'_>] = &[
        ("a symbolic link", &|out| {
            symlink(&elsewhere, out.join(log).parent().unwrap()).unwrap();
        }),
        ("a symbolic link", &|out| {
            std::fs::create_dir_all(out.join(log).parent().unwrap()).unwrap();
            symlink(elsewhere.join("mine"), out.join(format!("{log}.part"))).unwrap();
        }),
        ("a symbolic link", &|out| {
            std::fs::create_dir_all(out.join(log).parent().unwrap()).unwrap();
            symlink(elsewhere.join("mine"), out.join(log)).unwrap();
        }),
        ("a FIFO", &|out| {
            std::fs::create_dir_all(out.join(log).parent().unwrap()).unwrap();
            fifo(&out.join(format!("{log}.part")));
        }),
        ("a FIFO", &|out| {
            std::fs::create_dir_all(out.join(log).parent().unwrap()).unwrap();
            fifo(&out.join(log));
        }),
    ];
    for (number, (what, disturb)) in disturb.iter().enumerate() {
        let out = place.path().join(number.to_string());
        std::fs::create_dir_all(out.join("dcs")).unwrap();
        disturb(&out);
        let ran = run(&mut cloud.pull(&out, kinds));
        let found = std::fs::read(out.join(other));
        assert!(
            found.is_ok(),
            "{number}: the other source is pulled: {ran:?}"
        );
        if ran.code == 0 {
            // What is unfinished and nobody can go on from was swept away, the link itself and not what it leads to.
            assert!(std::fs::symlink_metadata(out.join(log)).unwrap().is_file());
        } else {
            assert_eq!(ran.code, 2, "{number}: {ran:?}");
            assert!(
                ran.err.contains(what) && ran.err.contains(&*out.to_string_lossy()),
                "{ran:?}"
            );
        }
        assert_eq!(std::fs::read(elsewhere.join("mine")).unwrap(), b"mine");
        assert_eq!(
            std::fs::read_dir(&elsewhere).unwrap().count(),
            1,
            "{number}"
        );
    }

    // The folder itself may be a link; what is in place of its manifest may not.
    let out = place.path().join("link");
    symlink(&calm, &out).unwrap();
    let ran = run(&mut cloud.pull(&out, ["--kind", "rds-slow"]));
    assert!(ran.code == 0 && ran.out.contains("Nothing new"), "{ran:?}");
    let out = place.path().join("no-manifest");
    std::fs::create_dir(&out).unwrap();
    fifo(&out.join("manifest.jsonl"));
    let ran = run(&mut cloud.pull(&out, kinds));
    assert!(ran.code == 2 && ran.err.contains("a FIFO"), "{ran:?}");
}

#[test]
fn a_file_for_which_there_is_no_room_is_an_error_and_the_others_are_pulled() {
    // A limit on the size of a file, at which writing fails as it does where the disk is full. By itself it would end the
    // process.
    let cloud = Cloud::with(|builder| {
        builder
            .redis(0, 0, 0)
            .databases(0, 3, 0)
            .log_size(300_000..=300_000)
    });
    let small = Cloud::with(|builder| {
        builder
            .redis(2, 0, 0)
            .databases(0, 0, 0)
            .log_size(1000..=2000)
    });
    let out = tempfile::tempdir().unwrap();
    // One service has files that do not fit, the other has ones that do.
    let mut pull = cloud.pull(out.path(), ["--kind", "rds-slow", "--kind", "redis-run"]);
    for (name, value) in small.running.env_token() {
        if name == "OTCDB_DCS_ENDPOINT" {
            pull.env(name, value);
        }
    }
    // In units of 512 or 1024 bytes, as the shell has it.
    let ran = run(&mut below_shell("ulimit -f 100", &pull));
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        !ran.err.contains("panicked") && ran.err.contains("cannot write"),
        "{ran:?}"
    );
    assert!(
        ran.err.contains(".part") && ran.err.contains(&*out.path().to_string_lossy()),
        "{ran:?}"
    );
    assert!(
        ran.out.contains("2 files") && ran.out.contains("3 of 5 sources failed"),
        "{ran:?}"
    );
    let found = files(out.path());
    let whole = found.iter().filter(|(name, _)| name.ends_with(".log"));
    assert_eq!(whole.count(), 2, "{found:?}");
    // The next run, with room, has all.
    let ran = run(&mut pull);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        files(out.path())
            .iter()
            .all(|(name, _)| !name.contains(".part"))
    );
}

#[test]
fn a_file_that_was_altered_in_place_is_fetched_again_and_one_that_was_only_touched_is_not() {
    let cloud = Cloud::with(|builder| builder.redis(0, 0, 0).databases(1, 0, 0));
    let out = tempfile::tempdir().unwrap();
    let pull = || cloud.pull(out.path(), ["--kind", "rds-audit", "--quiet"]);
    assert_eq!(run(&mut pull()).code, 0);
    let before = files(out.path());
    let logs: Vec<_> = before
        .iter()
        .filter(|(name, _)| name.starts_with("rds/"))
        .collect();
    let (altered, touched) = (&logs[0], &logs[1]);
    let mut other = altered.1.clone();
    other[0] ^= 1;
    std::fs::write(out.path().join(&altered.0), &other).unwrap();
    std::fs::write(out.path().join(&touched.0), &touched.1).unwrap();
    let ran = run(&mut pull());
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("Fetched 1 file"), "{ran:?}");
    let content = |found: &[(String, Vec<u8>)]| {
        let logs = found.iter().filter(|(name, _)| name.starts_with("rds/"));
        logs.cloned().collect::<Vec<_>>()
    };
    assert_eq!(content(&files(out.path())), content(&before));
    let ran = run(&mut pull());
    assert!(ran.out.contains("Nothing new"), "{ran:?}");
}
