//! `volok token`: who may ask a service, and what.

use crate::failure::{FOUND_FAULTS, Failure};
use crate::files;
use crate::serve::{Scope, tokens};
use std::path::PathBuf;
use std::process::ExitCode;

/// What to do with the tokens of a data folder. A running service hears of it within a second.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Makes a token and prints it, this once: only its hash is kept.
    Create {
        /// The service's data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
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
        /// The service's data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Takes a token away.
    Remove {
        /// The service's data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// What it was called.
        #[arg(long)]
        name: String,
    },
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let (mut out, place) = files::output(None)?;
    let (lines, code) = match &arguments.what {
        What::Create { data, name, scopes, tenant, seller } => {
            if let Some(scope) = seller.as_ref().and(scopes.iter().find(|scope| !scope.may_be_a_sellers())) {
                let word = scope.word();
                return Err(Failure::Other(format!(
                    "--scope {word}: it is about everyone's goods; a seller may have read, stock and parcel"
                )));
            }
            std::fs::create_dir_all(data)
                .map_err(|cause| Failure::write(data.display().to_string(), cause))?;
            let wanted = tokens::Wanted { name, tenant: *tenant, seller: seller.as_deref(), scopes };
            (vec![tokens::create(data, &wanted)?], ExitCode::SUCCESS)
        }
        What::List { data } => (tokens::list(data)?, ExitCode::SUCCESS),
        What::Remove { data, name } => match tokens::remove(data, name)? {
            true => (Vec::new(), ExitCode::SUCCESS),
            false => (vec![format!("there is no token {name:?}")], ExitCode::from(FOUND_FAULTS)),
        },
    };
    let written = lines.iter().try_for_each(|line| writeln!(out, "{line}")).and_then(|()| out.flush());
    written.map_err(|cause| Failure::write(place, cause))?;
    Ok(code)
}
