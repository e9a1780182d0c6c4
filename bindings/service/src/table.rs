//! Plans as a table: one line a parcel.

use std::io::{self, Write};
use volok::plan::Plan;
use volok::plan::draw::{Wall, money};
use volok::world::{Order, World};
use volok::{Engine, spec};

/// Columns of the terminal as the shell tells them, else 80.
pub fn terminal_width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(80)
}

/// Widths of the columns, known before the first plan: by the longest keys of the world.
pub struct Table {
    node: usize,
    lane: usize,
}

impl Table {
    /// For plans in this world.
    pub fn of(world: &World) -> Table {
        let longest = |keys: &mut dyn Iterator<Item = usize>| keys.max().unwrap_or(0).clamp(6, 24);
        Table {
            node: longest(&mut world.node_names().iter().map(|key| key.chars().count())),
            lane: longest(&mut world.lane_names().iter().map(|key| key.chars().count())),
        }
    }

    /// Heads of the columns.
    pub fn head(&self, out: &mut dyn Write) -> io::Result<()> {
        self.row(out, ["PARCEL", "FROM", "UNITS", "WEIGHT", "LANE", "HANDED OVER", "COST", "PROOF"])
    }

    /// A line for each parcel; the order's cost and proof on the first. One line for an order without parcels.
    pub fn plan(&self, out: &mut dyn Write, engine: &Engine, order: &Order, plan: &Plan) -> io::Result<()> {
        self.document(out, engine, order, plan, &engine.document(order, plan))
    }

    /// The same with codes and names of a document's own.
    pub fn document(
        &self,
        out: &mut dyn Write,
        engine: &Engine,
        order: &Order,
        plan: &Plan,
        document: &spec::Plan,
    ) -> io::Result<()> {
        let world = engine.world();
        let cost = money(document.cost, world.currency());
        let proof = proof(document);
        if plan.parcels.is_empty() {
            return self.row(out, [&document.order, "–", "0", "–", "–", "nothing delivered", &cost, &proof]);
        }
        let opening = world.nodes()[order.to].hands_over.as_ref().and_then(|point| point.calendar);
        let wall = Wall::of(opening.and_then(|calendar| world.calendars().get(calendar)));
        for (row, (parcel, said)) in plan.parcels.iter().zip(&document.parcels).enumerate() {
            let units: u64 = parcel.picks.iter().map(|pick| u64::from(pick.qty.0)).sum();
            let lanes: Vec<&str> = said.legs.iter().map(|leg| leg.lane.as_str()).collect();
            let lane = if lanes.is_empty() { "–".to_owned() } else { lanes.join(" ") };
            let at =
                parcel.hand_over.as_ref().map_or_else(|| "merged".to_owned(), |end| wall.day_time(end.at));
            let (cost, proof) = if row == 0 { (cost.as_str(), proof.as_str()) } else { ("", "") };
            let weight = format!("{} g", parcel.grams);
            self.row(out, [&said.code, &said.node, &units.to_string(), &weight, &lane, &at, cost, proof])?;
        }
        Ok(())
    }

    fn row(&self, out: &mut dyn Write, cells: [&str; 8]) -> io::Result<()> {
        let [parcel, from, units, weight, lane, at, cost, proof] = cells.map(clean);
        let (node, by) = (self.node, self.lane);
        let line = format!(
            "{parcel:<14} {from:<node$} {units:>5} {weight:>9} {lane:<by$} {at:<17} {cost:>13} {proof}"
        );
        writeln!(out, "{}", line.trim_end())
    }
}

/// Keys come from documents: what would move the cursor is shown as a dot.
fn clean(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '·' } else { letter }).collect()
}

fn proof(plan: &spec::Plan) -> String {
    let mut words = match plan.status {
        spec::PlanStatus::Optimal => "optimal".to_owned(),
        spec::PlanStatus::Gap => format!("gap {}", plan.cost.saturating_sub(plan.bound)),
    };
    let unfilled: i64 = plan.unfilled.iter().map(|line| line.qty).sum();
    if unfilled > 0 {
        words += &format!(", {unfilled} unfilled");
    }
    words
}
