//! A comparison as bars: two panels side by side, one block of bars a world. SVG by hand.

use std::fmt::Write;

/// What to draw.
pub struct Picture<'p> {
    /// Heading.
    pub title: &'p str,
    /// A sentence below it.
    pub note: &'p str,
    /// Headings of the panels.
    pub panels: [&'p str; 2],
    /// Worlds, each with as many bars.
    pub blocks: Vec<Block<'p>>,
}

/// The bars of one world.
pub struct Block<'p> {
    /// Its name.
    pub name: &'p str,
    /// Orders behind it.
    pub orders: usize,
    /// Name and values of each bar, in tenths; the first is drawn apart.
    pub bars: Vec<(&'p str, [i64; 2])>,
}

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

/// The picture.
pub fn svg(picture: &Picture<'_>) -> String {
    let Picture { title, note, panels, blocks } = picture;
    let rows = blocks.first().map_or(0, |block| block.bars.len()) as i64;
    let block = BLOCK_HEAD + rows * STEP + BLOCK_GAP;
    let bottom = TOP + block * blocks.len() as i64;
    let (width, height) = (NAMES + 2 * PANEL + GAP + 60, bottom + FOOT);
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write!(
        out,
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"><style>{STYLE}</style><rect width="{width}" height="{height}" fill="#fff"/><text class="title" x="16" y="30">{title}</text><text class="note" x="16" y="48">{note}</text>"##
    );
    for (column, heading) in panels.iter().enumerate() {
        let left = NAMES + column as i64 * (PANEL + GAP);
        draw_panel(&mut out, blocks, (heading, column), left, (block, bottom));
    }
    for (k, Block { name, orders, bars }) in blocks.iter().enumerate() {
        let top = TOP + block * k as i64;
        let _ = write!(out, r#"<text class="world" x="16" y="{}">{name} ({orders} orders)</text>"#, top + 20);
        for (line, (bar, _)) in bars.iter().enumerate() {
            let y = top + BLOCK_HEAD + line as i64 * STEP + 12;
            let _ = write!(out, r#"<text class="end" x="{}" y="{y}">{bar}</text>"#, NAMES - 10);
        }
    }
    out.push_str("</svg>\n");
    out
}

fn draw_panel(
    out: &mut String,
    blocks: &[Block<'_>],
    (heading, column): (&str, usize),
    left: i64,
    (block, bottom): (i64, i64),
) {
    let values = blocks.iter().flat_map(|block| &block.bars).map(|(_, values)| values[column]);
    let (tick, most) = scale(values.max().unwrap_or(0));
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
    for (k, world) in blocks.iter().enumerate() {
        for (line, (_, values)) in world.bars.iter().enumerate() {
            let y = TOP + block * k as i64 + BLOCK_HEAD + line as i64 * STEP;
            let (width, shown) = (wide(values[column]), values[column]);
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

/// Distance of the marks and the end of the scale, in tenths: round numbers, at most six marks.
fn scale(most: i64) -> (i64, i64) {
    let ticks = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];
    let tick = ticks.into_iter().find(|tick| tick * 6 >= most).unwrap_or(most.max(1));
    (tick, (most.max(1) + tick - 1) / tick * tick)
}
