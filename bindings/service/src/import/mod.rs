//! `volok import`: stock as other systems write it, into a world document.

mod commerceml;
mod encoding;
mod rows;

use crate::failure::{FOUND_FAULTS, Failure, count};
use crate::files;
use clap::Subcommand;
use commerceml::Package;
use rows::{Key, Shelves};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use volok::Engine;
use volok::world::Defects;

/// What to read.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    format: Format,
}

#[derive(Subcommand)]
enum Format {
    /// Offers with stock per warehouse as 1C writes them: CommerceML 2, `offers.xml` and `rests.xml`.
    Commerceml(Offers),
}

/// Offers of one seller.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
struct Offers {
    /// The files, in the order in which they were exported; UTF-8, UTF-16 or what their first line says.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The world document whose stock is replaced.
    #[arg(long, value_name = "FILE")]
    world: PathBuf,
    /// Whose stock it is.
    #[arg(long, value_name = "KEY")]
    seller: String,
    /// Which node a warehouse is, `ID=NODE`; once for each warehouse. Warehouses that are not named are passed over.
    #[arg(long = "warehouse", value_name = "ID=NODE", required = true, value_parser = pair)]
    warehouses: Vec<(String, String)>,
    /// What of an offer is the key of the SKU.
    #[arg(long, value_enum, default_value_t = Key::Id)]
    key: Key,
    /// In which zone of a node goods lie that several of its zones would suit, `NODE=ZONE`.
    #[arg(long = "zone", value_name = "NODE=ZONE", value_parser = pair)]
    zones: Vec<(String, String)>,
    /// The new world document; standard output when absent.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const EXIT_CODES: &str = "\
Stock of the seller at the nodes named becomes what the files say: what they do not mention is not there any more,
unless a file says that it contains changes only. Units held and safety stock stay as they are.

Exit codes:
  0  the new world was written
  1  some offers have defects; nothing was written
  2  arguments or files that cannot be used";

fn pair(text: &str) -> Result<(String, String), String> {
    let (left, right) =
        text.split_once('=').ok_or("two keys with = between them, as 7f3e=tver, are wanted")?;
    Ok((left.to_owned(), right.to_owned()))
}

/// Reads the files and writes the world.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.format {
        Format::Commerceml(offers) => offers.run(),
    }
}

impl Offers {
    fn run(&self) -> Result<ExitCode, Failure> {
        let mut world = files::world_document(&self.world)?;
        let as_world = |defects| Failure::World { path: self.world.clone(), defects };
        Engine::from_document(&world).map_err(as_world)?;
        let mut shelves =
            Shelves::new(&world, &self.seller, &self.warehouses, &self.zones).map_err(Failure::Other)?;
        let mut told = Told::default();
        for path in &self.files {
            let bytes = std::fs::read(path).map_err(|cause| Failure::read(path, cause))?;
            let text = encoding::text(&bytes).map_err(|why| unreadable(path, &why))?;
            let package = Package::read(&text).map_err(|why| unreadable(path, &why))?;
            let mut defects = package.defects;
            shelves.take(&package.offers, package.only_changes, self.key, &mut defects);
            told.note(path, defects);
        }
        if told.faults > 0 {
            return Ok(ExitCode::from(FOUND_FAULTS));
        }
        let (rows, passed) = shelves.write(&mut world);
        // What was read has no defects of its own; together with what stays it must not have any either.
        Engine::from_document(&world).map_err(as_world)?;
        let (mut out, place) = files::output(self.out.as_deref())?;
        serde_json::to_writer_pretty(&mut out, &world)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out))
            .and_then(|()| out.flush())
            .map_err(|cause| Failure::write(place, cause))?;
        let mut summary = format!("{} of {}", count(rows, "row"), self.seller);
        if passed > 0 {
            summary += &format!(", {} at warehouses that are not named", count(passed, "count"));
        }
        // A closed standard error is no reason to stop.
        let _ = writeln!(io::stderr(), "volok: {summary}");
        Ok(ExitCode::SUCCESS)
    }
}

fn unreadable(path: &Path, why: &str) -> Failure {
    Failure::Other(format!("{}: {why}", path.display()))
}

/// Defects told so far.
#[derive(Default)]
struct Told {
    faults: usize,
}

impl Told {
    fn note(&mut self, path: &Path, defects: Defects) {
        if defects.0.is_empty() {
            return;
        }
        self.faults += defects.0.len();
        let _ = writeln!(io::stderr(), "{}: {}\n{defects}", path.display(), count(defects.0.len(), "defect"));
    }
}
