//! The source that covers most lines still missing, then most units, ties by key; counted anew after each pick.

use super::Share;
use super::view::View;
use std::cmp::Reverse;

pub(super) fn choose(view: &mut View<'_>) -> Vec<Share> {
    let mut shares = Vec::new();
    let mut sources: Vec<usize> = (0..view.sources()).collect();
    while let Some(&best) = sources.iter().min_by_key(|&&source| Reverse(view.coverage(source))) {
        if view.coverage(best) == (0, 0) {
            break;
        }
        shares.extend(view.take_all(best));
        sources.retain(|&source| source != best);
    }
    shares
}
