//! The log in a file: closed, opened, opened twice, and its process killed.

use crate::support::{batches, hash, number, open, opened};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use volok::ledger::store::{SqliteStore, Store, StoreError};
use volok::ledger::*;

/// A folder of its own, gone afterwards.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("volok-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder for data");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_a_file_was_given_it_gives_back() {
    let folder = Folder::new("back");
    let all = batches(41, 30, 4);
    let (mut state, mut chain) = Default::default();
    for (row, half) in all.chunks(16).enumerate() {
        let (ledger, recovery) =
            opened(SqliteStore::open(&folder.0).expect("the folder is there")).expect("it is whole");
        assert_eq!((recovery.snapshot > 0, recovery.cut), (row > 0, None));
        if row > 0 {
            assert_eq!((hash(&ledger), ledger.chain()), (state, chain));
        }
        for (batch, now) in half {
            ledger.submit(batch.clone(), *now).expect("the file can be written");
        }
        ledger.snapshot().expect("the file can be written");
        (state, chain) = (hash(&ledger), ledger.chain());
    }
    let store = SqliteStore::open(&folder.0).expect("nobody has it open");
    let verified = verify(&store).expect("it is whole");
    assert_eq!((verified.state, verified.chain, verified.broken), (state, chain, None));
}

#[test]
fn a_snapshot_larger_than_a_row_may_be_comes_back_whole() {
    // SQLite takes a thousand million bytes in one row. A ledger of ten million holds once had a snapshot larger than
    // that, and stopped when it was to write it.
    let folder = Folder::new("pieces");
    let mut store = SqliteStore::open(&folder.0).expect("the folder is there");
    let bytes: Vec<u8> = (0..150_000_000u32).map(|row| (row >> 13) as u8).collect();
    store.put_snapshot(7, &bytes).expect("it fits");
    assert!(store.snapshot().expect("it is read") == Some((7, bytes)));
    // A smaller one takes its place, all of it.
    store.put_snapshot(8, b"small").expect("it fits");
    assert_eq!(store.snapshot().expect("it is read"), Some((8, b"small".to_vec())));
}

#[test]
fn a_second_opening_is_refused_while_the_first_lasts() {
    let folder = Folder::new("twice");
    let first = open(SqliteStore::open(&folder.0).expect("the folder is there"));
    assert!(matches!(SqliteStore::open(&folder.0), Err(StoreError::InUse { .. })));
    drop(first);
    assert!(SqliteStore::open(&folder.0).is_ok());
}

#[test]
fn a_file_that_is_not_a_ledger_is_left_alone() {
    let folder = Folder::new("other");
    std::fs::write(SqliteStore::file(&folder.0), "a letter, and no ledger at all; ".repeat(40))
        .expect("a file");
    assert!(matches!(SqliteStore::open(&folder.0), Err(StoreError::Failed { .. })));
    assert!(matches!(SqliteStore::open(&folder.0.join("nowhere")), Err(StoreError::Failed { .. })));
}

#[test]
fn a_torn_row_is_cut_in_the_file_too() {
    let folder = Folder::new("torn");
    let mut store = SqliteStore::open(&folder.0).expect("the folder is there");
    store.append(0, 1, b"vlk").expect("it can be written");
    let (ledger, recovery) = opened(store).expect("nothing is lost");
    assert_eq!(recovery.cut.map(|cut| (cut.after, cut.bytes)), Some((0, 3)));
    let (batch, now) = batches(1, 0, 0).remove(0);
    assert!(ledger.submit(batch, now).is_ok());
}

/// The child of the test below: writes batches until it is killed, and says after each how far it is.
#[test]
#[ignore = "runs only as the child of `killed_at_any_time_it_has_all_it_acknowledged`"]
fn child_that_writes() {
    let folder = PathBuf::from(std::env::var_os("VOLOK_LEDGER_FOLDER").expect("the parent names a folder"));
    let (ledger, _) = opened(SqliteStore::open(&folder).expect("the folder is there")).expect("it is whole");
    let told = folder.join("acknowledged");
    for (batch, now) in batches(51, 2_000, 4) {
        ledger.submit(batch, now).expect("the file can be written");
        let sequence = ledger.look(State::sequence).expect("it runs");
        std::fs::write(&told, sequence.to_string()).expect("it can be told");
    }
}

/// A process that writes into a folder.
struct Writing {
    process: std::process::Child,
    told: PathBuf,
}

impl Writing {
    fn into(folder: &Folder) -> Writing {
        let process = std::process::Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "sqlite::child_that_writes", "--include-ignored", "--quiet"])
            .env("VOLOK_LEDGER_FOLDER", &folder.0)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        Writing { process, told: folder.0.join("acknowledged") }
    }

    /// Waits for the first acknowledgement.
    fn begun(mut self) -> Writing {
        while !self.told.exists() {
            assert_eq!(
                self.process.try_wait().expect("it is ours"),
                None,
                "it ended before it wrote anything"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
        self
    }

    /// Kills it in a while; how many operations it has said it did.
    fn killed_after(mut self, milliseconds: u64) -> u64 {
        std::thread::sleep(Duration::from_millis(milliseconds));
        self.process.kill().expect("it is ours");
        self.process.wait().expect("it is ours");
        std::fs::read_to_string(&self.told).ok().and_then(|told| told.parse().ok()).unwrap_or(0)
    }
}

fn has_all_of(folder: &Folder, acknowledged: u64) {
    let store = SqliteStore::open(&folder.0).expect("the process is gone");
    let verified = verify(&store).expect("the log is whole");
    assert!(verified.operations >= acknowledged, "{} of {acknowledged}", verified.operations);
    assert_eq!((verified.torn, verified.broken), (None, None));
}

#[test]
fn killed_at_any_time_it_has_all_it_acknowledged() {
    for kill in 0..number("VOLOK_LEDGER_KILLS", 5) {
        let folder = Folder::new(&format!("kill-{kill}"));
        let acknowledged = Writing::into(&folder).begun().killed_after(kill * 7 % 40);
        has_all_of(&folder, acknowledged);
    }
}

#[test]
fn killed_again_and_again_while_it_opens_it_has_all_it_acknowledged() {
    for run in 0..number("VOLOK_LEDGER_KILLS", 5).div_ceil(10) {
        let folder = Folder::new(&format!("again-{run}"));
        let mut acknowledged = Writing::into(&folder).begun().killed_after(run % 30);
        for depth in 0..5 {
            let again = Writing::into(&folder).killed_after(2 + (run * 5 + depth * 3) % 11);
            acknowledged = acknowledged.max(again);
        }
        has_all_of(&folder, acknowledged);
    }
}
