//! A plan as a Graphviz graph: storing nodes, parcels, lanes, and the hand-over node.

use super::{contents, whole_of};
use crate::plan::Plan;
use crate::plan::words::Words;
use crate::plan::words::letters::{clean, weight};
use crate::stock::Stock;
use crate::world::{Order, World};
use std::fmt::Write;

/// A plan as a Graphviz DOT graph; `dot -Tsvg` draws it.
pub fn dot(world: &World, stock: &Stock, order: &Order, plan: &Plan) -> String {
    let words = Words::of(world, order);
    let mut nodes: Vec<_> = plan.parcels.iter().map(|parcel| parcel.node).collect();
    nodes.sort_unstable();
    nodes.dedup();

    let mut out = format!("digraph {} {{\n", quoted(&[&format!("order {}", order.id)]));
    out.push_str(
        "  rankdir=LR;\n  node [fontname=\"Helvetica\", shape=box];\n  edge [fontname=\"Helvetica\"];\n",
    );
    let proof = if plan.is_optimal() {
        "proven optimal".to_owned()
    } else {
        format!("no plan costs less than {}", words.amount(plan.bound))
    };
    let _ = writeln!(
        out,
        "  label={};",
        quoted(&[&format!("Order {}", order.id), &format!("{}, {proof}", words.amount(plan.cost()))])
    );
    for node in nodes {
        let _ = writeln!(out, "  n{} [shape=house, label={}];", node.0, quoted(&[&words.place(node)]));
    }
    let _ = writeln!(out, "  to [shape=doublecircle, label={}];", quoted(&[&words.place(order.to)]));

    for (row, parcel) in plan.parcels.iter().enumerate() {
        let mut label = vec![words.code(row)];
        label.extend(
            contents(&words, stock, parcel).iter().map(|pick| format!("{} × {}", pick.qty, pick.goods)),
        );
        label.push(format!("{}, {}", parcel.temperature, weight(parcel.grams.0)));
        let label: Vec<&str> = label.iter().map(String::as_str).collect();
        let _ = writeln!(out, "  p{row} [shape=box3d, label={}];", quoted(&label));
        let ready = format!("ready {}", words.moment(parcel.ready_at));
        let _ = writeln!(out, "  n{} -> p{row} [style=dashed, label={}];", parcel.node.0, quoted(&[&ready]));
        let mut ways = Vec::new();
        for leg in &parcel.legs {
            let departs = words.moment(leg.departs_at);
            ways.push(clean(world.lane_names().of(leg.lane)));
            ways.push(format!("{departs} → {}", words.wall.after(leg.departs_at, leg.arrives_at)));
            ways.push(words.amount(leg.cost));
        }
        let mut to = whole_of(plan, row).map(|whole| format!("p{whole}"));
        if let Some(end) = &parcel.hand_over {
            to = Some("to".to_owned());
            ways.push(format!("handed over from {}", words.moment(end.at)));
            ways.push(words.fiscal(end.fiscal));
        }
        if let Some(to) = to {
            let ways: Vec<&str> = ways.iter().map(String::as_str).collect();
            let _ = writeln!(out, "  p{row} -> {to} [label={}];", quoted(&ways));
        }
    }
    if !plan.unfilled.is_empty() {
        let mut label = vec!["not delivered".to_owned()];
        label.extend(plan.unfilled.iter().map(|left| format!("{} × {}", left.qty, words.goods(left.line))));
        let label: Vec<&str> = label.iter().map(String::as_str).collect();
        let _ = writeln!(out, "  unfilled [shape=note, style=dashed, label={}];", quoted(&label));
    }
    out.push_str("}\n");
    out
}

/// A DOT string of lines: backslashes and quotes escaped, lines parted by DOT's own `\n`.
fn quoted(lines: &[&str]) -> String {
    let escaped: Vec<String> =
        lines.iter().map(|line| clean(line).replace('\\', "\\\\").replace('"', "\\\"")).collect();
    format!("\"{}\"", escaped.join("\\n"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_stay_inside_their_quotes() {
        assert_eq!(super::quoted(&["a\"b", "c\\"]), r#""a\"b\nc\\""#);
        assert_eq!(super::quoted(&["a\nb"]), "\"a·b\"", "line feeds of names are not ours");
    }
}
