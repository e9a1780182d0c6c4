//! Tokens: who they are for is kept beside the ledger, what they are is not. Only a hash of each is.

use super::access::{Caller, Scope};
pub use super::beside::Tokens;
use super::beside::{Database, Mark, Token, TokenFile};
use super::random;
use crate::failure::Failure;
use governor::clock::DefaultClock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use volok::ledger::Tenant;

/// What every token begins with, so that one that leaked is found by those who search for it.
const MARK: &str = "volok_";

/// How often tokens are looked at again, at the most.
const LOOK: Duration = Duration::from_secs(1);

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
    /// Which state of the tokens it is; nothing as long as there never was one.
    mark: Option<Mark>,
    tokens: BTreeMap<String, Arc<Known>>,
}

/// All tokens of a service, read anew when they change.
pub struct Keyring {
    kept: Option<Arc<dyn Tokens>>,
    /// Whether who asks looks; else somebody calls [`Keyring::look`].
    by_who_asks: bool,
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
    /// The tokens of a file, if there is one: looked at when somebody asks.
    pub fn of_file(file: Option<TokenFile>, rate: u32) -> Result<Keyring, Failure> {
        Keyring::open(file.map(|file| Arc::new(file) as Arc<dyn Tokens>), true, rate)
    }

    /// The tokens of a database: who asks never waits for it.
    pub fn of_database(database: Arc<Database>, rate: u32) -> Result<Keyring, Failure> {
        Keyring::open(Some(database), false, rate)
    }

    fn open(kept: Option<Arc<dyn Tokens>>, by_who_asks: bool, rate: u32) -> Result<Keyring, Failure> {
        let keyring = Keyring { kept, by_who_asks, rate, ring: RwLock::default(), local: limiter(rate) };
        if let Some(kept) = &keyring.kept {
            kept.tokens(None)?;
        }
        keyring.look();
        Ok(keyring)
    }

    /// Whether nobody needs a token, because none was ever made. Where the last one was taken away, nobody gets in.
    pub fn is_open(&self) -> bool {
        self.asked();
        self.ring.read().unwrap_or_else(PoisonError::into_inner).mark.is_none()
    }

    /// Who sends a token, or none.
    pub fn find(&self, token: Option<&str>) -> Found {
        self.asked();
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        if ring.mark.is_none() {
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

    /// Looks, where who asks does and nobody did for a while.
    fn asked(&self) {
        let fresh = |ring: &Ring| ring.looked.is_some_and(|looked| looked.elapsed() < LOOK);
        if !self.by_who_asks || fresh(&self.ring.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        if fresh(&ring) {
            return;
        }
        ring.looked = Some(Instant::now());
        drop(ring);
        self.look();
    }

    /// Reads the tokens anew if they changed. Those that cannot be read stay as they were. Blocks.
    pub fn look(&self) {
        let Some(kept) = &self.kept else { return };
        let seen = self.ring.read().unwrap_or_else(PoisonError::into_inner).mark.clone();
        match kept.tokens(seen.as_ref()) {
            Ok(None) => {}
            Ok(Some((mark, tokens))) => {
                let tokens = tokens.into_iter().filter_map(|token| self.known(token)).collect();
                let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
                (ring.mark, ring.tokens) = (Some(mark), tokens);
            }
            Err(error) => tracing::error!(%error, "the tokens stay as they were"),
        }
    }

    fn known(&self, kept: Token) -> Option<(String, Arc<Known>)> {
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

/// The tokens of a folder.
pub fn of_folder(folder: &Path) -> Box<dyn Tokens> {
    Box::new(TokenFile::of(folder))
}

/// The tokens of a ledger in a database.
pub fn of_database(address: &str, ledger: &str) -> Result<Box<dyn Tokens>, Failure> {
    Ok(Box::new(Database::open(address, ledger)?))
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
pub fn create(tokens: &dyn Tokens, wanted: &Wanted<'_>) -> Result<String, Failure> {
    let none = || Failure::Other("the system has no random numbers to give".to_owned());
    let (id, secret) = (random::hex::<6>().ok_or_else(none)?, random::hex::<32>().ok_or_else(none)?);
    let token = format!("{MARK}{id}_{secret}");
    let kept = tokens.add(&Token {
        id,
        name: wanted.name.to_owned(),
        hash: blake3::hash(token.as_bytes()).to_string(),
        tenant: wanted.tenant,
        seller: wanted.seller.map(str::to_owned),
        scopes: wanted.scopes.to_vec(),
    });
    let name = wanted.name;
    let taken =
        || Failure::Other(format!("there is a token {name:?} already; remove it, or take another name"));
    kept?.then_some(token).ok_or_else(taken)
}

/// Names of all tokens, with what they may.
pub fn list(tokens: &dyn Tokens) -> Result<Vec<String>, Failure> {
    let line = |kept: Token| {
        let scopes: Vec<&str> = kept.scopes.iter().map(|scope| scope.word()).collect();
        let seller = kept.seller.map(|seller| format!(", seller {seller}")).unwrap_or_default();
        format!("{}: tenant {}{seller}, {}", kept.name, kept.tenant, scopes.join(" "))
    };
    let known = tokens.tokens(None)?;
    Ok(known.into_iter().flat_map(|(_, tokens)| tokens).map(line).collect())
}

/// Takes a token away; whether there was one.
pub fn remove(tokens: &dyn Tokens, name: &str) -> Result<bool, Failure> {
    Ok(tokens.remove(name)?)
}
