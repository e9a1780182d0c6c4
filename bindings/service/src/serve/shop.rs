//! A tenant's world, ready to be planned on; a new one takes its place whole.

use super::problem::Problem;
use std::sync::{Arc, Mutex, PoisonError};
use volok::ledger::{Books, Stamp, State, Tenant};
use volok::{Desk, Engine, HoldError, Scratch, spec};

/// A world with desks that plan on it. Requests keep the shop they began with: they finish on it when another has come.
pub struct Shop {
    /// Hash of the world document.
    pub version: String,
    /// The document as it was sent.
    pub document: Arc<[u8]>,
    /// Ledger time as of which its cells are.
    pub as_of: Stamp,
    /// As the document says it, its own stock with it.
    engine: Engine,
    /// As the ledger shows it; desks are copies.
    desk: Desk,
    idle: Mutex<Vec<(Desk, Scratch)>>,
}

impl Shop {
    /// A shop on a world document and whatever the tenant's book has.
    pub fn open(
        document: Arc<[u8]>,
        engine: Engine,
        ledger: &impl Books,
        tenant: Tenant,
    ) -> Result<Shop, HoldError> {
        let as_of = ledger.look(State::at)?;
        let desk = Desk::on_book(engine.clone(), ledger, tenant)?;
        let version = version(&document);
        Ok(Shop { version, document, as_of, engine, desk, idle: Mutex::default() })
    }

    /// The same world with the cells that the book has now.
    pub fn renewed(&self, ledger: &impl Books, tenant: Tenant) -> Result<Shop, HoldError> {
        Shop::open(self.document.clone(), self.engine.clone(), ledger, tenant)
    }

    /// The engine, its stock as of when the shop was opened: for names.
    pub fn engine(&self) -> &Engine {
        self.desk.engine()
    }

    /// Works at a desk nobody else works at.
    pub fn at_a_desk<T>(&self, work: impl FnOnce(&mut Desk, &mut Scratch) -> T) -> T {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let (mut desk, mut scratch) = idle.unwrap_or_else(|| (self.desk.clone(), Scratch::default()));
        let done = work(&mut desk, &mut scratch);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((desk, scratch));
        done
    }
}

/// What a world document is called: its hash.
pub fn version(document: &[u8]) -> String {
    blake3::hash(document).to_hex().chars().take(32).collect()
}

/// An engine on a world document, and the text that was read.
pub fn engine_of(document: &[u8]) -> Result<Engine, Problem> {
    let text = std::str::from_utf8(document)
        .map_err(|error| Problem::malformed(".", "bytes that are not UTF-8", &error.to_string()))?;
    let world = spec::world_from_str(text).map_err(|error| {
        let place = format!("{} (line {}, column {})", error.place, error.line, error.column);
        Problem::malformed(&place, &error.text, "a document of the shape that `volok schema world` prints")
    })?;
    Ok(Engine::from_document(&world)?)
}
