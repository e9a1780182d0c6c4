//! A plain bar plot, written by hand: cost and parcels of each planner beside the first's.

use crate::compare::Score;
use std::fmt::Write;

const WIDTH: i64 = 760;
const NAME: i64 = 170;
const BAR: i64 = 16;
const GROUP: i64 = 58;
const TOP: i64 = 76;
/// Room for the figures right of the longest bar.
const FIGURES: i64 = 70;

/// The plot as an SVG document. The first score is the one the others are measured by.
pub fn bars(title: &str, scores: &[Score]) -> String {
    let Some(best) = scores.first() else { return String::new() };
    let height = TOP + GROUP * scores.len() as i64 + 20;
    let shares = |score: &Score| {
        [share(score.cost as f64, best.cost as f64), share(score.parcels as f64, best.parcels as f64)]
    };
    let most = scores.iter().flat_map(shares).fold(100.0, f64::max);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"#222\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"16\" y=\"28\" font-size=\"16\" font-weight=\"600\">{title}</text>\n"
    );
    for (x, colour, text) in [(16, "#2b6cb0", "cost"), (96, "#dd8a3e", "parcels")] {
        let _ = writeln!(svg, "<rect x=\"{x}\" y=\"44\" width=\"12\" height=\"12\" fill=\"{colour}\"/>");
        let _ = writeln!(svg, "<text x=\"{}\" y=\"55\">{text}</text>", x + 18);
    }
    let _ = writeln!(svg, "<text x=\"180\" y=\"55\" fill=\"#666\">Volok = 100</text>");
    let room = (WIDTH - NAME - FIGURES) as f64;
    for (place, score) in scores.iter().enumerate() {
        let y = TOP + GROUP * place as i64;
        let middle = y + BAR + 5;
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{}</text>",
            NAME - 10,
            score.name
        );
        for (row, (share, colour)) in shares(score).into_iter().zip(["#2b6cb0", "#dd8a3e"]).enumerate() {
            let y = y + row as i64 * (BAR + 3);
            let long = room * share / most;
            let _ = writeln!(
                svg,
                "<rect x=\"{NAME}\" y=\"{y}\" width=\"{long:.1}\" height=\"{BAR}\" fill=\"{colour}\"/>"
            );
            let after = NAME as f64 + long + 6.0;
            let _ =
                writeln!(svg, "<text x=\"{after:.1}\" y=\"{}\" font-size=\"12\">{share:.1}</text>", y + 13);
        }
    }
    let x = NAME as f64 + room * 100.0 / most;
    let _ = writeln!(
        svg,
        "<line x1=\"{x:.1}\" y1=\"{}\" x2=\"{x:.1}\" y2=\"{}\" stroke=\"#222\" stroke-width=\"1\" \
         stroke-dasharray=\"3 3\"/>",
        TOP - 8,
        height - 16
    );
    svg.push_str("</svg>\n");
    svg
}

fn share(value: f64, base: f64) -> f64 {
    if base == 0.0 { 100.0 } else { value / base * 100.0 }
}
