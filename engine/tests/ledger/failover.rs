//! Processes on one log in PostgreSQL, under load, while one thing after the other fails: what was acknowledged is there,
//! nothing is there twice.

use crate::support::{ANY, number, open};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};
use volok::ledger::store::{Patience, PostgresStore, SharedStore};
use volok::ledger::*;
use volok::testkit::Random;
use volok::testkit::ledger::World;
use volok::testkit::postgres::{Cut, Proxy, Server, address};

const REPLICAS: usize = 3;
const CLIENTS: u64 = 4;
const CELLS: u32 = 3;
/// How long the seat must not move before a follower takes it.
const SILENCE: Duration = Duration::from_millis(600);
const TURN: Duration = Duration::from_millis(25);

fn now() -> Stamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    Stamp(since.as_nanos() as i64)
}

fn place(key: u128, cell: u32) -> Command {
    let lines = Lines::from_iter([Wanted { what: Want::Cell(CellNo(cell)), qty: 1 }]);
    let body = Body::Place(Place {
        channel: ChannelNo(0),
        customer: None,
        node: NodeNo(0),
        lines,
        life: 86_400,
        priority: 0,
        instead_of: None,
        claims: Vec::new(),
    });
    Command { tenant: Tenant(0), key: Key(key), body }
}

fn in_a_word(outcome: &Outcome) -> String {
    match &outcome.result {
        Ok(Done::Held { hold, .. }) => format!("held {} at {}", hold.0, outcome.at.0),
        Ok(other) => format!("{other:?}"),
        Err(refusal) => format!("refused {} at {}", refusal.code.code(), outcome.at.0),
    }
}

/// A replica in a process of its own: it takes requests of one line, and answers in one.
#[test]
#[ignore = "runs only as the child of the failovers"]
fn child_that_serves() {
    let folder = PathBuf::from(std::env::var_os("VOLOK_LEDGER_FOLDER").expect("the parent names a folder"));
    let name = format!("{} {}", folder.display(), std::process::id());
    // It ends with its parent.
    std::thread::spawn(|| {
        let _ = std::io::stdin().lines().count();
        std::process::exit(0);
    });
    let patience = Patience { tries: 30, pause: Duration::from_millis(50) };
    let store = loop {
        if let Ok(store) = PostgresStore::connect(&address(&folder), "failover", patience) {
            break store;
        }
    };
    let replica = Replica::new(store, &name, SILENCE, ANY);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("a port").port();
    std::fs::write(folder.join("port.new"), port.to_string()).expect("it can be told");
    std::fs::rename(folder.join("port.new"), folder.join("port")).expect("it can be told");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut kept = 0;
            loop {
                if let Ok(Standing { role: Role::Writes, sequence, .. }) = replica.turn(now())
                    && sequence > kept + 20_000
                    && replica.snapshot(None).is_ok()
                {
                    kept = sequence;
                }
                std::thread::sleep(TURN);
            }
        });
        for client in listener.incoming().flatten() {
            let replica = &replica;
            scope.spawn(move || serve(replica, &client));
        }
    });
}

fn serve(replica: &Replica<PostgresStore>, client: &TcpStream) {
    let mut to = client;
    for line in BufReader::new(client).lines().map_while(Result::ok) {
        let mut words = line.split(' ').map(|word| word.parse::<u128>().expect("a number"));
        let (key, cell) = (words.next().expect("a key"), words.next().expect("a cell"));
        let answer = match replica.submit(vec![place(key, cell as u32)], now()) {
            Ok(outcomes) => in_a_word(&outcomes[0]),
            Err(ReplicaError::Elsewhere { .. }) => "elsewhere".to_owned(),
            Err(_) => "unknown".to_owned(),
        };
        if to.write_all(format!("{answer}\n").as_bytes()).is_err() {
            return;
        }
    }
}

/// A replica as its parent sees it.
struct Process {
    child: Child,
    folder: PathBuf,
}

