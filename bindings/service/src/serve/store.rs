//! `--store`: a ledger that several processes share.

use crate::failure::Failure;
use std::path::Path;

/// Which ledger of which database.
#[derive(clap::Args)]
pub struct StoreArguments {
    /// A PostgreSQL database, as postgres://user:password@host/database or host=/run/postgresql user=volok dbname=stock;
    /// @FILE reads it from a file, so that nobody sees its password among the processes. Connections are not encrypted: a
    /// socket, a private network, or a proxy on this machine.
    #[arg(long, value_name = "ADDRESS")]
    store: Option<String>,
    /// Which ledger of that database; the processes that name the same one are one service.
    #[arg(long, value_name = "NAME", default_value = "volok", requires = "store")]
    pub ledger: String,
}

impl StoreArguments {
    /// The database, if one was named.
    pub fn address(&self) -> Result<Option<String>, Failure> {
        self.store.as_deref().map(address).transpose()
    }
}

/// An address as it was said, or what is in the file it names.
pub fn address(said: &str) -> Result<String, Failure> {
    match said.strip_prefix('@').map(Path::new) {
        None => Ok(said.to_owned()),
        Some(file) => {
            let text = std::fs::read_to_string(file).map_err(|cause| Failure::read(file, cause))?;
            Ok(text.trim().to_owned())
        }
    }
}
