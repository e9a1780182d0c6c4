//! `volok token`: who may ask a service, and what.

use crate::failure::{FOUND_FAULTS, Failure};
use crate::files;
use crate::serve::{Scope, StoreArguments, tokens};
use std::path::PathBuf;
use std::process::ExitCode;

/// What to do with the tokens of a service. One that runs hears of it within a second.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Makes a token and prints it, this once: only its hash is kept.
    Create {
        #[command(flatten)]
        place: Place,
        /// What people call it.
        #[arg(long)]
        name: String,
        /// What it may; for a seller: read, stock and parcel.
        #[arg(long = "scope", value_enum, value_delimiter = ',', required = true)]
        scopes: Vec<Scope>,
        /// Whose book.
        #[arg(long, default_value_t = 0)]
        tenant: u16,
        /// It sees the stock and the parcels of this seller and of nobody else.
        #[arg(long)]
        seller: Option<String>,
    },
    /// Lists names and scopes of all tokens.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Takes a token away.
    Remove {
        #[command(flatten)]
        place: Place,
        /// What it was called.
        #[arg(long)]
        name: String,
    },
}

/// Where tokens are kept.
#[derive(clap::Args)]
struct Place {
    /// The service's data folder.
    #[arg(long, value_name = "DIR", required_unless_present = "store", conflicts_with = "store")]
    data: Option<PathBuf>,
    #[command(flatten)]
    store: StoreArguments,
}

impl Place {
    fn open(&self) -> Result<Box<dyn tokens::Tokens>, Failure> {
        match (&self.data, self.store.address()?) {
            (Some(folder), _) => {
                std::fs::create_dir_all(folder)
                    .map_err(|cause| Failure::write(folder.display().to_string(), cause))?;
                Ok(tokens::of_folder(folder))
            }
            (None, Some(address)) => tokens::of_database(&address, &self.store.ledger),
            (None, None) => Err(Failure::Other("--data DIR or --store ADDRESS says whose tokens".to_owned())),
        }
    }
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let (mut out, told) = files::output(None)?;
    let (lines, code) = match &arguments.what {
        What::Create { place, name, scopes, tenant, seller } => {
            if let Some(scope) = seller.as_ref().and(scopes.iter().find(|scope| !scope.may_be_a_sellers())) {
                let word = scope.word();
                return Err(Failure::Other(format!(
                    "--scope {word}: it is about everyone's goods; a seller may have read, stock and parcel"
                )));
            }
            let wanted = tokens::Wanted { name, tenant: *tenant, seller: seller.as_deref(), scopes };
            (vec![tokens::create(place.open()?.as_ref(), &wanted)?], ExitCode::SUCCESS)
        }
        What::List { place } => (tokens::list(place.open()?.as_ref())?, ExitCode::SUCCESS),
        What::Remove { place, name } => match tokens::remove(place.open()?.as_ref(), name)? {
            true => (Vec::new(), ExitCode::SUCCESS),
            false => (vec![format!("there is no token {name:?}")], ExitCode::from(FOUND_FAULTS)),
        },
    };
    let written = lines.iter().try_for_each(|line| writeln!(out, "{line}")).and_then(|()| out.flush());
    written.map_err(|cause| Failure::write(told, cause))?;
    Ok(code)
}
