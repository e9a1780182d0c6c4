//! Each line from the source that has most of it, then the next, ties by key. Lines do not look at each other.

use super::Share;
use super::view::View;

pub(super) fn choose(view: &mut View<'_>) -> Vec<Share> {
    let mut shares = Vec::new();
    for line in 0..view.lines() {
        let mut sources: Vec<usize> = (0..view.sources()).collect();
        sources.sort_by_key(|&source| std::cmp::Reverse(view.there(source, line)));
        for source in sources {
            shares.extend(view.take(source, line));
        }
    }
    shares
}
