//! What is tried in which order: little for problems that need little, more only for those that resist.

use super::dual::{Dual, WayState};
use super::polish::Passes;
use super::solve::Limits;
use super::sorted::{Arc, NEVER, Sorted};
use super::tree::{Effort, Tree};

/// Steps of the first search, with raised prices alone.
const QUICK: u64 = 256;
/// Steps of the second, with polished prices, before the answer is worked on.
const POLISHED: u64 = 2048;
/// Steps of the third, before the number of open ways is looked at.
const KICKED: u64 = 8192;

const NO_PASSES: Passes = Passes { most: 0, stride: 0, patience: 0 };
const ROOT_PASSES: Passes = Passes { most: 400, stride: 16, patience: 20 };
const NODE_PASSES: Passes = Passes { most: 120, stride: 16, patience: 20 };

/// Searches the laid-out problem. Returns a scaled lower bound.
pub(super) fn run(
    sorted: &mut Sorted,
    tree: &mut Tree,
    limits: &Limits<'_>,
    stop: &mut dyn FnMut() -> bool,
) -> i64 {
    if tree.levels.is_empty() {
        tree.levels.push(Dual::default());
    }
    tree.count = 0;
    tree.root.reset(sorted);
    tree.root.raise(sorted, &mut tree.scratch, NEVER);
    tree.primal.construct(sorted, &tree.root);
    let cost = tree.primal.improve(sorted);
    tree.offer(sorted, cost);
    if tree.root.bound() > tree.enough(sorted) {
        return tree.best;
    }
    tree.levels[0].copy_from(&tree.root);
    let effort = |steps: u64| Effort {
        passes: NODE_PASSES,
        steps: limits.steps.min(steps),
        until_better: false,
    };
    let quick = Effort { passes: NO_PASSES, ..effort(QUICK) };
    let lower = tree.search(sorted, quick, stop);
    let mut over = |tree: &Tree, lower: i64, stop: &mut dyn FnMut() -> bool| {
        lower >= tree.best || tree.steps >= limits.steps || stop()
    };
    if over(tree, lower, stop) {
        return lower.max(tree.root.bound());
    }
    if !polish_root(sorted, tree) {
        return tree.best;
    }
    let lower = tree.search(sorted, effort(tree.steps + POLISHED), stop).max(tree.root.bound());
    if over(tree, lower, stop) {
        return lower;
    }
    kick(sorted, tree);
    if !settle_root(sorted, tree) {
        return tree.best;
    }
    let lower = tree.search(sorted, effort(tree.steps + KICKED), stop).max(tree.root.bound());
    if over(tree, lower, stop) {
        return lower;
    }
    count(sorted, tree, limits, stop, lower)
}

fn debug() -> bool {
    std::env::var("DBG").is_ok()
}

fn kick(sorted: &Sorted, tree: &mut Tree) {
    let way_of = std::mem::take(&mut tree.best_way_of);
    let cost = tree.primal.set(sorted, &way_of);
    tree.best_way_of = way_of;
    if cost >= NEVER {
        return;
    }
    let cost = tree.primal.improve(sorted);
    let cost = tree.primal.kick(sorted, cost, 2);
    tree.offer(sorted, cost);
}

