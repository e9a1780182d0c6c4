//! What is tried in which order: little for problems that need little, more only for those that resist.

use super::dual::Dual;
use super::polish::Passes;
use super::sorted::{Arc, NEVER, Sorted};
use super::tree::{Effort, Tree};

/// Steps of each stage.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// Of the first search, with raised prices alone.
    pub quick: u64,
    /// Of the second, with polished prices, before the answer is worked on.
    pub polished: u64,
    /// Of the third, before the number of open ways is split, where that can help.
    pub kicked: u64,
    /// Of all together.
    pub most: u64,
}

impl Plan {
    /// The usual plan, with this many steps at most.
    pub fn usual(most: u64) -> Self {
        Plan { quick: 256, polished: 2048, kicked: 8192, most }
    }
}

const NO_PASSES: Passes = Passes { most: 0, stride: 0, patience: 0 };
const ROOT_PASSES: Passes = Passes { most: 400, stride: 16, patience: 20 };
const NODE_PASSES: Passes = Passes { most: 120, stride: 16, patience: 20 };

/// Rounds of kicks.
const KICK_ROUNDS: u32 = 2;

/// Shift of the charges when fewer ways are looked for, in multiples of the dearest charge: the more, the less
/// do arcs blur the count.
const FEW: i64 = 8;

/// Shift when as many or more are looked for, in sixteenths of the cheapest charge. Tried from 0 to 15 on the
/// GapA problems: all of it would leave nothing to tell the ways apart.
const MANY: i64 = 14;

/// Searches the laid-out problem. Returns a scaled lower bound: the best cost itself when it is proven.
pub(super) fn run(sorted: &mut Sorted, tree: &mut Tree, plan: Plan, stop: &mut dyn FnMut() -> bool) -> i64 {
    if tree.levels.is_empty() {
        tree.levels.push(Dual::default());
    }
    tree.count = 0;
    tree.root.reset(sorted);
    tree.root.raise(sorted, &mut tree.scratch, NEVER);
    tree.primal.construct(sorted, &tree.root);
    let cost = tree.primal.improve(sorted);
    tree.offer(sorted, cost);
    let mut lower = tree.root.bound();
    if lower > tree.enough(sorted) {
        return tree.best;
    }
    tree.levels[0].copy_from(&tree.root);
    let until = |steps: u64| Effort {
        passes: NODE_PASSES,
        steps: plan.most.min(steps),
        most: plan.most,
        until_better: false,
    };
    let quick = Effort { passes: NO_PASSES, ..until(plan.quick) };
    if over(tree, &mut lower, quick, sorted, stop) {
        return lower;
    }
    polish_root(sorted, tree);
    if !shrink(sorted, tree) {
        return tree.best;
    }
    lower = lower.max(tree.root.bound());
    if over(tree, &mut lower, until(tree.steps.saturating_add(plan.polished)), sorted, stop) {
        return lower;
    }
    kick(sorted, tree, stop);
    if !shrink(sorted, tree) {
        return tree.best;
    }
    lower = lower.max(tree.root.bound());
    let counts = charges_decide(sorted, tree);
    let steps = if counts { tree.steps.saturating_add(plan.kicked) } else { u64::MAX };
    if over(tree, &mut lower, until(steps), sorted, stop) || !counts {
        return lower;
    }
    split_by_count(sorted, tree, until(u64::MAX), stop, lower)
}

/// Searches below the root in level 0 and sharpens `lower`; true when that was the end.
fn over(
    tree: &mut Tree,
    lower: &mut i64,
    effort: Effort,
    sorted: &Sorted,
    stop: &mut dyn FnMut() -> bool,
) -> bool {
    *lower = tree.search(sorted, effort, stop).max(*lower).min(tree.best);
    *lower >= tree.best || tree.stopped
}

/// Polishes the root's prices and tries the answer they suggest.
fn polish_root(sorted: &Sorted, tree: &mut Tree) {
    let enough = tree.enough(sorted);
    let Tree { polish, root, scratch, .. } = tree;
    tree.steps += polish.run(sorted, root, scratch, ROOT_PASSES, enough);
    tree.primal.construct(sorted, &tree.root);
    let cost = tree.primal.improve(sorted);
    tree.offer(sorted, cost);
}

