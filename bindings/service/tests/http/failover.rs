//! Replicas under load while one thing after the other fails: what was acknowledged is there, nothing is there twice, and a
//! key has the same answer for ever.

use crate::client::{Answer, Service, count};
use crate::replicas::{replica, wait, writes};
use crate::worlds::{order, pens, shop};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};
use volok::testkit::postgres::Server;

const REPLICAS: usize = 3;
const CLIENTS: usize = 4;

/// What fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    WriterKilled,
    DatabaseRestarted,
    WriterEnds,
}

const FAULTS: [Fault; 3] = [Fault::WriterKilled, Fault::DatabaseRestarted, Fault::WriterEnds];

/// What clients and the one who breaks things tell each other.
struct Told {
    begin: Instant,
    is_over: AtomicBool,
    addresses: RwLock<Vec<String>>,
    /// When the last thing failed, in nanoseconds since the beginning.
    failed: AtomicU64,
    /// When the first request was acknowledged that was sent since; 0 until then.
    answered: AtomicU64,
    /// When writes were acknowledged.
    acknowledged: Mutex<Vec<u64>>,
}

impl Told {
    fn now(&self) -> u64 {
        self.begin.elapsed().as_nanos() as u64
    }

    fn fails_now(&self) -> u64 {
        let now = self.now();
        self.answered.store(0, Ordering::SeqCst);
        self.failed.store(now, Ordering::SeqCst);
        now
    }

    /// The longest time since, and a little before, in which no write was acknowledged.
    fn silence(&self, since: u64) -> Duration {
        let mut acknowledged = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
        acknowledged.sort_unstable();
        let gaps = acknowledged.windows(2).filter(|two| two[1] >= since).map(|two| two[1] - two[0]);
        Duration::from_nanos(gaps.max().unwrap_or(0))
    }

    fn address(&self, row: usize) -> String {
        self.addresses.read().unwrap_or_else(PoisonError::into_inner)[row].clone()
    }
}

/// One request on a connection of its own; nothing where no whole answer came.
fn ask(address: &str, method: &str, path: &str, key: Option<&str>, body: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(40))).ok()?;
    let key = key.map(|key| format!("idempotency-key: {key}\r\n")).unwrap_or_default();
    let head = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\nhost: {address}\r\n{key}");
    stream.write_all(format!("{head}content-length: {}\r\n\r\n{body}", body.len()).as_bytes()).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    Answer::of(&bytes)
}

/// What a key was answered, and what was not answered in the end.
#[derive(Default)]
struct Heard {
    holds: Vec<(String, Value)>,
    unanswered: Vec<String>,
}

