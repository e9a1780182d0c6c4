//! No room is left: a file that may grow no further, a small disk in memory. What was acknowledged is there once there is
//! room again, and the keys tell the rest.

use crate::sqlite::Folder;
use crate::support::{batches, hash, number, open, opened};
use std::path::PathBuf;
use volok::ledger::store::{MemoryStore, SqliteStore, StoreError};
use volok::ledger::*;
use volok::testkit::Random;

/// A limit on the size of a file; a write beyond it fails instead of ending the process.
const LIMITED: &str = r#"
mkdir "$VOLOK_LEDGER_FOLDER/data"
(trap '' XFSZ; ulimit -f $2; "$1" --exact full::child_that_fills_the_disk --include-ignored) &&
exec "$1" --exact full::child_that_has_room_again --include-ignored"#;

/// A disk in memory, which nobody else sees.
const SMALL_DISK: &str = r#"
mkdir "$VOLOK_LEDGER_FOLDER/data"
mount -t tmpfs -o size=$2k tmpfs "$VOLOK_LEDGER_FOLDER/data" &&
"$1" --exact full::child_that_fills_the_disk --include-ignored &&
mount -o remount,size=64m "$VOLOK_LEDGER_FOLDER/data" &&
exec "$1" --exact full::child_that_has_room_again --include-ignored"#;

fn all() -> Vec<(Vec<Command>, Stamp)> {
    batches(61, 1_000, 12)
}

fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os("VOLOK_LEDGER_FOLDER").expect("the parent names a folder"))
}

#[test]
#[ignore = "runs only as the child of `a_full_disk_loses_nothing_acknowledged`"]
fn child_that_fills_the_disk() {
    let mut acknowledged = 0;
    match SqliteStore::open(&folder().join("data")) {
        Err(error) => assert!(matches!(error, StoreError::Failed { .. }), "{error}"),
        Ok(store) => {
            let ledger = open(store);
            for (batch, now) in all() {
                match ledger.submit(batch, now) {
                    Ok(_) => acknowledged += 1,
                    Err(SubmitError::OutcomeUnknown(StoreError::Failed { .. })) => break,
                    Err(other) => panic!("{other}"),
                }
            }
            // It has stopped, whatever room there is now.
            assert!(matches!(ledger.submit(Vec::new(), Stamp(0)), Err(SubmitError::Stopped(_))));
            assert!(matches!(ledger.operation(Tenant(0), Key(0)), Err(SubmitError::Stopped(_))));
        }
    }
    assert!(acknowledged < all().len(), "the disk was never full");
    std::fs::write(folder().join("acknowledged"), acknowledged.to_string()).expect("it can be told");
}

#[test]
#[ignore = "runs only as the child of `a_full_disk_loses_nothing_acknowledged`"]
fn child_that_has_room_again() {
    let told = std::fs::read_to_string(folder().join("acknowledged")).expect("it was told");
    let acknowledged: usize = told.parse().expect("a number");
    let store = SqliteStore::open(&folder().join("data")).expect("there is room");
    let (ledger, recovery) = opened(store).expect("the log is whole");
    assert_eq!(recovery.cut, None);
    // What was acknowledged is there; the batch that was on its way is there as a whole or not at all.
    let (straight, all) = (open(MemoryStore::default()), all());
    for (batch, now) in &all[..acknowledged] {
        straight.submit(batch.clone(), *now).expect("memory does not fail");
    }
    let (batch, now) = &all[acknowledged];
    let done = hash(&ledger) != hash(&straight);
    if done {
        straight.submit(batch.clone(), *now).expect("memory does not fail");
        assert_eq!(hash(&ledger), hash(&straight), "after {acknowledged} batches");
    }
    for command in batch {
        let told = |ledger: &Ledger| ledger.operation(command.tenant, command.key).expect("it runs");
        assert_eq!(told(&ledger), told(&straight), "{:?}", command.key);
    }
    // The same keys are sent again, and it goes on.
    for (batch, now) in &all[acknowledged..] {
        let answers =
            [&ledger, &straight].map(|ledger| ledger.submit(batch.clone(), *now).expect("there is room"));
        assert_eq!(answers[0], answers[1]);
    }
    assert_eq!(hash(&ledger), hash(&straight));
}

/// Runs a script with a size in kilobytes, alone with a disk of its own where that is wanted.
fn run(script: &str, kilobytes: i64, folder: &Folder) -> std::process::Output {
    let mut command = match script == SMALL_DISK {
        true => {
            let mut command = std::process::Command::new("unshare");
            command.args(["--user", "--map-root-user", "--mount", "sh"]);
            command
        }
        false => std::process::Command::new("sh"),
    };
    let program = std::env::current_exe().expect("this program");
    command.args(["-c", script, "sh"]).arg(program).arg(kilobytes.to_string());
    command.env("VOLOK_LEDGER_FOLDER", &folder.0).output().expect("a shell")
}

/// Whether this system lets anyone have a disk in memory of his own.
fn has_small_disks() -> bool {
    let mut unshare = std::process::Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs"]);
    unshare.arg(std::env::temp_dir()).output().is_ok_and(|output| output.status.success())
}

#[test]
fn a_full_disk_loses_nothing_acknowledged() {
    let (first, disks) = (number("VOLOK_SEED", 1), number("VOLOK_LEDGER_DISKS", 2));
    let small_disks = has_small_disks();
    let mut on_disks = 0;
    for seed in first..first + disks {
        let mut random = Random::new(seed);
        let folder = Folder::new(&format!("full-{seed}"));
        let script = if small_disks && seed % 2 == 0 { SMALL_DISK } else { LIMITED };
        // From a file that cannot even be begun to a disk that is full when SQLite moves its log of four megabytes into
        // the tables.
        let most = random.of(&[60, 600, if script == SMALL_DISK { 4_300 } else { 3_900 }]);
        let kilobytes = random.between(4, most);
        on_disks += u64::from(script == SMALL_DISK);
        let run = run(script, kilobytes, &folder);
        let told = [run.stdout, run.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        let both = run.status.success() && told[0].matches("test result: ok. 1 passed").count() == 2;
        assert!(both, "seed {seed}, {kilobytes} kB: {}", told.join("\n"));
    }
    println!("{disks} times full, {on_disks} of them a disk in memory, seeds {first}..{}", first + disks);
}
