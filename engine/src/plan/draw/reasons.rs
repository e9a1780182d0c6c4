//! An explanation for the terminal: why these parcels, and what every rejected source would have cost.

use crate::plan::words::Words;
use crate::plan::words::letters::{clean, cut, ends, wrap};
use crate::spec::{Advice, Rejected};
use crate::units::{Index, Money};
use crate::world::{LineIx, Order, World};

/// Rejected sources shown one by one; the rest are counted.
const SHOWN: usize = 12;

/// An explanation as lines of text for a terminal of `width` columns.
pub fn reasons(world: &World, order: &Order, advice: &Advice, width: usize) -> String {
    let width = width.clamp(60, 110);
    let words = Words::of(world, order);
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
            let (source, cost) = (source(&words, rejected), cost(&words, rejected));
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

fn source(words: &Words<'_>, rejected: &Rejected) -> String {
    let node = words.world.node_names().find(&rejected.node);
    let node = node.map_or_else(|| clean(&rejected.node), |node| words.place(node));
    let goods = words.goods(LineIx::of(rejected.line.saturating_sub(1)));
    cut(&format!("{goods} from {node}, of {}", clean(&rejected.seller)), 64)
}

fn cost(words: &Words<'_>, rejected: &Rejected) -> String {
    let (cost, lost) = (Money(rejected.cost_at_least), Money(rejected.loses_by));
    let lost = if lost.0 == 0 { format!("+{}", words.bare(lost)) } else { words.difference(lost) };
    format!("{}  {lost}", words.bare(cost))
}
