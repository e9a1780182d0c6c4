//! What a service works with, opened: in a folder, in memory, or in a database that several processes share.

use super::Arguments;
use super::beside::{Beside, Database, Folder, TokenFile};
use super::keeper::Keeper;
use super::problem::Problem;
use super::replicas::{Replicas, Work};
use super::service::Service;
use super::start;
use super::tokens::Keyring;
use crate::failure::Failure;
use std::net::SocketAddr;
use std::sync::Arc;
use volok::ledger::Tenant;
use volok::ledger::store::{Patience, PostgresStore};
use volok::testkit;

/// What was opened.
pub struct Opened {
    /// The books.
    pub keeper: Arc<Keeper>,
    /// The other processes, where there may be some, and what this one has to do about them.
    pub replicas: Option<(Replicas, Work)>,
    /// What is kept beside the books.
    pub beside: Arc<dyn Beside>,
    /// Tokens.
    pub keyring: Keyring,
}

/// Opens what was named, for a service that listens at an address. Blocks.
pub fn open(arguments: &Arguments, listens: SocketAddr) -> Result<Opened, Failure> {
    let opened = match arguments.store.address()? {
        None => own(arguments),
        Some(address) => shared(arguments, &address, listens),
    }?;
    if !arguments.listen.ip().is_loopback() && opened.keyring.is_open() {
        return Err(Failure::Other(format!(
            "--listen {}: others than this machine could reach it, and there is no token yet; `volok token create` makes one",
            arguments.listen
        )));
    }
    Ok(opened)
}

fn own(arguments: &Arguments) -> Result<Opened, Failure> {
    let folder = arguments.data.as_deref();
    Ok(Opened {
        keeper: Arc::new(Keeper::own(start::ledger(folder)?)),
        replicas: None,
        beside: Arc::new(Folder::open(folder)?),
        keyring: Keyring::of_file(folder.map(TokenFile::of), arguments.limits.rate)?,
    })
}

fn shared(arguments: &Arguments, address: &str, listens: SocketAddr) -> Result<Opened, Failure> {
    let ledger = &arguments.store.ledger;
    let store = PostgresStore::connect(address, ledger, Patience::default());
    let store = store.map_err(|error| Failure::Other(error.to_string()))?;
    let beside = Arc::new(Database::open(address, ledger)?);
    let world = named_world(arguments)?;
    let (replica, replicas, work) =
        Replicas::new(store, (address, ledger), &arguments.replicas, listens, world)?;
    Ok(Opened {
        keeper: Arc::new(Keeper::shared(replica)),
        replicas: Some((replicas, work)),
        keyring: Keyring::of_database(beside.clone(), arguments.limits.rate)?,
        beside,
    })
}

/// The document of the world that was named.
fn named_world(arguments: &Arguments) -> Result<Option<Vec<u8>>, Failure> {
    let read = |path: &std::path::PathBuf| std::fs::read(path).map_err(|cause| Failure::read(path, cause));
    arguments.world.as_ref().map(read).transpose()
}

/// The worlds that are kept; else the one that was named; else, with nothing to keep, one to play with.
pub fn worlds(service: &Service, arguments: &Arguments) -> Result<(), Failure> {
    for world in service.beside.worlds()? {
        let tenant = world.tenant;
        let told = |problem: Problem| Failure::Other(format!("world of tenant {}: {problem}", tenant.0));
        if let Some(document) = service.beside.document(tenant)? {
            service.swap(tenant, start::open_shop(&service.ledger, tenant, &document).map_err(told)?);
        }
    }
    if service.shop(Tenant(0)).is_ok() {
        return Ok(());
    }
    let document = match (named_world(arguments)?, &arguments.data) {
        (None, None) => serde_json::to_vec(&testkit::generate::three_items().world).ok(),
        (named, _) => named,
    };
    let told = |problem: Problem| Failure::Other(format!("world of tenant 0: {problem}"));
    document.map(|document| service.take_world(Tenant(0), &document).map(drop).map_err(told)).transpose()?;
    Ok(())
}
