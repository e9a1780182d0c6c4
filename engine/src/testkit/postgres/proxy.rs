//! Something between a process and its database that cuts, refuses and delays.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// When the connection is cut on which the next group is appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Cut {
    /// The database never hears of the group.
    Before = 1,
    /// It hears of it, and nobody waits for what it does.
    During = 2,
    /// It has committed it; its answer is lost.
    After = 3,
}

/// How a group begins on the wire, whatever is around it.
const GROUP: &[u8] = b"vlk\x01";

#[derive(Debug, Default)]
struct Weather {
    cut: AtomicU8,
    was_cut: AtomicBool,
    delay: AtomicU64,
    refuses_until: Mutex<Option<Instant>>,
    is_over: AtomicBool,
}

/// A socket in a folder of its own, behind which another one is reached.
#[derive(Debug)]
pub struct Proxy {
    /// Where the socket is.
    pub folder: PathBuf,
    weather: Arc<Weather>,
}

impl Proxy {
    /// A socket in a folder, behind which that of a server is.
    ///
    /// # Panics
    /// Where no socket can be made.
    pub fn before(server: PathBuf, folder: &Path) -> Proxy {
        std::fs::create_dir_all(folder).expect("a folder for a socket");
        let listener = UnixListener::bind(folder.join(".s.PGSQL.5432")).expect("a socket");
        let weather = Arc::new(Weather::default());
        let shared = weather.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if shared.is_over.load(Ordering::Relaxed) {
                    return;
                }
                if !shared.refuses()
                    && let Ok(server) = UnixStream::connect(&server)
                {
                    carry(client, server, &shared);
                }
            }
        });
        Proxy { folder: folder.to_owned(), weather }
    }

    /// Cuts the connection on which the next group is appended, and lets no other through for a while.
    pub fn cut(&self, cut: Cut) {
        self.weather.was_cut.store(false, Ordering::Relaxed);
        self.weather.cut.store(cut as u8, Ordering::Relaxed);
    }

    /// Whether it was cut since.
    pub fn was_cut(&self) -> bool {
        self.weather.was_cut.load(Ordering::Relaxed)
    }

    /// Lets nothing through for a while.
    pub fn refuse(&self, long: Duration) {
        *self.weather.refuses_until.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Instant::now() + long);
    }

    /// Holds every answer back for so long.
    pub fn delay(&self, long: Duration) {
        self.weather.delay.store(long.as_millis() as u64, Ordering::Relaxed);
    }

    /// Everything passes again.
    pub fn clear(&self) {
        self.weather.cut.store(0, Ordering::Relaxed);
        self.delay(Duration::ZERO);
        *self.weather.refuses_until.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.weather.is_over.store(true, Ordering::Relaxed);
        let _ = UnixStream::connect(self.folder.join(".s.PGSQL.5432"));
    }
}

impl Weather {
    fn refuses(&self) -> bool {
        let until = *self.refuses_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    /// The cut that is due to bytes that were sent, if one is: it is done once.
    fn due(&self, sent: &[u8]) -> Option<Cut> {
        let cut = match self.cut.load(Ordering::Relaxed) {
            1 => Cut::Before,
            2 => Cut::During,
            3 => Cut::After,
            _ => return None,
        };
        let has_group = sent.windows(GROUP.len()).any(|bytes| bytes == GROUP);
        if !has_group || self.cut.swap(0, Ordering::Relaxed) == 0 {
            return None;
        }
        self.was_cut.store(true, Ordering::Relaxed);
        Some(cut)
    }
}

fn carry(client: UnixStream, server: UnixStream, weather: &Arc<Weather>) {
    let swallows = Arc::new(AtomicBool::new(false));
    let mut up = (client.try_clone().expect("a socket"), server.try_clone().expect("a socket"));
    let (of_up, up_swallows) = (weather.clone(), swallows.clone());
    std::thread::spawn(move || {
        let (client, server) = (&mut up.0, &mut up.1);
        let mut bytes = vec![0; 1 << 16];
        while let Ok(long @ 1..) = client.read(&mut bytes) {
            if of_up.refuses() {
                break;
            }
            let due = of_up.due(&bytes[..long]);
            if due == Some(Cut::After) {
                up_swallows.store(true, Ordering::Relaxed);
            }
            if due == Some(Cut::Before)
                || server.write_all(&bytes[..long]).is_err()
                || due == Some(Cut::During)
            {
                break;
            }
        }
        close(client, server);
    });
    let (mut client, mut server, weather) = (client, server, weather.clone());
    std::thread::spawn(move || {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(long @ 1..) = server.read(&mut bytes) {
            std::thread::sleep(Duration::from_millis(weather.delay.load(Ordering::Relaxed)));
            if weather.refuses()
                || swallows.load(Ordering::Relaxed)
                || client.write_all(&bytes[..long]).is_err()
            {
                break;
            }
        }
        close(&client, &server);
    });
}

fn close(client: &UnixStream, server: &UnixStream) {
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}
