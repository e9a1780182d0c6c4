//! Sources ranked once by how many lines of the whole order they cover, then by units, ties by key; then walked.

use super::Share;
use super::view::View;

pub(super) fn choose(view: &mut View<'_>) -> Vec<Share> {
    let mut sources: Vec<usize> = (0..view.sources()).collect();
    sources.sort_by_key(|&source| std::cmp::Reverse(view.coverage(source)));
    view.walk(&sources)
}
