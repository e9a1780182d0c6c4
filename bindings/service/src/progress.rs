//! How far a command is, for people who watch: a bar on standard error when that is a terminal, else nothing.

use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// A bar that fills up to `total`, or a counter when the total is not known.
pub fn bar(what: &'static str, total: Option<usize>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => {
            (ProgressBar::new(total as u64), "{msg} {bar:30} {human_pos}/{human_len} · {per_sec} · {eta}")
        }
        None => (ProgressBar::new_spinner(), "{spinner} {msg} {human_pos} · {per_sec}"),
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━━─"));
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar.with_message(what)
}
