//! Command line of the load on a service of this machine: so many requests a second from so many connections, each timed from
//! when it was due, so that a service that falls behind is not spared.

// Rates of what was measured; no decision is made with them.
#![allow(clippy::float_arithmetic)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use volok_bench::Failure;
use volok_bench::figure::Figure;

#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// The service, on this machine.
    #[arg(long, default_value = "127.0.0.1:8080")]
    address: SocketAddr,
    /// Bodies of the requests, one a line; taken in turn.
    #[arg(long)]
    bodies: PathBuf,
    /// Where they are posted.
    #[arg(long, default_value = "/v1/quote")]
    path: String,
    /// Requests a second, of all connections together.
    #[arg(long, default_value_t = 5_000)]
    rate: u32,
    /// Connections, each with one request under way.
    #[arg(long, default_value_t = 32)]
    connections: u32,
    /// Seconds.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// One line of JSON for each figure.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    volok_bench::ended("volok-bench-http", run(&arguments, &mut std::io::stdout().lock()))
}

fn run(arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    assert!(arguments.address.ip().is_loopback(), "load is for this machine alone");
    let text = std::fs::read_to_string(&arguments.bodies)?;
    let requests: Vec<Vec<u8>> = text.lines().map(|body| request(arguments, body)).collect();
    let begin = Instant::now() + Duration::from_millis(100);
    let mut sent: Vec<Connection> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..arguments.connections)
            .map(|number| {
                let requests = &requests;
                scope.spawn(move || Connection::drive(arguments, requests, number, begin))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_default()).collect()
    });
    let took = begin.elapsed().as_secs_f64();
    let mut times: Vec<u64> =
        sent.iter_mut().flat_map(|connection| std::mem::take(&mut connection.micros)).collect();
    times.sort_unstable();
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default();
    let refused: u64 = sent.iter().map(|connection| connection.refused).sum();
    let broken: u64 = sent.iter().map(|connection| connection.broken).sum();
    let figure = Figure {
        suite: "http",
        case: format!("{} at {}/s", arguments.path, arguments.rate),
        value: at(0.99).into(),
        unit: "µs p99",
        n: times.len(),
        facts: vec![
            ("p50", at(0.5).into()),
            ("p90", at(0.9).into()),
            ("p999", at(0.999).into()),
            ("per_second", ((times.len() as f64 / took) as u64).into()),
            ("refused", refused.into()),
            ("broken", broken.into()),
            ("connections", arguments.connections.into()),
        ],
    };
    figure.write(arguments.json, out)?;
    Ok(())
}

fn request(arguments: &Arguments, body: &str) -> Vec<u8> {
    let (path, address, length) = (&arguments.path, arguments.address, body.len());
    let head = format!("POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {length}\r\n\r\n{body}");
    head.into_bytes()
}

/// What one connection saw.
#[derive(Default)]
struct Connection {
    /// Times of answers that were right, from when their request was due.
    micros: Vec<u64>,
    /// Answers of other statuses than 2xx.
    refused: u64,
    /// Answers that did not come.
    broken: u64,
}

impl Connection {
    fn drive(arguments: &Arguments, requests: &[Vec<u8>], number: u32, begin: Instant) -> Connection {
        let mut seen = Connection::default();
        let each = Duration::from_secs(1) * arguments.connections / arguments.rate;
        let all = arguments.seconds * u64::from(arguments.rate) / u64::from(arguments.connections);
        let Ok(mut stream) = TcpStream::connect(arguments.address) else { return seen };
        let Ok(reading) = stream.try_clone() else { return seen };
        if stream.set_nodelay(true).is_err() {
            return seen;
        }
        let mut reading = BufReader::new(reading);
        let mut due = begin + Duration::from_secs(1) * number / arguments.rate;
        for row in 0..all {
            if let Some(early) = due.checked_duration_since(Instant::now()) {
                std::thread::sleep(early);
            }
            let which = (row * u64::from(arguments.connections) + u64::from(number)) % requests.len() as u64;
            let answered =
                stream.write_all(&requests[which as usize]).ok().and_then(|()| status(&mut reading));
            match answered {
                Some(200..300) => seen.micros.push(due.elapsed().as_micros() as u64),
                Some(_) => seen.refused += 1,
                None => {
                    seen.broken += 1;
                    return seen;
                }
            }
            due += each;
        }
        seen
    }
}

/// The status of the next answer; its body is read and forgotten.
fn status(reading: &mut BufReader<TcpStream>) -> Option<u16> {
    let (mut line, mut status, mut length) = (String::new(), None, 0);
    loop {
        line.clear();
        reading.read_line(&mut line).ok().filter(|&read| read > 0)?;
        if line == "\r\n" {
            break;
        }
        if status.is_none() {
            status = line.split(' ').nth(1)?.parse().ok();
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.trim().parse().ok()?;
        }
    }
    std::io::copy(&mut reading.take(length), &mut std::io::sink()).ok()?;
    status
}
