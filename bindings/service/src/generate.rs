//! `volok generate`: a world and orders to play with, the same for the same seed.

use crate::failure::{Failure, count};
use crate::files;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use volok::testkit::generate::{Generated, Size, preset};

/// What to make.
#[derive(clap::Args)]
pub struct Arguments {
    /// Which kind of world.
    #[arg(long, value_enum)]
    preset: Preset,
    /// The same seed gives the same bytes.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many orders; the preset's usual number when absent, as for the following.
    #[arg(long, value_name = "N")]
    orders: Option<usize>,
    /// How many SKUs.
    #[arg(long, value_name = "N")]
    skus: Option<usize>,
    /// How many nodes that store.
    #[arg(long, value_name = "N")]
    storing: Option<usize>,
    /// How many nodes that hand over.
    #[arg(long, value_name = "N")]
    hand_over: Option<usize>,
    /// How many cross-docks, of a country or a grocery network.
    #[arg(long, value_name = "N")]
    docks: Option<usize>,
    /// The directory to write `world.json` and `orders.jsonl` to; made when it is not there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Preset {
    /// The story of the demonstration: three items, two warehouses, one order.
    ThreeItems,
    /// A country with real cities.
    Country,
    /// Orders in a country that want nearly all there is, and a little more.
    Competing,
    /// A grocery network with three temperatures.
    Grocery,
    /// Ties, edges and traps.
    Hostile,
    /// A few nodes, small enough to try every plan.
    Small,
    /// The same with cross-docks, where parcels can be merged.
    Crossed,
    /// The same with capacities so small that parcels are in one another's way.
    Crowded,
}

impl Preset {
    fn name(self) -> &'static str {
        match self {
            Preset::ThreeItems => "three-items",
            Preset::Country => "country",
            Preset::Competing => "competing",
            Preset::Grocery => "grocery",
            Preset::Hostile => "hostile",
            Preset::Small => "small",
            Preset::Crossed => "crossed",
            Preset::Crowded => "crowded",
        }
    }
}

/// Writes the two files.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let made = generated(arguments)
        .ok_or_else(|| Failure::Other(format!("this build has no preset {}", arguments.preset.name())))?;
    std::fs::create_dir_all(&arguments.out)
        .map_err(|cause| Failure::write(arguments.out.display().to_string(), cause))?;
    let world = arguments.out.join("world.json");
    write(&world, |out| {
        serde_json::to_writer_pretty(&mut *out, &made.world)?;
        writeln!(out)
    })?;
    let orders = arguments.out.join("orders.jsonl");
    write(&orders, |out| {
        for order in &made.orders {
            serde_json::to_writer(&mut *out, order)?;
            writeln!(out)?;
        }
        Ok(())
    })?;
    let (mut out, place) = files::output(None)?;
    let nodes = count(made.world.nodes.len(), "node");
    let skus = count(made.world.skus.len(), "SKU");
    let wanted = count(made.orders.len(), "order");
    writeln!(out, "{}: {nodes}, {skus}\n{}: {wanted}", world.display(), orders.display())
        .and_then(|()| out.flush())
        .map_err(|cause| Failure::write(place, cause))?;
    Ok(ExitCode::SUCCESS)
}

/// The preset in its usual size, or in the size asked for.
fn generated(arguments: &Arguments) -> Option<Generated> {
    let name = arguments.preset.name();
    let usual = preset(name, arguments.seed, None)?;
    let asked = [arguments.orders, arguments.skus, arguments.storing, arguments.hand_over, arguments.docks];
    if asked.iter().all(Option::is_none) {
        return Some(usual);
    }
    let size = Size {
        skus: arguments.skus.unwrap_or(usual.world.skus.len()),
        storing: arguments
            .storing
            .unwrap_or(usual.world.nodes.iter().filter(|node| node.stores.is_some()).count()),
        hand_over: arguments
            .hand_over
            .unwrap_or(usual.world.nodes.iter().filter(|node| node.hands_over.is_some()).count()),
        orders: arguments.orders.unwrap_or(usual.orders.len()),
        docks: arguments.docks.unwrap_or(0),
        limited: false,
    };
    preset(name, arguments.seed, Some(size))
}

fn write(path: &Path, with: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let (mut out, place) = files::output(Some(path))?;
    with(&mut out).and_then(|()| out.flush()).map_err(|cause| Failure::write(place, cause))
}