/// A client: sends each key, to one replica after the other, until it is held.
fn client(number: usize, told: &Told) -> Heard {
    let (mut heard, mut to) = (Heard::default(), number);
    for row in 0.. {
        let key = format!("{number}-{row}");
        let (path, body) = match number {
            0 => ("/v1/holds/planned", json!({"order": order(&key, 1), "life": 80_000})),
            _ => ("/v1/holds", pens(1)),
        };
        loop {
            if told.is_over.load(Ordering::SeqCst) {
                heard.unanswered.push(key);
                return heard;
            }
            to += 1;
            let sent = told.now();
            let answer = ask(&told.address(to % REPLICAS), "POST", path, Some(&key), &body.to_string());
            let Some(answer) = answer.filter(|answer| answer.status < 500) else {
                std::thread::sleep(Duration::from_millis(5));
                continue;
            };
            assert_eq!(answer.status, 201, "{key}: {answer:?}");
            let (_, said) = answer.json();
            // Its plan is told also where the process that made it ended before it told.
            assert!(number != 0 || said["plan"]["parcels"].is_array(), "{key}: {said}");
            heard
                .holds
                .push((key, if number == 0 { said["hold"]["hold"].clone() } else { said["hold"].clone() }));
            told.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).push(told.now());
            if sent > told.failed.load(Ordering::SeqCst) {
                let _ = told.answered.compare_exchange(0, told.now(), Ordering::SeqCst, Ordering::SeqCst);
            }
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    heard
}

/// Lets one thing fail, until a write is acknowledged that was sent afterwards; how long none was.
fn fail(fault: Fault, server: &Server, replicas: &mut [Service], told: &Told) -> Duration {
    let writer =
        wait("somebody writes", || replicas.iter().position(|replica| writes(replica) == Some(true)));
    let since = told.fails_now();
    let signal = |signal: &str| {
        let sent = Command::new("kill").args([signal, &replicas[writer].child.id().to_string()]).status();
        assert!(sent.is_ok_and(|sent| sent.success()));
    };
    match fault {
        Fault::WriterKilled => signal("-KILL"),
        Fault::WriterEnds => signal("-TERM"),
        Fault::DatabaseRestarted => {
            server.crash();
            told.fails_now();
            server.begin();
        }
    }
    wait(&format!("{fault:?}"), || (told.answered.load(Ordering::SeqCst) > 0).then_some(()));
    if fault != Fault::DatabaseRestarted {
        let ended = replicas[writer].child.wait().expect("it was told to");
        assert_eq!(ended.success(), fault == Fault::WriterEnds);
        replicas[writer] = replica(&server.address(), &[]);
        let mut addresses = told.addresses.write().unwrap_or_else(PoisonError::into_inner);
        addresses[writer] = replicas[writer].address.clone();
    }
    told.silence(since)
}

#[test]
fn whatever_fails_what_was_acknowledged_is_there_once_and_keys_have_their_answers() {
    let failovers = count("VOLOK_HTTP_FAILOVERS", 3);
    let Some(server) = Server::start("http-failover") else { return };
    let mut replicas: Vec<Service> = (0..REPLICAS).map(|_| replica(&server.address(), &[])).collect();
    assert_eq!(replicas[1].put("/v1/world", &shop(100_000_000)).0, 200);
    let told = Told {
        begin: Instant::now(),
        is_over: AtomicBool::new(false),
        addresses: RwLock::new(replicas.iter().map(|replica| replica.address.clone()).collect()),
        failed: AtomicU64::new(0),
        answered: AtomicU64::new(0),
        acknowledged: Mutex::default(),
    };
    let took: Mutex<BTreeMap<Fault, Vec<Duration>>> = Mutex::default();
    let heard: Vec<Heard> = std::thread::scope(|scope| {
        let told = &told;
        let clients: Vec<_> = (0..CLIENTS).map(|number| scope.spawn(move || client(number, told))).collect();
        // However this ends, the clients end.
        struct Over<'a>(&'a AtomicBool);
        impl Drop for Over<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::SeqCst);
            }
        }
        let over = Over(&told.is_over);
        wait("the first answer", || (told.answered.load(Ordering::SeqCst) > 0).then_some(()));
        for fault in FAULTS.into_iter().cycle().take(failovers) {
            // Some load between two of them.
            std::thread::sleep(Duration::from_millis(300));
            let long = fail(fault, &server, &mut replicas, told);
            took.lock().unwrap_or_else(PoisonError::into_inner).entry(fault).or_default().push(long);
        }
        drop(over);
        clients.into_iter().map(|client| client.join().expect("no panic")).collect()
    });
    let (mut lost, mut others, mut done) = (0, 0, BTreeSet::new());
    let acknowledged: Vec<&(String, Value)> = heard.iter().flat_map(|heard| &heard.holds).collect();
    let mut asked = 0;
    let mut outcome = |key: &str| {
        asked += 1;
        let path = format!("/v1/operations/{key}");
        // Of keys of planned orders the first try is the one that was held: nobody else wants these pens.
        replicas[asked % REPLICAS].get(&path)
    };
    for (key, hold) in &acknowledged {
        match outcome(key) {
            (200, found) if found["hold"]["hold"] == *hold => {
                others += usize::from(!done.insert(hold.to_string()))
            }
            _ => lost += 1,
        }
    }
    for key in heard.iter().flat_map(|heard| &heard.unanswered) {
        if let (200, found) = outcome(key) {
            others += usize::from(!done.insert(found["hold"]["hold"].to_string()));
        }
    }
    let held = replicas[0].there("/v1/stock?sku=pen")["items"][0]["held"].clone();
    let mut all: Vec<Duration> = Vec::new();
    for (fault, mut took) in took.into_inner().unwrap_or_else(PoisonError::into_inner) {
        took.sort_unstable();
        println!(
            "{fault:?}: {} times, no write acknowledged for {:?} in the median, {:?} at the most",
            took.len(),
            took[took.len() / 2],
            took[took.len() - 1]
        );
        all.extend(took);
    }
    all.sort_unstable();
    println!(
        "{failovers} failovers, {} acknowledged, {lost} lost, {others} twice; no write acknowledged for {:?} in the median, {:?} at the most",
        acknowledged.len(),
        all.get(all.len() / 2),
        all.last(),
    );
    assert_eq!((lost, others), (0, 0));
    // Nothing is held that no key stands for.
    assert_eq!(held, done.len());
    assert!(acknowledged.len() > failovers);
}