impl Process {
    fn start(folder: &Path) -> Process {
        let _ = std::fs::remove_file(folder.join("port"));
        let child = std::process::Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "failover::child_that_serves", "--include-ignored", "--quiet"])
            .env("VOLOK_LEDGER_FOLDER", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        Process { child, folder: folder.to_owned() }
    }

    fn kill(&mut self) {
        self.child.kill().expect("it is ours");
        self.child.wait().expect("it is ours");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What clients and the one who breaks things tell each other.
struct Told {
    begin: Instant,
    is_over: AtomicBool,
    /// The replica that answered last.
    writer: AtomicUsize,
    /// When the last thing failed, in nanoseconds since the beginning.
    failed: AtomicU64,
    /// When the first request was answered that was sent since; 0 until then.
    answered: AtomicU64,
}

impl Told {
    fn nanoseconds(&self) -> u64 {
        self.begin.elapsed().as_nanos() as u64
    }

    fn fails_now(&self) {
        self.answered.store(0, Ordering::SeqCst);
        self.failed.store(self.nanoseconds(), Ordering::SeqCst);
    }
}

/// One connection of a client: asks, or gives up.
fn ask(connection: &mut Option<BufReader<TcpStream>>, folder: &Path, request: &str) -> Option<String> {
    if connection.is_none() {
        let port: u16 = std::fs::read_to_string(folder.join("port")).ok()?.parse().ok()?;
        let stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        stream.set_nodelay(true).ok()?;
        *connection = Some(BufReader::new(stream));
    }
    let open = connection.as_mut()?;
    let mut answer = String::new();
    let asked = open.get_mut().write_all(request.as_bytes()).and_then(|()| open.read_line(&mut answer));
    match asked {
        Ok(1..) => Some(answer.trim_end().to_owned()),
        _ => {
            *connection = None;
            None
        }
    }
}

/// A client: sends each key, to one replica after the other, until it has an answer. All keys with their answers.
fn client(number: u64, folders: &[PathBuf], told: &Told) -> Vec<(u128, String)> {
    let (mut random, mut answers) = (Random::new(number), Vec::new());
    let mut connections: Vec<Option<BufReader<TcpStream>>> = folders.iter().map(|_| None).collect();
    let mut to = 0;
    for count in 0.. {
        let key = 1_000_000 + (u128::from(number) << 64) + count;
        let request = format!("{key} {}\n", random.below(u64::from(CELLS)));
        loop {
            if told.is_over.load(Ordering::Relaxed) {
                return answers;
            }
            let sent = told.nanoseconds();
            match ask(&mut connections[to], &folders[to], &request) {
                Some(answer) if answer != "elsewhere" && answer != "unknown" => {
                    answers.push((key, answer));
                    told.writer.store(to, Ordering::SeqCst);
                    if sent > told.failed.load(Ordering::SeqCst) {
                        let _ = told.answered.compare_exchange(
                            0,
                            told.nanoseconds(),
                            Ordering::SeqCst,
                            Ordering::SeqCst,
                        );
                    }
                    break;
                }
                _ => {
                    to = (to + 1) % folders.len();
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    answers
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    WriterKilled,
    DatabaseRestarted,
    CutBefore,
    CutDuring,
    CutAfter,
    SlowDisk,
}

const FAULTS: [Fault; 6] = [
    Fault::WriterKilled,
    Fault::DatabaseRestarted,
    Fault::CutBefore,
    Fault::CutDuring,
    Fault::CutAfter,
    Fault::SlowDisk,
];

fn wait(what: &str, until: impl Fn() -> bool) {
    let begin = Instant::now();
    while !until() {
        assert!(begin.elapsed() < Duration::from_secs(60), "{what}: waited for a minute");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Lets one thing fail, and puts it right again once a request is answered; how long that took.
fn fail(
    fault: Fault,
    stays_away: bool,
    server: &Server,
    proxies: &[Proxy],
    processes: &mut [Process],
    told: &Told,
) -> Duration {
    let writer = told.writer.load(Ordering::SeqCst);
    let proxy = &proxies[writer];
    let cut = |cut| {
        proxy.cut(cut);
        // Somebody else may write by now; then nothing was cut.
        let begin = Instant::now();
        while !proxy.was_cut() && begin.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_micros(200));
        }
        if stays_away {
            proxy.refuse(Duration::from_secs(2));
        }
        told.fails_now();
    };
    match fault {
        Fault::WriterKilled => {
            told.fails_now();
            processes[writer].kill();
        }
        Fault::DatabaseRestarted => {
            told.fails_now();
            server.crash();
            server.begin();
        }
        Fault::CutBefore => cut(Cut::Before),
        Fault::CutDuring => cut(Cut::During),
        Fault::CutAfter => cut(Cut::After),
        Fault::SlowDisk => {
            proxy.delay(Duration::from_millis(if stays_away { 900 } else { 250 }));
            told.fails_now();
        }
    }
    wait(&format!("{fault:?}"), || told.answered.load(Ordering::SeqCst) > 0);
    let took = told.answered.load(Ordering::SeqCst) - told.failed.load(Ordering::SeqCst);
    proxy.clear();
    if fault == Fault::WriterKilled {
        processes[writer] = Process::start(&processes[writer].folder.clone());
    }
    Duration::from_nanos(took)
}

#[test]
fn whatever_fails_nothing_acknowledged_is_lost_and_nothing_is_done_twice() {
    let (failovers, seed) = (number("VOLOK_LEDGER_FAILOVERS", 6), number("VOLOK_SEED", 1));
    let Some(server) = Server::start("failover") else { return };
    println!("{failovers} failovers, seed {seed}");
    let first = server.store("failover");
    let mut opening = World::opening(Tenant(0));
    for cell in 0..CELLS {
        let what = StockChange::Receipt(CellNo(cell), limits::UNITS);
        let body = Body::Stock(StockEvent { source: SourceNo(0), sequence: u64::from(cell) + 1, what });
        opening.push(Command { tenant: Tenant(0), key: Key(500 + u128::from(cell)), body });
    }
    let settings = Settings { longest_life: 86_400, rules: Vec::new() };
    opening.push(Command { tenant: Tenant(0), key: Key(600), body: Body::Settings(settings) });
    open(first).submit(opening, now()).expect("the database is there");
    server.store("failover").leave().expect("the database is there");

    let behind = std::env::temp_dir().join(format!("volok-proxy-{}", std::process::id()));
    let proxies: Vec<Proxy> = (0..REPLICAS)
        .map(|replica| Proxy::before(server.socket(), &behind.join(replica.to_string())))
        .collect();
    let folders: Vec<PathBuf> = proxies.iter().map(|proxy| proxy.folder.clone()).collect();
    let mut processes: Vec<Process> = folders.iter().map(|folder| Process::start(folder)).collect();
    let told = Told {
        begin: Instant::now(),
        is_over: AtomicBool::new(false),
        writer: AtomicUsize::new(0),
        failed: AtomicU64::new(0),
        answered: AtomicU64::new(0),
    };
    let mut took: BTreeMap<Fault, Vec<Duration>> = BTreeMap::new();
    let answers: Vec<(u128, String)> = std::thread::scope(|scope| {
        let (told, folders) = (&told, &folders);
        let clients: Vec<_> =
            (1..=CLIENTS).map(|number| scope.spawn(move || client(number, folders, told))).collect();
        // However this ends, the clients end.
        struct Over<'a>(&'a AtomicBool);
        impl Drop for Over<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::SeqCst);
            }
        }
        let over = Over(&told.is_over);
        wait("the first answer", || told.answered.load(Ordering::SeqCst) > 0);
        let mut random = Random::new(seed);
        for failover in 0..failovers {
            let fault = FAULTS[failover as usize % FAULTS.len()];
            std::thread::sleep(Duration::from_millis(random.below(200)));
            let one = fail(fault, random.percent(50), &server, &proxies, &mut processes, told);
            took.entry(fault).or_default().push(one);
        }
        drop(over);
        clients.into_iter().flat_map(|client| client.join().expect("no panic")).collect()
    });
    drop(processes);

    // The log is whole, has each key once, and each answer that was heard.
    let store = server.reader("failover");
    let verified = verify(&store).expect("the log is whole");
    assert_eq!((verified.torn, verified.broken), (None, None));
    let (mut logged, mut held) = (BTreeMap::new(), 0u64);
    let torn = records(&store, &mut |record| {
        let again = logged.insert(record.command.key.0, in_a_word(&record.outcome));
        assert_eq!(again, None, "key {} was done twice", record.command.key.0);
        held += u64::from(matches!(record.outcome.result, Ok(Done::Held { .. })));
        Ok(())
    });
    assert_eq!(torn, Ok(None));
    let lost = answers.iter().filter(|(key, answer)| logged.get(key) != Some(answer)).count();
    assert_eq!(lost, 0, "of {} acknowledged operations", answers.len());
    let state = replay(&store).expect("the log is whole");
    let book = state.book(Tenant(0)).expect("a book");
    let cells = (0..CELLS).map(|cell| book.cell_at(CellNo(cell), state.at().second()).expect("a cell").held);
    assert_eq!(cells.map(u64::from).sum::<u64>(), held);

    let mut all: Vec<Duration> = took.values().flatten().copied().collect();
    println!(
        "{} operations acknowledged, 0 lost, 0 done twice; epoch {}",
        answers.len(),
        store.seat().expect("it is there").epoch
    );
    let tell = |name: &str, times: &mut Vec<Duration>| {
        times.sort_unstable();
        let at = |percent: usize| {
            times.get(times.len() * percent / 100).or(times.last()).copied().unwrap_or_default()
        };
        println!(
            "{name}: {} times, median {:?}, p95 {:?}, most {:?}",
            times.len(),
            at(50),
            at(95),
            times.last()
        );
    };
    took.iter_mut().for_each(|(fault, times)| tell(&format!("{fault:?}"), times));
    tell("all", &mut all);
    let _ = std::fs::remove_dir_all(&behind);
}
