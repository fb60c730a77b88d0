use super::*;
use crate::files::FILE_MODE;

const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn files() -> (tempfile::TempDir, Files) {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::new(folder.path(), FILE_MODE);
    (folder, files)
}

fn about(size: Option<u64>, tag: Option<&str>) -> About {
    let mut about = About::default();
    (about.size, about.tag) = (size, tag.map(str::to_owned));
    about
}

/// Leaves so many bytes of the file "1" of 9 bytes.
async fn begun(files: &Files, content: &'static [u8]) {
    let mut part = Part::open(files, "a/log", "1", None).await.unwrap();
    part.describe(about(Some(9), Some("\"t\""))).await.unwrap();
    part.write(Bytes::from_static(content)).await.unwrap();
    part.keep().await.unwrap();
}

fn names(files: &Files, folder: &str) -> Vec<String> {
    let mut names = files.names(folder).unwrap();
    names.sort();
    names
}

#[tokio::test]
async fn a_file_has_its_name_only_when_it_is_whole() {
    let (_folder, files) = files();
    let mut part = Part::open(&files, "a/log", "1", None).await.unwrap();
    part.describe(about(Some(3), Some("\"t\""))).await.unwrap();
    part.write(Bytes::from_static(b"ab")).await.unwrap();
    part.keep().await.unwrap();
    assert_eq!(files.look("a/log").unwrap(), None);

    let mut part = Part::open(&files, "a/log", "1", None).await.unwrap();
    assert_eq!(
        (part.length(), part.size(), part.tag()),
        (2, Some(3), Some("\"t\""))
    );
    part.write(Bytes::from_static(b"c")).await.unwrap();
    let finished = part.finish("a/log").await.unwrap();
    assert_eq!((finished.size, finished.sha256.as_str()), (3, ABC));
    assert_eq!(std::fs::read(files.full("a/log")).unwrap(), b"abc");
    assert_eq!(names(&files, "a"), ["log"]);
}

#[tokio::test]
async fn what_is_left_of_another_file_is_not_continued() {
    let (_folder, files) = files();
    begun(&files, b"zz").await;
    let part = Part::open(&files, "a/log", "2", None).await.unwrap();
    assert_eq!((part.length(), part.size()), (0, None));
    // Nothing says any more that there is something of the other one.
    assert_eq!(Sidecar::read(&files, "a/log"), None);
    assert_eq!(std::fs::read(files.full("a/log.part")).unwrap(), b"");
}

#[tokio::test]
async fn what_is_not_as_it_was_written_is_not_continued() {
    let spoil: [fn(&mut Vec<u8>); 4] = [
        // As file systems leave it after a power cut.
        |bytes| bytes[2..4].fill(0),
        |bytes| bytes.truncate(3),
        |bytes| bytes.clear(),
        |bytes| bytes.rotate_left(1),
    ];
    for spoil in spoil {
        let (_folder, files) = files();
        begun(&files, b"abcdef").await;
        let path = files.full("a/log.part");
        let mut bytes = std::fs::read(&path).unwrap();
        spoil(&mut bytes);
        std::fs::write(&path, &bytes).unwrap();
        let part = Part::open(&files, "a/log", "1", None).await.unwrap();
        assert_eq!((part.length(), part.size(), part.tag()), (0, None, None));
        assert_eq!(std::fs::read(&path).unwrap(), b"", "{bytes:?}");
    }
}

#[tokio::test]
async fn what_lies_behind_the_checkpoint_is_cut_off() {
    let (_folder, files) = files();
    begun(&files, b"abc").await;
    let path = files.full("a/log.part");
    std::fs::write(&path, b"abcdefxyz and more").unwrap();
    let mut part = Part::open(&files, "a/log", "1", None).await.unwrap();
    assert_eq!(part.length(), 3);
    assert_eq!(std::fs::read(&path).unwrap(), b"abc");
    assert_eq!(part.check().await.unwrap(), Checked::Good);
    assert_eq!(part.finish("a/log").await.unwrap().sha256, ABC);
}

#[tokio::test]
async fn a_note_of_an_earlier_version_proves_nothing() {
    let (_folder, files) = files();
    files.create_folder("a").unwrap();
    std::fs::write(files.full("a/log.part"), b"abc").unwrap();
    let note = r#"{"id":"1","size":9,"tag":"\"t\""}"#;
    std::fs::write(files.full("a/log.part.json"), note).unwrap();
    let part = Part::open(&files, "a/log", "1", None).await.unwrap();
    assert_eq!((part.length(), part.tag()), (0, None));
}

