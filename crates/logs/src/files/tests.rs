use super::*;

fn files(mode: u32) -> (tempfile::TempDir, Files) {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::new(folder.path().join("out"), mode);
    (folder, files)
}

#[test]
fn a_path_stays_below_the_folder() {
    let (folder, files) = files(FILE_MODE);
    for path in ["../f", "/f", "a/../f", "a/./f"] {
        assert!(files.open(path, Access::Update).is_err(), "{path}");
        assert!(files.look(path).is_err(), "{path}");
        assert!(files.remove(path).is_err(), "{path}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn files_are_made_looked_at_renamed_listed_and_removed() {
    use std::io::Write as _;
    let (_folder, files) = files(FILE_MODE);
    assert_eq!(files.look("a/b/f").unwrap(), None);
    assert_eq!(files.names("a/b").unwrap(), [""; 0]);
    files.remove("a/b/f").unwrap();
    let write = |access, text: &str| {
        let mut file = files.open("a/b/f", access).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        std::fs::read_to_string(files.full("a/b/f")).unwrap()
    };
    assert_eq!(write(Access::Update, "abc"), "abc");
    assert_eq!(write(Access::Update, "x"), "xbc");
    assert_eq!(write(Access::Append, "d"), "xbcd");
    assert_eq!(write(Access::Replace, "y"), "y");
    let seen = files.look("a/b/f").unwrap().unwrap();
    let open = files.open("a/b/f", Access::Read).unwrap();
    assert_eq!((seen, seen.size), (Seen::of(&open).unwrap(), 1));
    assert!(files.open("a/b/g", Access::Read).is_err());
    files.rename("a/b/f", "a/b/g").unwrap();
    assert_eq!(files.names("a/b").unwrap(), ["g"]);
    files.remove("a/b/g").unwrap();
    assert_eq!(files.names("a/b").unwrap(), [""; 0]);
    // A folder where a file is expected, and a file where a folder is.
    let error = files.open("a/b", Access::Update).unwrap_err();
    assert!(error.to_string().contains("b is a folder"), "{error}");
    write(Access::Update, "");
    let error = files.open("a/b/f/g", Access::Update).unwrap_err();
    assert!(error.to_string().contains("f is no folder"), "{error}");
    assert_eq!(files.look("a/b/f/g").unwrap(), None);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: impl AsRef<Path>) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_for_the_owner_or_for_whom_it_is_said() {
        for (file, folder) in [
            (FILE_MODE, 0o700),
            (0o644, 0o755),
            (0o640, 0o750),
            (0o666, 0o777),
        ] {
            let (_folder, files) = files(file);
            files.open("a/b/f", Access::Replace).unwrap();
            files.open("m", Access::Append).unwrap();
            assert_eq!(mode(files.root()), folder);
            assert_eq!(mode(files.full("a")), folder);
            assert_eq!(mode(files.full("a/b")), folder);
            assert_eq!(mode(files.full("a/b/f")), file);
            assert_eq!(mode(files.full("m")), file);
        }
    }

    #[test]
    fn folders_that_are_there_and_files_that_grow_keep_their_modes() {
        let (_folder, files) = files(FILE_MODE);
        std::fs::create_dir_all(files.full("a")).unwrap();
        std::fs::write(files.full("m"), "").unwrap();
        let set = |path: &str, mode| {
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(files.full(path), mode).unwrap();
        };
        set("a", 0o755);
        set("m", 0o664);
        files.open("a/f", Access::Update).unwrap();
        files.open("m", Access::Append).unwrap();
        assert_eq!(
            (mode(files.full("a")), mode(files.full("m"))),
            (0o755, 0o664)
        );
        // What an earlier version left unfinished is no older than what comes to it.
        set("a/f", 0o644);
        files.open("a/f", Access::Update).unwrap();
        assert_eq!(mode(files.full("a/f")), FILE_MODE);
    }

    #[test]
    fn the_output_folder_may_be_a_link_and_nothing_below_it() {
        let (folder, _) = files(FILE_MODE);
        let real = folder.path().join("real");
        let elsewhere = folder.path().join("elsewhere");
        std::fs::create_dir_all(&real).unwrap();
        std::fs::create_dir_all(&elsewhere).unwrap();
        std::fs::write(elsewhere.join("f"), "mine").unwrap();
        symlink(&real, folder.path().join("out")).unwrap();
        let files = Files::new(folder.path().join("out"), FILE_MODE);
        files.open("x", Access::Update).unwrap();
        assert!(real.join("x").exists());

        symlink(&elsewhere, real.join("dcs")).unwrap();
        symlink(elsewhere.join("f"), real.join("f")).unwrap();
        symlink(elsewhere.join("new"), real.join("dangling")).unwrap();
        for path in ["dcs/f", "f", "dangling"] {
            for access in [
                Access::Read,
                Access::Append,
                Access::Update,
                Access::Replace,
            ] {
                let error = files.open(path, access).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Storage);
                assert!(error.to_string().contains("a symbolic link"), "{error}");
                assert!(error.to_string().contains("out/"), "{error}");
            }
            assert_eq!(files.look(path).unwrap(), None);
            let error = files.rename("x", path).unwrap_err();
            assert!(error.to_string().contains("a symbolic link"), "{error}");
        }
        assert!(files.names("dcs").is_err());
        assert!(files.create_folder("dcs/i").is_err());
        files.remove("dcs/f").unwrap();
        assert_eq!(
            std::fs::read_to_string(elsewhere.join("f")).unwrap(),
            "mine"
        );
        assert!(!elsewhere.join("new").exists());
        // A link itself may be removed.
        files.remove("f").unwrap();
        assert!(!real.join("f").exists() && elsewhere.join("f").exists());
    }

    #[test]
    fn what_is_no_file_is_not_opened() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let (_folder, files) = files(FILE_MODE);
        files.open("x", Access::Update).unwrap();
        mknodat(
            CWD,
            files.full("f"),
            FileType::Fifo,
            Mode::RUSR | Mode::WUSR,
            0,
        )
        .unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(files.full("s")).unwrap();
        for (path, what) in [("f", "a FIFO"), ("s", "a socket")] {
            for access in [
                Access::Read,
                Access::Append,
                Access::Update,
                Access::Replace,
            ] {
                let error = files.open(path, access).unwrap_err().to_string();
                assert!(error.contains(what), "{error}");
            }
            assert_eq!(files.look(path).unwrap(), None);
            let error = files.rename("x", path).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
    }
}