/// Leaves out the ways and arcs that no better answer uses, and lays the root ready in level 0. Returns false
/// when there is no better answer.
fn shrink(sorted: &mut Sorted, tree: &mut Tree) -> bool {
    let room = tree.enough(sorted) - tree.root.bound();
    if room < 0 {
        return false;
    }
    let root = &mut tree.root;
    let (slacks, prices) = (&root.slack, &root.price);
    // Taking an arc opens its way, and costs the line what the arc is dearer than its price.
    sorted.shrink(
        |way| slacks[way] <= room,
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

/// Works on the best answer.
fn kick(sorted: &Sorted, tree: &mut Tree, stop: &mut dyn FnMut() -> bool) {
    let cost = tree.primal.set(sorted, &tree.best_way_of);
    if cost < NEVER {
        let cost = tree.primal.improve(sorted);
        let cost = tree.primal.kick(sorted, cost, KICK_ROUNDS, stop);
        tree.offer(sorted, cost);
    }
}

/// Whether the arcs of the best answer cost less together than any one way: then the number of open ways
/// decides first, and a bound that lets them be opened in part lies far too low.
fn charges_decide(sorted: &Sorted, tree: &mut Tree) -> bool {
    let cost = tree.primal.set(sorted, &tree.best_way_of);
    let charges = tree.primal.charges(sorted);
    cost < NEVER && sorted.fixed.iter().all(|&fixed| cost - charges < fixed)
}

/// Splits by the number of open ways.
///
/// Adding a shift to every charge and taking `shift × count` off again leaves no answer with at most `count`
/// ways dearer than it was; a negative shift does the same for answers with at least `count`. With a large shift
/// the search soon shows that fewer ways than in the best answer cannot do, or finds how they can; with that
/// known, it goes through the answers with as many ways or more. (Bounding under limits on the number of open
/// ways: M. Posta, J. A. Ferland and P. Michelon, 2014.)
pub(super) fn split_by_count(
    sorted: &mut Sorted,
    tree: &mut Tree,
    effort: Effort,
    stop: &mut dyn FnMut() -> bool,
    lower: i64,
) -> i64 {
    let dearest = sorted.fixed.iter().copied().max().unwrap_or(0);
    let cheapest = sorted.fixed.iter().copied().min().unwrap_or(0);
    let few = dearest.saturating_mul(FEW);
    if few.checked_mul(sorted.ways as i64 + 1).is_none_or(|sum| sum > NEVER / 8) {
        // Such charges cannot be shifted within the range of numbers.
        return shifted(sorted, tree, 0, effort, stop).max(lower);
    }
    loop {
        let before = tree.best;
        tree.primal.set(sorted, &tree.best_way_of);
        tree.count = tree.primal.count() - 1;
        let bound = shifted(sorted, tree, few, Effort { until_better: true, ..effort }, stop);
        if tree.best == before {
            if bound < tree.best {
                return lower;
            }
            break;
        }
        kick(sorted, tree, stop);
    }
    tree.count += 1;
    let bound = shifted(sorted, tree, -(cheapest / 16 * MANY), effort, stop);
    if bound >= tree.best { tree.best } else { lower }
}

/// Searches with shifted charges for answers with the tree's count of ways. Ways and arcs stay: what no such
/// answer uses another may.
fn shifted(
    sorted: &mut Sorted,
    tree: &mut Tree,
    shift: i64,
    effort: Effort,
    stop: &mut dyn FnMut() -> bool,
) -> i64 {
    sorted.set_shift(shift);
    tree.root.reset(sorted);
    tree.root.raise(sorted, &mut tree.scratch, NEVER);
    polish_root(sorted, tree);
    let bound = if tree.root.bound() > tree.enough(sorted) {
        tree.best
    } else {
        tree.levels[0].copy_from(&tree.root);
        tree.search(sorted, effort, stop)
    };
    sorted.set_shift(0);
    bound
}
