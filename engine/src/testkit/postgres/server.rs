//! A PostgreSQL of a test's own, from Debian's packages, on a socket in a folder of its own.

use crate::ledger::store::{Patience, PostgresStore};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A server that ends with the test.
#[derive(Debug)]
pub struct Server {
    bin: PathBuf,
    /// Where its data and its socket are.
    pub folder: PathBuf,
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.starts_with(b"0\n"))
}

/// The newest version that is installed.
fn bin() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let bins = versions.filter_map(|version| {
        let path = version.ok()?.path();
        let number: u32 = path.file_name()?.to_str()?.parse().ok()?;
        let bin = path.join("bin");
        bin.join("initdb").exists().then_some((number, bin))
    });
    bins.max().map(|found| found.1)
}

impl Server {
    /// A new server, or nothing, said aloud, where PostgreSQL is not installed.
    ///
    /// # Panics
    /// Where the programs of the package fail.
    #[allow(clippy::print_stdout)]
    pub fn start(name: &str) -> Option<Server> {
        let Some(bin) = bin() else {
            println!("PostgreSQL is not installed: left out (apt-get install postgresql)");
            return None;
        };
        let folder = std::env::temp_dir().join(format!("volok-pg-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder for the server");
        if is_root() {
            // The server does not run as root.
            let owned = Command::new("chown").arg("postgres").arg(&folder).status();
            assert!(owned.is_ok_and(|status| status.success()), "the package makes a user `postgres`");
        }
        let server = Server { bin, folder };
        let data = server.data();
        server.run("initdb", &["-D", &data, "-A", "trust", "-U", "postgres", "--no-sync"]);
        server.begin();
        Some(server)
    }

    fn data(&self) -> String {
        self.folder.join("data").display().to_string()
    }

    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        match is_root() {
            true => {
                let mut command = Command::new("runuser");
                command.args(["-u", "postgres", "--"]).arg(program);
                command
            }
            false => Command::new(program),
        }
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = self.command(program);
        command.args(arguments).current_dir(&self.folder).stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status().expect("a program of the package");
        assert!(status.success(), "{program} {arguments:?}: see {}", self.folder.join("log").display());
    }

    /// Starts the server on its data.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn begin(&self) {
        let (data, log) = (self.data(), self.folder.join("log").display().to_string());
        let options = format!(
            "-c listen_addresses='' -k {} -c max_connections=60 -c shared_buffers=64MB",
            self.folder.display()
        );
        self.run("pg_ctl", &["-D", &data, "-w", "-l", &log, "-o", &options, "start"]);
    }

    /// Stops it as if the machine had failed: it recovers when it begins.
    ///
    /// # Panics
    /// Where it does not stop.
    pub fn crash(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-w", "-m", "immediate", "stop"]);
    }

    /// The address behind which it listens.
    pub fn address(&self) -> String {
        address(&self.folder)
    }

    /// Its socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.join(".s.PGSQL.5432")
    }

    /// A store that writes from now on.
    ///
    /// # Panics
    /// Where the server cannot be reached.
    pub fn store(&self, ledger: &str) -> PostgresStore {
        let store = PostgresStore::open(&self.address(), ledger, "test", Patience::default());
        store.unwrap_or_else(|error| panic!("{error}"))
    }

    /// A store that reads.
    ///
    /// # Panics
    /// Where the server cannot be reached.
    pub fn reader(&self, ledger: &str) -> PostgresStore {
        let store = PostgresStore::connect(&self.address(), ledger, Patience::default());
        store.unwrap_or_else(|error| panic!("{error}"))
    }
}

/// The address of a server whose socket is in a folder.
pub fn address(folder: &Path) -> String {
    format!("host={} user=postgres dbname=postgres", folder.display())
}

impl Drop for Server {
    fn drop(&mut self) {
        let stop = ["-D", &self.data(), "-w", "-m", "immediate", "stop"];
        let mut command = self.command("pg_ctl");
        let _ = command.args(stop).current_dir("/").stdout(Stdio::null()).stderr(Stdio::null()).status();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
