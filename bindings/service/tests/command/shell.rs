//! Runs the binary as a user does.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A directory of its own for each test, empty at the start.
pub fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

/// The binary, to be run in a directory.
pub fn volok(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_volok"));
    command.current_dir(directory).env_remove("COLUMNS").stdin(Stdio::null());
    command
}

/// Runs the binary to its end.
pub fn run(directory: &Path, arguments: &[&str]) -> Run {
    Run::of(volok(directory).args(arguments).output().unwrap())
}

/// Runs the binary with a text on standard input.
pub fn run_with(directory: &Path, arguments: &[&str], input: &str) -> Run {
    let mut command = volok(directory);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Run::of(child.wait_with_output().unwrap())
}

/// What a run left behind.
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    fn of(output: Output) -> Run {
        Run {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Standard output of a run that went well.
    #[track_caller]
    pub fn well(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{}", self.out);
        self.out
    }
}
