//! `volok network`: what is odd about a network, or its drawing.

use crate::failure::{FOUND_FAULTS, Failure, count};
use crate::files;
use std::path::PathBuf;
use std::process::ExitCode;
use volok::transit::Network;

/// What to look at, and how to tell it.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Arguments {
    /// The world document.
    #[arg(long, value_name = "FILE")]
    world: PathBuf,
    /// What to write.
    #[arg(long, value_enum, default_value = "findings")]
    format: Format,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing is odd, or a drawing was asked for
  1  some place is not reached, leads nowhere or is never passed; some lane is never used
  2  arguments or a world that cannot be used";

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// Places and lanes that are on no way, a line each.
    Findings,
    /// The graph for Graphviz.
    Dot,
    /// The map as GeoJSON.
    Geojson,
}

/// Writes it.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let engine = files::engine(&arguments.world)?;
    let world = engine.world();
    let network = Network::of(world);
    let (mut out, place) = files::output(None)?;
    let (text, code) = match arguments.format {
        Format::Findings => {
            let findings = network.findings();
            let lines =
                findings.iter().map(|finding| format!("{}: {}\n", finding.code(), finding.told(world)));
            let sizes = (count(world.nodes().len(), "node"), count(world.lanes().len(), "lane"));
            let verdict = format!("{}, {}: {}\n", sizes.0, sizes.1, count(findings.len(), "finding"));
            let code = if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FOUND_FAULTS) };
            (lines.chain([verdict]).collect::<String>(), code)
        }
        Format::Dot => (network.dot(), ExitCode::SUCCESS),
        Format::Geojson => (world.map().text() + "\n", ExitCode::SUCCESS),
    };
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|cause| Failure::write(place, cause))?;
    Ok(code)
}
