//! An explanation for the terminal: why these parcels, and what every rejected source would have cost.

use super::goods;
use super::letters::{clean, cut, ends, money, wrap};
use crate::spec::{Advice, Rejected};
use crate::units::Index;
use crate::world::{LineIx, Order, World};

/// Rejected sources shown one by one; the rest are counted.
const SHOWN: usize = 12;

/// An explanation as lines of text for a terminal of `width` columns.
pub fn reasons(world: &World, order: &Order, advice: &Advice, width: usize) -> String {
    let width = width.clamp(60, 110);
    let mut out = String::new();
    let mut put = |line: &str| {
        out.push_str(line.trim_end());
        out.push('\n');
    };
    if !advice.because.is_empty() {
        put("Why these parcels");
        for sentence in &advice.because {
            for (row, line) in wrap(&clean(sentence), width - 4).iter().enumerate() {
                put(&format!("  {} {line}", if row == 0 { "•" } else { " " }));
            }
        }
    }
    if !advice.rejected.is_empty() {
        if !advice.because.is_empty() {
            put("");
        }
        put(&ends("What was possible and lost", "the whole order, at least", width));
        for rejected in advice.rejected.iter().take(SHOWN) {
            let (source, cost) = (source(world, order, rejected), cost(world, rejected));
            put(&ends(&format!("  • {source}"), &cost, width));
            for line in wrap(&clean(&rejected.text), width - 4) {
                put(&format!("    {line}"));
            }
        }
        if advice.rejected.len() > SHOWN {
            put(&format!("  … and {} more, each losing by as much or more", advice.rejected.len() - SHOWN));
        }
    }
    out
}

fn source(world: &World, order: &Order, rejected: &Rejected) -> String {
    let node = world.node_names().find(&rejected.node).and_then(|node| world.nodes()[node].label.as_deref());
    let node = clean(node.unwrap_or(&rejected.node));
    let goods = goods(world, order, LineIx::of(rejected.line.saturating_sub(1)));
    cut(&format!("{goods} from {node}, of {}", clean(&rejected.seller)), 64)
}

fn cost(world: &World, rejected: &Rejected) -> String {
    let currency = world.currency();
    let sign = if rejected.loses_by >= 0 { "+" } else { "" };
    format!("{}  {sign}{}", money(rejected.cost_at_least, currency), money(rejected.loses_by, currency))
}
