//! Tokens: who they are for is in a file of the data folder, what they are is not. Only a hash of each is kept.

use super::access::{Caller, Scope};
use super::random;
use crate::failure::Failure;
use crate::files;
use governor::clock::DefaultClock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};
use volok::ledger::Tenant;

/// What every token begins with, so that one that leaked is found by those who search for it.
const MARK: &str = "volok_";

/// How often the file is looked at again, at the most.
const LOOK: Duration = Duration::from_secs(1);

/// A token as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// What it is found by: the middle part of the token.
    id: String,
    /// What people call it.
    name: String,
    /// Hash of the whole token (BLAKE3): the secret has 256 random bits, so a fast hash gives nothing away.
    hash: String,
    /// Whose book.
    tenant: u16,
    /// The one seller whose goods it sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seller: Option<String>,
    /// What it may.
    scopes: Vec<Scope>,
}

/// A limiter of requests a second.
pub type Rate = RateLimiter<NotKeyed, InMemoryState, DefaultClock, NoOpMiddleware>;

/// A token that was found, and how often it may ask.
#[derive(Debug)]
struct Known {
    hash: blake3::Hash,
    caller: Caller,
    rate: Option<Rate>,
}

#[derive(Debug, Default)]
struct Ring {
    looked: Option<Instant>,
    changed: Option<SystemTime>,
    tokens: BTreeMap<String, Arc<Known>>,
}

/// All tokens of a data folder, read anew when their file changes.
#[derive(Debug)]
pub struct Keyring {
    file: Option<PathBuf>,
    rate: u32,
    ring: RwLock<Ring>,
    /// How often those may ask who need no token.
    local: Option<Rate>,
}

/// What a token turned out to be.
#[derive(Debug)]
pub enum Found {
    /// It opens.
    Caller(Caller),
    /// It asks too often; after so many seconds it may again.
    TooOften(u32),
    /// Nobody knows it, or it is missing where one is wanted.
    Nobody,
}

fn limiter(rate: u32) -> Option<Rate> {
    NonZeroU32::new(rate).map(|rate| RateLimiter::direct(Quota::per_second(rate)))
}

impl Keyring {
    /// The tokens of a folder, if there is one.
    pub fn open(folder: Option<&Path>, rate: u32) -> Result<Keyring, Failure> {
        let file = folder.map(path);
        let keyring = Keyring { file, rate, ring: RwLock::default(), local: limiter(rate) };
        if let Some(file) = keyring.file.as_deref() {
            read(file)?;
        }
        keyring.look();
        Ok(keyring)
    }

    /// Whether nobody needs a token, because none was ever made. Where the last one was taken away, nobody gets in.
    pub fn is_open(&self) -> bool {
        self.look();
        self.ring.read().unwrap_or_else(PoisonError::into_inner).changed.is_none()
    }

    /// Who sends a token, or none.
    pub fn find(&self, token: Option<&str>) -> Found {
        self.look();
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        if ring.changed.is_none() {
            return within(self.local.as_ref(), Caller::local());
        }
        let Some(token) = token else { return Found::Nobody };
        let id = token.strip_prefix(MARK).and_then(|rest| rest.split_once('_')).map(|(id, _)| id);
        let known = id.and_then(|id| ring.tokens.get(id));
        // Hashes are compared in constant time.
        match known.filter(|known| known.hash == blake3::hash(token.as_bytes())) {
            Some(known) => within(known.rate.as_ref(), known.caller.clone()),
            None => Found::Nobody,
        }
    }

