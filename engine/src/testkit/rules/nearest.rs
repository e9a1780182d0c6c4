//! Nearest first: the source whose fastest lane to the customer takes least, ties by key. Time stands for distance,
//! because worlds without coordinates have lanes too.

use super::Share;
use super::view::View;

pub(super) fn choose(view: &mut View<'_>) -> Vec<Share> {
    let mut sources: Vec<usize> = (0..view.sources()).collect();
    sources.sort_by_key(|&source| view.transit_time(source));
    view.walk(&sources)
}
