//! Shapes and words as XML, and how they look on light and on dark paper.

use crate::plan::words::letters::{clean, width};
use std::fmt::Write;

/// Colours of bars and ways carry white letters on either paper; only paper, ink and grid change. Rules name the picture they
/// are of: in a page they would otherwise reach what stands around it.
const STYLE: &str = "\
.volok .paper{fill:#fff}.volok .ink{fill:#1c2733;font-size:13px}.volok .soft{fill:#566472;font-size:12px}\
.volok .bad{fill:#b3261e;font-size:13px}.volok .head{fill:#1c2733;font-size:20px;font-weight:bold}\
.volok .name{fill:#1c2733;font-size:13px;font-weight:bold}.volok .on{fill:#fff;font-size:11px}\
.volok .middle{text-anchor:middle}.volok .end{text-anchor:end}\
.volok .halo{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}.volok .grid{stroke:#dfe5ea}\
.volok .day{stroke:#9fadba}.volok .rule{stroke:#c3ccd5}.volok .band{fill:#f4f7f9}.volok .warm{fill:#b8651b}\
.volok .chilled{fill:#1f78a8}.volok .frozen{fill:#5a4bb8}.volok .picking{fill:#567a48}\
.volok .handling{fill:#66717c}.volok .merging{fill:#a63d7d}.volok .way{fill:none}\
.volok .way.warm{stroke:#b8651b;fill:none}.volok .way.chilled{stroke:#1f78a8;fill:none}\
.volok .way.frozen{stroke:#5a4bb8;fill:none}\
.volok .waiting{stroke:#8796a4;stroke-width:2;stroke-dasharray:2 4;fill:none}\
.volok .opening{stroke:#66717c;fill:none;stroke-dasharray:4 3}\
.volok .join{stroke:#a63d7d;stroke-width:2;fill:none}.volok .place{fill:#fff;stroke:#1c2733;stroke-width:2}\
.volok .dot{fill:#1c2733}.volok .promise{stroke:#2e7d32;stroke-width:2}\
.volok .deadline{stroke:#b3261e;stroke-width:2;stroke-dasharray:6 3}\
@media (prefers-color-scheme:dark){.volok .paper{fill:#12181f}\
.volok .ink,.volok .head,.volok .name{fill:#e8edf2}.volok .soft{fill:#a9b6c2}.volok .bad{fill:#ff8a80}\
.volok .halo{stroke:#12181f}.volok .grid{stroke:#26313b}.volok .day{stroke:#55636f}.volok .rule{stroke:#3b4854}\
.volok .band{fill:#1a222b}.volok .place{fill:#12181f;stroke:#e8edf2}.volok .dot{fill:#e8edf2}\
.volok .promise{stroke:#81c784}.volok .deadline{stroke:#ff8a80}}";

/// Letters as XML takes them, in text and in attributes; what XML forbids is shown as a dot.
pub(in crate::plan::draw) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in clean(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('·'),
            letter => out.push(letter),
        }
    }
    out
}

/// About how many pixels a text takes: fonts differ, so this is a little more than most need.
pub fn pixels(text: &str, size: i64) -> i64 {
    let columns = width(text) as i64;
    columns * size * 57 / 100
}

/// A rectangle: left, top, right, bottom.
#[derive(Clone, Copy, Debug)]
pub struct Area(pub i64, pub i64, pub i64, pub i64);

impl Area {
    /// How much of it another covers.
    pub fn shared(self, other: Area) -> i64 {
        let wide = self.2.min(other.2) - self.0.max(other.0);
        let high = self.3.min(other.3) - self.1.max(other.1);
        wide.max(0) * high.max(0)
    }
}

/// What has been drawn so far.
#[derive(Default)]
pub struct Canvas {
    body: String,
}

impl Canvas {
    /// A text; classes say how it looks and which end stands at `x`.
    pub fn text(&mut self, class: &str, x: i64, y: i64, text: &str) {
        let _ = writeln!(self.body, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(text));
    }

    /// A rectangle of a left upper corner, width and height.
    pub fn rect(&mut self, class: &str, (x, y): (i64, i64), (width, height): (i64, i64), round: i64) {
        let _ = writeln!(
            self.body,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>"
        );
    }

    /// A straight line.
    pub fn line(&mut self, class: &str, from: (i64, i64), to: (i64, i64)) {
        let ((x, y), (x2, y2)) = (from, to);
        let _ =
            writeln!(self.body, "<line class=\"{class}\" x1=\"{x}\" y1=\"{y}\" x2=\"{x2}\" y2=\"{y2}\"/>");
    }

    /// A circle.
    pub fn circle(&mut self, class: &str, (x, y): (i64, i64), radius: i64) {
        let _ = writeln!(self.body, "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>");
    }

    /// A path in SVG's own letters, `width` pixels wide.
    pub fn path(&mut self, class: &str, way: &str, width: i64) {
        let _ = writeln!(self.body, "<path class=\"{class}\" d=\"{way}\" style=\"stroke-width:{width}px\"/>");
    }

    /// A filled shape of straight lines.
    pub fn shape(&mut self, class: &str, corners: &[(i64, i64)]) {
        let corners: Vec<String> = corners.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let _ = writeln!(self.body, "<polygon class=\"{class}\" points=\"{}\"/>", corners.join(" "));
    }

    /// Draws what says `title` when pointed at.
    pub fn titled(&mut self, title: &str, draw: impl FnOnce(&mut Canvas)) {
        let _ = writeln!(self.body, "<g><title>{}</title>", escaped(title));
        draw(self);
        self.body.push_str("</g>\n");
    }

    /// The whole document.
    pub fn document(self, width: i64, height: i64, title: &str, description: &str) -> String {
        let (title, description) = (escaped(title), escaped(description));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"volok\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\" aria-label=\"{title}\" \
             font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\">\n\
             <title>{title}</title>\n<desc>{description}</desc>\n<style>{STYLE}</style>\n\
             <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n{}</svg>\n",
            self.body
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_a_name() {
        assert_eq!(
            escaped("</text><a b=\"c\" d='&'>"),
            "&lt;/text&gt;&lt;a b=&quot;c&quot; d=&#39;&amp;&#39;&gt;"
        );
        assert_eq!(escaped("a\u{0}b\u{ffff}c\u{202e}"), "a·b·c·");
    }

    #[test]
    fn areas_share_what_both_cover() {
        let area = Area(0, 0, 10, 10);
        assert_eq!(area.shared(Area(5, 5, 20, 20)), 25);
        assert_eq!(area.shared(Area(10, 0, 20, 10)), 0);
    }
}
