//! `volok schema`: the JSON Schema of a document.

use crate::failure::Failure;
use crate::files;
use std::process::ExitCode;

/// What to print.
#[derive(clap::Args)]
pub struct Arguments {
    /// Which document.
    #[arg(value_enum)]
    document: Document,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Document {
    /// Network, catalogue and stock.
    World,
    /// What a customer wants; one a line.
    Order,
    /// What was decided; one a line.
    Plan,
    /// What went wrong with a plan.
    Disruption,
    /// An order planned again.
    Replanned,
    /// What something scarce was worth; one a line.
    Price,
}

/// Prints the schema.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let kind = match arguments.document {
        Document::World => "world",
        Document::Order => "order",
        Document::Plan => "plan",
        Document::Disruption => "disruption",
        Document::Replanned => "replanned",
        Document::Price => "price",
    };
    let schema = volok::spec::schema(kind)
        .ok_or_else(|| Failure::Other(format!("this build has no schema of the {kind} document")))?;
    let (mut out, place) = files::output(None)?;
    writeln!(out, "{schema}").and_then(|()| out.flush()).map_err(|cause| Failure::write(place, cause))?;
    Ok(ExitCode::SUCCESS)
}
