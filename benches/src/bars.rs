//! The comparison as bars: two panels side by side, one block of bars a world. SVG by hand.

use std::fmt::Write;

use super::compare::{Row, Setting};

const NAMES: i64 = 210;
const PANEL: i64 = 330;
const GAP: i64 = 70;
const TOP: i64 = 84;
const BAR: i64 = 16;
const STEP: i64 = 22;
const BLOCK_HEAD: i64 = 30;
const BLOCK_GAP: i64 = 14;
const FOOT: i64 = 40;

const STYLE: &str = "text{font-family:Helvetica,Arial,sans-serif;font-size:12px;fill:#222}\
.title{font-size:17px;font-weight:bold}.panel{font-size:13px;font-weight:bold}\
.world{font-size:13px;font-weight:bold;fill:#222}.note{fill:#666;font-size:11px}\
.end{text-anchor:end}.grid{stroke:#ddd;stroke-width:1}.axis{stroke:#888;stroke-width:1}";

/// A panel: heading, what it shows of a row in thousandths.
type Panel = (&'static str, fn(&Row) -> i64);

const PANELS: [Panel; 2] = [
    ("Cost above the engine's, %", Row::above),
    ("Orders with more parcels than needed, %", Row::excess_share),
];

/// The picture.
pub(super) fn svg(settings: &[Setting]) -> String {
    let rows = settings.first().map_or(0, |setting| setting.rows.len()) as i64;
    let block = BLOCK_HEAD + rows * STEP + BLOCK_GAP;
    let bottom = TOP + block * settings.len() as i64;
    let (width, height) = (NAMES + 2 * PANEL + GAP + 60, bottom + FOOT);
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write!(
        out,
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"><style>{STYLE}</style><rect width="{width}" height="{height}" fill="#fff"/><text class="title" x="16" y="30">Rules that shops ship, beside the exact split</text><text class="note" x="16" y="48">The same orders against the same stock; each bar is one rule. Shorter is better.</text>"##
    );
    for (column, &panel) in PANELS.iter().enumerate() {
        let left = NAMES + column as i64 * (PANEL + GAP);
        draw_panel(&mut out, settings, panel, left, (block, bottom));
    }
    for (k, setting) in settings.iter().enumerate() {
        let top = TOP + block * k as i64;
        let n = setting.rows.first().map_or(0, |row| row.orders);
        let _ = write!(
            out,
            r#"<text class="world" x="16" y="{}">{} ({n} orders)</text>"#,
            top + 20,
            setting.name
        );
        for (line, row) in setting.rows.iter().enumerate() {
            let y = top + BLOCK_HEAD + line as i64 * STEP + 12;
            let _ = write!(out, r#"<text class="end" x="{}" y="{y}">{}</text>"#, NAMES - 10, row.planner);
        }
    }
    out.push_str("</svg>\n");
    out
}

fn draw_panel(
    out: &mut String,
    settings: &[Setting],
    (heading, value): Panel,
    left: i64,
    (block, bottom): (i64, i64),
) {
    let rows = || settings.iter().flat_map(|setting| &setting.rows);
    let (tick, most) = scale(rows().map(value).max().unwrap_or(0));
    let wide = |value: i64| value.max(0) * PANEL / most;
    let _ = write!(out, r#"<text class="panel" x="{left}" y="{}">{heading}</text>"#, TOP - 10);
    for mark in (0..=most).step_by(tick as usize) {
        let (x, class) = (left + wide(mark), if mark == 0 { "axis" } else { "grid" });
        let _ = write!(
            out,
            r#"<line class="{class}" x1="{x}" x2="{x}" y1="{TOP}" y2="{bottom}"/><text class="note" text-anchor="middle" x="{x}" y="{}">{}</text>"#,
            bottom + 16,
            mark / 10
        );
    }
    for (k, setting) in settings.iter().enumerate() {
        for (line, row) in setting.rows.iter().enumerate() {
            let y = TOP + block * k as i64 + BLOCK_HEAD + line as i64 * STEP;
            let (width, shown) = (wide(value(row)), value(row));
            let colour = if line == 0 { "#1b7f5c" } else { "#7a8fb5" };
            let _ = write!(
                out,
                r#"<rect x="{left}" y="{y}" width="{}" height="{BAR}" fill="{colour}"/><text x="{}" y="{}">{}.{}</text>"#,
                width.max(1),
                left + width + 5,
                y + 12,
                shown / 10,
                shown % 10
            );
        }
    }
}

/// Distance of the marks and the end of the scale, in thousandths: round numbers, at most six marks.
fn scale(most: i64) -> (i64, i64) {
    let ticks = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];
    let tick = ticks.into_iter().find(|tick| tick * 6 >= most).unwrap_or(most.max(1));
    (tick, (most.max(1) + tick - 1) / tick * tick)
}