/// Splits by the number of open ways: first that fewer than in the best answer cannot be better, then the rest.
fn count(
    sorted: &mut Sorted,
    tree: &mut Tree,
    limits: &Limits<'_>,
    stop: &mut dyn FnMut() -> bool,
    lower: i64,
) -> i64 {
    let dearest = sorted.fixed.iter().copied().max().unwrap_or(0);
    let cheapest = sorted.fixed.iter().copied().min().unwrap_or(0);
    let mult: i64 = std::env::var("UMUL").ok().and_then(|s| s.parse().ok()).unwrap_or(8);
    loop {
        let mut used = tree.best_way_of.clone();
        used.sort_unstable();
        used.dedup();
        tree.count = used.len() as i64 - 1;
        sorted.set_shift(dearest * mult);
        if debug() {
            eprintln!("count {} best {} steps {}", tree.count, tree.best / sorted.scale, tree.steps);
        }
        let before = tree.best;
        tree.root.reset(sorted);
        tree.root.raise(sorted, &mut tree.scratch, NEVER);
        if polish_root(sorted, tree) {
            let effort = Effort { passes: NODE_PASSES, steps: limits.steps, until_better: true };
            let bound = tree.search(sorted, effort, stop);
            if tree.best == before && bound < tree.best {
                return lower;
            }
        }
        if tree.best == before {
            break;
        }
        kick(sorted, tree);
    }
    // More ways than that: what every way costs beyond the cheapest charge is all that is left to decide.
    tree.count += 1;
    if debug() {
        eprintln!("at least {} best {} steps {}", tree.count, tree.best / sorted.scale, tree.steps);
    }
    let mut best = (0, i64::MIN);
    for share in 0..=16 {
        sorted.set_shift(-(cheapest / 16 * share));
        tree.root.reset(sorted);
        tree.root.raise(sorted, &mut tree.scratch, NEVER);
        let enough = tree.enough(sorted);
        tree.polish.run(sorted, &mut tree.root, &mut tree.scratch, ROOT_PASSES, enough);
        let bound = tree.root.bound() - sorted.shift * tree.count;
        if debug() {
            eprintln!("share {share} bound {}", bound / sorted.scale);
        }
        if bound > best.1 {
            best = (share, bound);
        }
    }
    sorted.set_shift(-(cheapest / 16 * best.0));
    tree.root.reset(sorted);
    tree.root.raise(sorted, &mut tree.scratch, NEVER);
    if !polish_root(sorted, tree) {
        return tree.best;
    }
    let effort = Effort { passes: NODE_PASSES, steps: limits.steps, until_better: false };
    let bound = tree.search(sorted, effort, stop);
    if bound >= tree.best { tree.best } else { lower }
}

/// Polishes the root's prices and tries the answers they suggest. Returns false when nothing better is left.
fn polish_root(sorted: &mut Sorted, tree: &mut Tree) -> bool {
    let enough = tree.enough(sorted);
    let Tree { polish, root, scratch, .. } = tree;
    let passes = polish.run(sorted, root, scratch, ROOT_PASSES, enough);
    tree.steps += u64::from(passes / 16);
    tree.primal.construct(sorted, &tree.root);
    let cost = tree.primal.improve(sorted);
    tree.offer(sorted, cost);
    if debug() {
        eprintln!("polished {} enough {}", tree.root.bound() / sorted.scale, tree.enough(sorted) / sorted.scale);
    }
    settle_root(sorted, tree)
}

/// Leaves out what no better answer uses, and lays the root ready. Returns false when nothing is left.
fn settle_root(sorted: &mut Sorted, tree: &mut Tree) -> bool {
    let room = tree.enough(sorted) - tree.root.bound();
    if room < 0 {
        return false;
    }
    let root = &mut tree.root;
    for way in 0..sorted.ways {
        if root.state[way] == WayState::Free && root.slack[way] > room {
            root.close(sorted, way);
        }
    }
    let (states, slacks, prices) = (&root.state, &root.slack, &root.price);
    sorted.shrink(
        |way| states[way] != WayState::Closed,
        |line, arc: &Arc| slacks[arc.end as usize] + (arc.cost - prices[line]).max(0) <= room,
    );
    if (0..sorted.lines).any(|line| sorted.line(line).is_empty()) {
        return false;
    }
    let prices = std::mem::take(&mut root.price);
    root.reset(sorted);
    root.set_prices(sorted, &prices);
    root.raise(sorted, &mut tree.scratch, NEVER);
    tree.levels[0].copy_from(&tree.root);
    tree.root.bound() <= tree.enough(sorted)
}
