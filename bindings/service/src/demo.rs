//! `volok demo`: one order that everyone can follow, drawn with its parcels, costs, proof and reasons.

use crate::failure::Failure;
use crate::files;
use crate::table;
use std::io::Write;
use std::process::ExitCode;
use volok::plan::draw;
use volok::{Budget, Engine, Scratch, testkit};

/// How to show it.
#[derive(clap::Args)]
pub struct Arguments {
    /// As a drawing, as the documents that went in and came out, or as a picture.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// A drawing for the terminal.
    Text,
    /// Order, plan and reasons as JSON.
    Json,
    /// Graphviz: `volok demo --format dot | dot -Tsvg > plan.svg`.
    Dot,
    /// Map and timeline.
    Svg,
    /// A page with the picture, the costs, the reasons and the plan in words.
    Html,
}

/// The story in a few sentences, before the drawing.
const STORY: &str = "\
A pen, two packs of pasta and a sour cream from three sellers, ordered in Moscow.
Podolsk is near. Tver is far, but picking and packing are cheaper there. Both have
everything. Pasta stands on a shelf and sour cream in a fridge, so there will be two
parcels at least. Which goods in which parcel, and from where?";

const NEXT: &str = "\
Next: volok generate --preset small --seed 1 --out w
      volok plan --world w/world.json --orders w/orders.jsonl --explain";

/// Plans the three-item order and shows it.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let story = testkit::generate::three_items();
    let broken =
        |what: &dyn std::fmt::Display| Failure::Other(format!("the built-in story is broken: {what}"));
    let engine = Engine::from_document(&story.world).map_err(|defects| broken(&defects))?;
    let document = story.orders.first().ok_or_else(|| broken(&"it has no order"))?;
    let order = engine.order(document).map_err(|defects| broken(&defects))?;
    let mut scratch = Scratch::default();
    let plan = engine.plan(&order, Budget::default(), &mut scratch).map_err(|error| broken(&error))?;
    let advice = engine.explain(&order, &plan, &mut scratch);

    let text = match arguments.format {
        Format::Text => {
            let width = table::terminal_width();
            let picture = draw::text(engine.world(), engine.stock(), &order, &plan, width);
            let reasons = draw::reasons(engine.world(), &order, &advice, width);
            format!("{STORY}\n\n{picture}\n{reasons}\n{NEXT}\n")
        }
        Format::Json => {
            let plan = engine.document(&order, &plan);
            let all = serde_json::json!({ "order": document, "plan": plan, "advice": advice });
            format!("{all:#}\n")
        }
        Format::Dot => draw::dot(engine.world(), engine.stock(), &order, &plan),
        Format::Svg => draw::svg(engine.world(), engine.stock(), &order, &plan),
        Format::Html => {
            draw::html::begin(&format!("Order {}", order.id))
                + &draw::html::order(engine.world(), engine.stock(), &order, &plan, Some(&advice))
                + draw::html::END
        }
    };
    let (mut out, place) = files::output(None)?;
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|cause| Failure::write(place, cause))?;
    Ok(ExitCode::SUCCESS)
}
