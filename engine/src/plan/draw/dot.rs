//! A plan as a Graphviz graph: storing nodes, parcels, lanes, and the hand-over node.

use super::letters::{clean, money, weight};
use super::{code, contents, fiscal, place, wall, whole_of};
use crate::plan::Plan;
use crate::stock::Stock;
use crate::world::{Order, World};
use std::fmt::Write;

/// A plan as a Graphviz DOT graph; `dot -Tsvg` draws it.
pub fn dot(world: &World, stock: &Stock, order: &Order, plan: &Plan) -> String {
    let wall = wall(world, order);
    let currency = world.currency();
    let mut nodes: Vec<_> = plan.parcels.iter().map(|parcel| parcel.node).collect();
    nodes.sort_unstable();
    nodes.dedup();

    let mut out = format!("digraph {} {{\n", quoted(&[&format!("order {}", order.id)]));
    out.push_str(
        "  rankdir=LR;\n  node [fontname=\"Helvetica\", shape=box];\n  edge [fontname=\"Helvetica\"];\n",
    );
    let total = format!("{} {}", money(plan.cost().0, currency), clean(currency));
    let proof = if plan.is_optimal() {
        "proven optimal".to_owned()
    } else {
        format!("no plan costs less than {}", money(plan.bound.0, currency))
    };
    let _ = writeln!(
        out,
        "  label={};",
        quoted(&[&format!("Order {}", order.id), &format!("{}, {proof}", total.trim())])
    );
    for node in nodes {
        let _ = writeln!(out, "  n{} [shape=house, label={}];", node.0, quoted(&[&place(world, node)]));
    }
    let _ = writeln!(out, "  to [shape=doublecircle, label={}];", quoted(&[&place(world, order.to)]));

    for (row, parcel) in plan.parcels.iter().enumerate() {
        let mut label = vec![code(world, order, row)];
        label.extend(
            contents(world, stock, order, parcel).iter().map(|pick| format!("{} × {}", pick.qty, pick.goods)),
        );
        label.push(format!("{}, {}", parcel.temperature, weight(parcel.grams.0)));
        let label: Vec<&str> = label.iter().map(String::as_str).collect();
        let _ = writeln!(out, "  p{row} [shape=box3d, label={}];", quoted(&label));
        let ready = format!("ready {}", wall.day_time(parcel.ready_at));
        let _ = writeln!(out, "  n{} -> p{row} [style=dashed, label={}];", parcel.node.0, quoted(&[&ready]));
        let mut ways = Vec::new();
        for leg in &parcel.legs {
            let departs = wall.day_time(leg.departs_at);
            ways.push(clean(world.lane_names().of(leg.lane)));
            ways.push(format!("{departs} → {}", wall.after(leg.departs_at, leg.arrives_at)));
            ways.push(money(leg.cost.0, currency));
        }
        let mut to = whole_of(plan, row).map(|whole| format!("p{whole}"));
        if let Some(end) = &parcel.hand_over {
            to = Some("to".to_owned());
            ways.push(format!("handed over from {}", wall.day_time(end.at)));
            ways.push(fiscal(world, end.fiscal));
        }
        if let Some(to) = to {
            let ways: Vec<&str> = ways.iter().map(String::as_str).collect();
            let _ = writeln!(out, "  p{row} -> {to} [label={}];", quoted(&ways));
        }
    }
    if !plan.unfilled.is_empty() {
        let mut label = vec!["not delivered".to_owned()];
        label.extend(
            plan.unfilled
                .iter()
                .map(|left| format!("{} × {}", left.qty, super::goods(world, order, left.line))),
        );
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
