//! One page of several orders: each with its picture, its costs and its plan in words. Nothing else is needed to read
//! it, and nothing in it runs.
//!
//! A page is [`begin`], any number of [`order`], and [`END`]; so a long stream of orders is written as it comes.

use super::svg::{escaped, svg};
use super::{reasons, text};
use crate::plan::Plan;
use crate::plan::words::Words;
use crate::plan::words::letters::clean;
use crate::spec::Advice;
use crate::stock::Stock;
use crate::world::{Order, World};
use std::fmt::Write;

/// Columns of the plan in words.
const COLUMNS: usize = 100;

const STYLE: &str = "\
body{font-family:Helvetica,Arial,sans-serif;max-width:1000px;margin:2em auto;padding:0 1em;color:#1c2733;background:#fff}\
svg{max-width:100%;height:auto}table{border-collapse:collapse;margin:1em 0}th,td{padding:.2em 1em .2em 0;text-align:left}\
td:last-child,th:last-child{text-align:right;padding-right:0;font-variant-numeric:tabular-nums}\
tfoot td{border-top:1px solid;font-weight:bold}pre{overflow-x:auto;font-size:13px;line-height:1.3}\
section{margin-bottom:4em}summary{cursor:pointer}\
@media (prefers-color-scheme:dark){body{color:#e8edf2;background:#12181f}}";

/// What ends a page.
pub const END: &str = "</body>\n</html>\n";

/// What begins a page.
pub fn begin(title: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width\"/>\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        escaped(title)
    )
}

/// One order of a page; with why these parcels, where that was asked.
pub fn order(world: &World, stock: &Stock, order: &Order, plan: &Plan, advice: Option<&Advice>) -> String {
    let words = Words::of(world, order);
    let mut out = format!("<section>\n<h2>Order {}</h2>\n", escaped(&clean(&order.id)));
    out.push_str(&svg(world, stock, order, plan));
    let currency = match world.currency() {
        "" => String::new(),
        currency => format!(", {}", escaped(currency)),
    };
    let _ =
        writeln!(out, "<table>\n<thead><tr><th>Costs</th><th>amount{currency}</th></tr></thead>\n<tbody>");
    for (name, cost) in plan.costs.components().into_iter().filter(|(_, cost)| cost.0 != 0) {
        let _ = writeln!(out, "<tr><td>{}</td><td>{}</td></tr>", name.replace('_', " "), words.bare(cost));
    }
    let _ = writeln!(
        out,
        "</tbody>\n<tfoot><tr><td>in all</td><td>{}</td></tr></tfoot>\n</table>",
        words.bare(plan.cost())
    );
    if let Some(advice) = advice {
        let _ = writeln!(out, "<pre>{}</pre>", lines(&reasons(world, order, advice, COLUMNS)));
    }
    let told = lines(&text(world, stock, order, plan, COLUMNS));
    let _ = writeln!(
        out,
        "<details>\n<summary>The plan in words</summary>\n<pre>{told}</pre>\n</details>\n</section>"
    );
    out
}

/// Lines of text, each escaped.
fn lines(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}