#[tokio::test]
async fn two_never_write_to_one_file() {
    let (_folder, files) = files();
    let mut first = Part::open(&files, "a/log", "1", None).await.unwrap();
    first.write(Bytes::from_static(b"abc")).await.unwrap();
    for id in ["1", "2"] {
        let error = Part::open(&files, "a/log", id, None).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Storage);
        assert!(error.to_string().contains("another download"), "{error}");
    }
    first.keep().await.unwrap();
    assert_eq!(Sidecar::read(&files, "a/log").unwrap().id, "1");
    assert!(Part::open(&files, "a/log", "2", None).await.is_ok());
}

#[tokio::test]
async fn a_restart_forgets_everything() {
    let (_folder, files) = files();
    let mut part = Part::open(&files, "log", "1", None).await.unwrap();
    part.write(Bytes::from_static(b"zzzz")).await.unwrap();
    part.restart().await.unwrap();
    part.write(Bytes::from_static(b"abc")).await.unwrap();
    assert_eq!(part.finish("log").await.unwrap().sha256, ABC);
    assert_eq!(std::fs::read(files.full("log")).unwrap(), b"abc");
}

#[tokio::test]
async fn what_has_arrived_is_kept_when_a_pull_is_stopped() {
    let (_folder, files) = files();
    let mut part = Part::open(&files, "log", "1", None).await.unwrap();
    let long = Bytes::from(vec![b'x'; files.batch() + 7]);
    part.write(long).await.unwrap();
    part.write(Bytes::from_static(b"abc")).await.unwrap();
    drop(part);
    files.settled().await;
    let part = Part::open(&files, "log", "1", None).await.unwrap();
    assert_eq!(part.length(), u64::try_from(files.batch()).unwrap() + 10);
    drop(part);
    // While a job is under way, too, or has just ended.
    let mut part = Part::open(&files, "other", "1", None).await.unwrap();
    let long = Bytes::from(vec![b'x'; files.batch()]);
    let mut writing = Box::pin(part.write(long));
    let _ = futures_util::poll!(&mut writing);
    drop(writing);
    drop(part);
    files.settled().await;
    let part = Part::open(&files, "other", "1", None).await.unwrap();
    assert_eq!(part.length(), u64::try_from(files.batch()).unwrap());
    drop(part);
    // Where nothing has arrived, nothing is left.
    drop(Part::open(&files, "nothing", "1", None).await.unwrap());
    files.settled().await;
    assert_eq!(files.look("nothing.part").unwrap(), None);
    assert_eq!(files.look("nothing.part.json").unwrap(), None);
}

#[tokio::test]
async fn a_file_that_cannot_have_its_name_says_so() {
    let (_folder, files) = files();
    files.create_folder("log").unwrap();
    let mut part = Part::open(&files, "log", "1", None).await.unwrap();
    part.write(Bytes::from_static(b"abc")).await.unwrap();
    let error = part.finish("log").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(error.to_string().contains("log is a folder"), "{error}");
}

#[tokio::test]
async fn a_file_for_which_there_is_no_room_is_not_begun() {
    let (_folder, files) = files();
    let mut part = Part::open(&files, "log", "1", None).await.unwrap();
    let huge = about(Some(u64::MAX), None);
    if Files::room(&files.open("log.part", Access::Read).unwrap()).is_some() {
        let error = part.describe(huge).await.unwrap_err();
        assert!(error.to_string().contains("there is room for"), "{error}");
    }
}

#[test]
fn an_md5_is_known_by_its_form() {
    let md5 = "d41d8cd98f00b204e9800998ecf8427e";
    assert_eq!(md5_in(&format!("\"{md5}\"")), Some(md5));
    for other in [
        md5,
        "\"t\"",
        "\"d41d8cd98f00b204e9800998ecf8427e-1\"",
        "\"d41d8cd98f00b204e9800998ecf8427g\"",
    ] {
        assert_eq!(md5_in(other), None, "{other}");
    }
}

#[tokio::test]
async fn a_long_file_is_proved_while_it_comes() {
    let (_folder, files) = files();
    let mut part = Part::open(&files, "log", "1", None).await.unwrap();
    let chunk = Bytes::from(vec![b'x'; 1 << 20]);
    for _ in 0..(MOST_BEHIND + 2 * CHECKPOINT_BYTES) >> 20 {
        part.write(chunk.clone()).await.unwrap();
    }
    part.check().await.unwrap();
    let note = Sidecar::read(&files, "log").unwrap();
    assert!(note.checkpoint.unwrap().length >= CHECKPOINT_BYTES);
    // What a run leaves that is killed now is gone on from there.
    std::mem::forget(part.state.take());
    drop(part);
    assert!(std::fs::metadata(files.full("log.part")).unwrap().len() > MOST_BEHIND);
}