    /// Reads the file anew if it changed. A file that cannot be read leaves the tokens as they were.
    fn look(&self) {
        let Some(file) = self.file.as_deref() else { return };
        let fresh = |ring: &Ring| ring.looked.is_some_and(|looked| looked.elapsed() < LOOK);
        if fresh(&self.ring.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        if fresh(&ring) {
            return;
        }
        ring.looked = Some(Instant::now());
        let changed = std::fs::metadata(file).and_then(|file| file.modified()).ok();
        if changed.is_none() || changed == ring.changed {
            return;
        }
        match read(file) {
            Ok(kept) => {
                ring.changed = changed;
                ring.tokens = kept.into_iter().filter_map(|kept| self.known(kept)).collect();
            }
            Err(failure) => tracing::error!(%failure, "the tokens stay as they were"),
        }
    }

    fn known(&self, kept: Kept) -> Option<(String, Arc<Known>)> {
        let caller = Caller {
            tenant: Tenant(kept.tenant),
            seller: kept.seller.map(Into::into),
            name: kept.name.into(),
            scopes: Some(kept.scopes.into()),
        };
        let hash = blake3::Hash::from_hex(&kept.hash).ok()?;
        Some((kept.id, Arc::new(Known { hash, caller, rate: limiter(self.rate) })))
    }
}

fn within(rate: Option<&Rate>, caller: Caller) -> Found {
    match rate.map(RateLimiter::check) {
        None | Some(Ok(())) => Found::Caller(caller),
        Some(Err(_)) => Found::TooOften(1),
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join("tokens.json")
}

fn read(file: &Path) -> Result<Vec<Kept>, Failure> {
    match std::fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map_err(|error| Failure::Other(format!("{}: {error}; it holds the tokens", file.display()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(cause) => Err(Failure::read(file, cause)),
    }
}

/// What a new token is for.
pub struct Wanted<'a> {
    /// What people call it.
    pub name: &'a str,
    /// Whose book.
    pub tenant: u16,
    /// The one seller whose goods it sees.
    pub seller: Option<&'a str>,
    /// What it may.
    pub scopes: &'a [Scope],
}

/// Makes a token and keeps its hash; the token itself is told once.
pub fn create(folder: &Path, wanted: &Wanted<'_>) -> Result<String, Failure> {
    let none = || Failure::Other("the system has no random numbers to give".to_owned());
    let (id, secret) = (random::hex::<6>().ok_or_else(none)?, random::hex::<32>().ok_or_else(none)?);
    let token = format!("{MARK}{id}_{secret}");
    let file = path(folder);
    let mut kept = read(&file)?;
    if kept.iter().any(|kept| kept.name == wanted.name) {
        let name = wanted.name;
        return Err(Failure::Other(format!(
            "there is a token {name:?} already; remove it, or take another name"
        )));
    }
    kept.push(Kept {
        id,
        name: wanted.name.to_owned(),
        hash: blake3::hash(token.as_bytes()).to_string(),
        tenant: wanted.tenant,
        seller: wanted.seller.map(str::to_owned),
        scopes: wanted.scopes.to_vec(),
    });
    write(&file, &kept)?;
    Ok(token)
}

/// Names of all tokens, with what they may.
pub fn list(folder: &Path) -> Result<Vec<String>, Failure> {
    let line = |kept: Kept| {
        let scopes: Vec<&str> = kept.scopes.iter().map(|scope| scope.word()).collect();
        let seller = kept.seller.map(|seller| format!(", seller {seller}")).unwrap_or_default();
        format!("{}: tenant {}{seller}, {}", kept.name, kept.tenant, scopes.join(" "))
    };
    Ok(read(&path(folder))?.into_iter().map(line).collect())
}

/// Takes a token away; whether there was one.
pub fn remove(folder: &Path, name: &str) -> Result<bool, Failure> {
    let file = path(folder);
    let mut kept = read(&file)?;
    let before = kept.len();
    kept.retain(|kept| kept.name != name);
    if kept.len() < before {
        write(&file, &kept)?;
    }
    Ok(kept.len() < before)
}

fn write(file: &Path, kept: &[Kept]) -> Result<(), Failure> {
    let text = serde_json::to_vec_pretty(kept).map_err(|error| Failure::Other(error.to_string()))?;
    files::replace(file, &text)
}
