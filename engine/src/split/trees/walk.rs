//! The walk over states: the cheapest parcel of each content, the cheapest merged parcel, the cheapest cover.
//!
//! Dynamic programming over subsets as for Steiner trees (Dreyfus and Wagner, 1971): for each yard the cheapest way to
//! bring each content by parcels that end in it, yards before those their hubs end in; then the cheapest way to cover each
//! state by parcels that reach the customer. Each part of a cover holds the first line still wanted, so that the same
//! cover is not formed twice. Pools are thought ample but for the limits in the grid.

use super::choices::{Choices, Content};
use super::grid::{Counted, Grid, Limit, NONE};
use crate::split::core::NEVER;
use crate::split::problem::{Hub, NO_HUB, Problem};

/// Contents of one way at most.
const CONTENTS: usize = 1 << 14;

/// Steps of one walk at most: some tens of milliseconds.
const WORK: u64 = 20_000_000;

/// Choices that are hubs stand above those that are ways.
const HUB: u32 = 1 << 16;

/// No choice.
const NOTHING: u32 = u32::MAX;

/// The choice to leave the first line out.
const SKIP: u32 = u32::MAX - 1;

/// What parcels that end in one place cost.
#[derive(Debug, Default)]
struct Board {
    /// By state the cheapest single parcel.
    cost: Vec<i64>,
    /// By state when it arrives.
    arrives: Vec<i64>,
    /// By state its way, or its hub above [`HUB`].
    by: Vec<u32>,
    /// States with a parcel, by their first line.
    by_low: Vec<Vec<u32>>,
    /// By state the cheapest parcels that hold all of it: at least one, and at least two.
    any: Vec<i64>,
    two: Vec<i64>,
    any_by: Vec<u32>,
    two_by: Vec<u32>,
}

/// A cost with what breaks ties, and the content that led there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Best {
    cost: i64,
    arrives: i64,
    parcels: u32,
    by: u32,
}

const NO_COVER: Best = Best { cost: NEVER, arrives: i64::MAX, parcels: u32::MAX, by: NOTHING };
const EMPTY: Best = Best { cost: 0, arrives: i64::MIN, parcels: 0, by: NOTHING };

/// Memory of the walk.
#[derive(Debug, Default)]
pub struct Walk {
    /// By yard, and last the customer.
    boards: Vec<Board>,
    contents: Vec<Content>,
    /// Covers by at most so many parcels (only as many layers as a limit asks for), of any and of at least one parcel.
    any: Vec<Vec<Best>>,
    some: Vec<Vec<Best>>,
    /// By yard the least fixed cost of its hubs.
    onward: Vec<i64>,
    /// Yards whose parts were gathered, no two with the same.
    gathered: Vec<usize>,
    /// By way, then by hub, the limits in which its parcels count; empty where there are none.
    counted: Vec<Counted>,
    work: u64,
}

/// A parcel of the answer, or several that are merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// A way and the state its parcel holds.
    Parcel(u16, u32),
    /// A hub and what ends in it.
    Merged(u16, Vec<Tree>),
}

/// The cheapest plan of a grid.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Its cost; [`NEVER`] when there is none.
    pub cost: i64,
    /// Parcels handed over.
    pub trees: Vec<Tree>,
    /// Units left out, by line.
    pub skipped: Vec<u32>,
}

impl Walk {
    /// The cheapest plan. Nothing when the walk would be too long.
    pub fn solve(
        &mut self,
        problem: &Problem<'_>,
        grid: &Grid,
        limits: &[Limit],
        choices: &Choices,
    ) -> Option<Found> {
        self.work = 0;
        let yards = problem.yards();
        self.count(problem, grid, limits);
        self.boards.resize_with((yards + 1).max(self.boards.len()), Board::default);
        for board in &mut self.boards[..=yards] {
            board.clear(grid);
        }
        self.gathered.clear();
        self.onward.clear();
        self.onward.resize(yards, i64::MAX);
        for hub in &problem.hubs {
            let least = &mut self.onward[usize::from(hub.yard)];
            *least = (*least).min(hub.fixed);
        }
        self.price_ways(problem, grid, choices)?;
        for yard in 0..yards {
            self.merge(problem, grid, yard)?;
        }
        self.cover(problem, grid)
    }

    /// Notes in which limits parcels count.
    fn count(&mut self, problem: &Problem<'_>, grid: &Grid, limits: &[Limit]) {
        self.counted.clear();
        if limits.iter().all(|limit| limit.neck.is_none()) {
            return;
        }
        let digits = || limits.iter().enumerate().map(|(row, limit)| (grid.lines + row, limit));
        let of = |way: u16| digits().filter_map(move |(digit, limit)| Some((digit, limit.of_way(way)?)));
        self.counted.extend((0..problem.ways.len()).map(|way| of(way as u16).collect()));
        let of = |hub: u16| digits().filter_map(move |(digit, limit)| Some((digit, limit.of_hub(hub)?)));
        self.counted.extend((0..problem.hubs.len()).map(|hub| of(hub as u16).collect()));
    }

    /// The limits in which parcels count that are made by a choice.
    fn counted_by(&self, problem: &Problem<'_>, by: u32) -> Option<&Counted> {
        let row = by.checked_sub(HUB).map_or(by as usize, |hub| problem.ways.len() + hub as usize);
        self.counted.get(row).filter(|counted| !counted.is_empty())
    }

    /// By state the cheapest parts of a yard: at least one, and at least two.
    pub(super) fn parts_of(&self, yard: usize) -> (&[i64], &[i64]) {
        (&self.boards[yard].any, &self.boards[yard].two)
    }

    /// What covering a state by any number of parcels costs, a penalty each.
    pub(super) fn covered(&self, state: usize) -> i64 {
        self.any[0][state].cost
    }

    /// Steps of the last walk.
    pub fn work(&self) -> u64 {
        self.work
    }

    fn spend(&mut self, steps: usize) -> Option<()> {
        self.work += steps as u64;
        (self.work <= WORK).then_some(())
    }

    /// The cheapest single parcel of each content, by where it ends.
    fn price_ways(&mut self, problem: &Problem<'_>, grid: &Grid, choices: &Choices) -> Option<()> {
        let full = grid.packed[grid.states() - 1];
        let most = most(problem);
        for (way, terms) in problem.ways.iter().enumerate() {
            let yard = problem.yard_of(way);
            let onward = self.onward.get(usize::from(yard)).copied().unwrap_or(0);
            let mut contents = std::mem::take(&mut self.contents);
            let complete = choices.contents(grid, way, full, CONTENTS, &mut contents);
            self.spend(contents.len())?;
            let counted = self.counted.get(way).filter(|counted| !counted.is_empty()).cloned();
            let board = &mut self.boards[row_of(yard, problem)];
            let penalty = if yard == NO_HUB { problem.rules.parcel_penalty } else { 0 };
            for content in &contents[1..] {
                let mut state = content.state as usize;
                if grid.barred[state] || (yard == NO_HUB && grid.torn[state]) {
                    continue;
                }
                if let Some(counted) = &counted {
                    let Some(with_it) = grid.counted(counted, state) else { continue };
                    state = with_it;
                }
                let bare = content.cost + terms.fixed + penalty;
                if bare > board.cost[state] || bare.saturating_add(onward) > most {
                    continue;
                }
                if let Some(carriage) = problem.carriage(way, grid.grams[state], grid.cm3[state]) {
                    board.offer(state, bare + carriage, terms.arrives, way as u32);
                }
            }
            self.contents = contents;
            if !complete {
                return None;
            }
        }
        Some(())
    }

    /// The cheapest ways to bring each content to a yard, and what it costs from there by each of its hubs.
    fn merge(&mut self, problem: &Problem<'_>, grid: &Grid, yard: usize) -> Option<()> {
        let hubs = hubs_of(problem, yard);
        let (before, later) = self.boards.split_at_mut(yard);
        let Some((board, later)) = later.split_first_mut() else { return Some(()) };
        board.list(grid);
        let parts = board.by_low.iter().flatten().map(|&part| board.cost[part as usize]);
        let most = most(problem);
        // Two parts at least, and the way on.
        let least = parts.min().map(|part| part.saturating_mul(2).saturating_add(self.onward[yard]));
        if least.is_none_or(|least| least > most) {
            return Some(());
        }
        let mut steps = grid.states();
        // Hubs of one cross-dock often take the same parts.
        match self.gathered.iter().find(|&&known| before[known].cost == board.cost) {
            Some(&known) => board.gather_as(&before[known]),
            None => {
                steps = board.gather(grid);
                self.gathered.push(yard);
            }
        }
        for hub in hubs {
            let counted = self.counted.get(problem.ways.len() + hub).filter(|counted| !counted.is_empty());
            let terms = problem.hubs[hub];
            let target = &mut later[row_of(terms.into, problem) - yard - 1];
            let penalty = if terms.into == NO_HUB { problem.rules.parcel_penalty } else { 0 };
            let extra = terms.fixed.saturating_add(penalty);
            for state in 1..grid.states() {
                let parts = board.two[state];
                if parts >= NEVER
                    || grid.barred[state]
                    || grid.held[state] & !terms.lines != 0
                    || (terms.into == NO_HUB && grid.torn[state])
                {
                    continue;
                }
                let bare = parts.saturating_add(extra);
                let state = match counted {
                    None => state,
                    Some(counted) => match grid.counted(counted, state) {
                        Some(with_it) => with_it,
                        None => continue,
                    },
                };
                if bare > target.cost[state] || bare > most {
                    continue;
                }
                if let Some(carriage) = problem.onward(hub, grid.grams[state], grid.cm3[state]) {
                    target.offer(state, bare.saturating_add(carriage), terms.arrives, HUB + hub as u32);
                }
            }
            steps += grid.states();
        }
        self.spend(steps)
    }

    /// The cheapest cover of each state by parcels that reach the customer.
    fn cover(&mut self, problem: &Problem<'_>, grid: &Grid) -> Option<Found> {
        let customer = problem.yards();
        self.boards[customer].list(grid);
        let full = grid.states() - 1;
        self.cover_layer(problem, grid, 0, false)?;
        let nothing = all_skipped(problem);
        let most = problem.rules.max_parcels;
        let mut layer = 0;
        if self.some[0][full].parcels > most && self.some[0][full].cost < NEVER {
            // The limit binds: a layer for each number of parcels.
            for parcels in 0..=most as usize {
                self.cover_layer(problem, grid, parcels, true)?;
            }
            layer = most as usize;
        }
        let shipped = self.some[layer][full];
        let cost = shipped.cost.saturating_sub(problem.rules.parcel_penalty);
        if shipped.cost >= NEVER || cost >= nothing {
            let skipped = problem.lines.iter().map(|line| line.qty).collect();
            return Some(Found { cost: nothing, trees: Vec::new(), skipped });
        }
        Some(self.unpack(problem, grid, layer, cost))
    }

    /// Covers of every state by any number of parcels, or by at most `layer` of them.
    fn cover_layer(&mut self, problem: &Problem<'_>, grid: &Grid, layer: usize, layered: bool) -> Option<()> {
        let states = grid.states();
        for covers in [&mut self.any, &mut self.some] {
            covers.resize_with(covers.len().max(layer + 1), Vec::new);
            covers[layer].clear();
            covers[layer].resize(states, NO_COVER);
        }
        let board = &self.boards[problem.yards()];
        self.any[layer][0] = EMPTY;
        let mut steps = 0;
        for state in 1..states {
            let low = grid.low[state];
            if low == NONE {
                self.any[layer][state] = EMPTY;
                continue;
            }
            let (mut any, mut some) = (NO_COVER, NO_COVER);
            let (less, cost) = grid.skip(problem, state);
            if cost < NEVER {
                let skip = |rest: Best| Best { cost: rest.cost + cost, by: SKIP, ..rest };
                let rest = state - less;
                if self.any[layer][rest].cost < NEVER {
                    any = skip(self.any[layer][rest]);
                }
                if self.some[layer][rest].cost < NEVER {
                    some = skip(self.some[layer][rest]);
                }
            }
            let below = if layered { layer.checked_sub(1) } else { Some(layer) };
            if let Some(below) = below {
                let rests = &self.any[below];
                let outer = grid.packed[state];
                let row = &board.by_low[usize::from(low)];
                let mut try_parcel = |parcel: usize| {
                    let rest = rests[state - parcel];
                    let cost = board.cost[parcel];
                    if rest.cost < NEVER && cost < NEVER {
                        let best = Best {
                            cost: cost + rest.cost,
                            arrives: board.arrives[parcel].max(rest.arrives),
                            parcels: rest.parcels + 1,
                            by: parcel as u32,
                        };
                        any = any.min(best);
                        some = some.min(best);
                    }
                };
                if grid.sets && row.len() >> (state.count_ones() - 1) > 0 {
                    // Fewer subsets than parcels.
                    steps += each_with_first(state, low, try_parcel);
                } else {
                    steps += row.len();
                    for &parcel in row {
                        if parcel as usize > state {
                            break;
                        }
                        if grid.holds(outer, grid.packed[parcel as usize]) {
                            try_parcel(parcel as usize);
                        }
                    }
                }
            }
            self.any[layer][state] = any;
            self.some[layer][state] = some;
        }
        self.spend(steps)
    }

    fn unpack(&self, problem: &Problem<'_>, grid: &Grid, layer: usize, cost: i64) -> Found {
        let mut found = Found { cost, trees: Vec::new(), skipped: vec![0; problem.lines.len()] };
        let (mut state, mut layer, mut shipped) = (grid.states() - 1, layer, false);
        let layered = layer > 0;
        while grid.low[state] != NONE {
            let best = if shipped { self.any[layer][state] } else { self.some[layer][state] };
            if best.by == SKIP {
                let (less, _) = grid.skip(problem, state);
                for (line, skipped) in found.skipped.iter_mut().enumerate() {
                    *skipped += grid.units_in(less, line);
                }
                state -= less;
                continue;
            }
            found.trees.push(self.tree(problem, grid, problem.yards(), best.by as usize));
            state -= best.by as usize;
            shipped = true;
            layer -= usize::from(layered);
        }
        found
    }

    /// The parcel of a board that holds a state.
    fn tree(&self, problem: &Problem<'_>, grid: &Grid, board: usize, state: usize) -> Tree {
        let by = self.boards[board].by[state];
        // What the parcel itself counts for is not in it.
        let counts = self.counted_by(problem, by).map_or(0, |counted| grid.counts(counted, state) as usize);
        let state = state - counts;
        let Some(hub) = by.checked_sub(HUB) else { return Tree::Parcel(by as u16, state as u32) };
        let yard = usize::from(problem.hubs[hub as usize].yard);
        let parts = &self.boards[yard];
        let (mut rest, mut first, mut trees) = (state, true, Vec::new());
        while grid.low[rest] != NONE {
            let part = if first { parts.two_by[rest] } else { parts.any_by[rest] } as usize;
            trees.push(self.tree(problem, grid, yard, part));
            rest -= part;
            first = false;
        }
        Tree::Merged(hub as u16, trees)
    }
}

impl Board {
    fn clear(&mut self, grid: &Grid) {
        let states = grid.states();
        for column in [&mut self.cost, &mut self.any, &mut self.two] {
            column.clear();
            column.resize(states, NEVER);
        }
        self.any[0] = 0;
        self.arrives.clear();
        self.arrives.resize(states, i64::MAX);
        for column in [&mut self.by, &mut self.any_by, &mut self.two_by] {
            column.clear();
            column.resize(states, NOTHING);
        }
    }

    /// Takes over a parcel if it is the best known of its content.
    fn offer(&mut self, state: usize, cost: i64, arrives: i64, by: u32) {
        if (cost, arrives) < (self.cost[state], self.arrives[state]) {
            (self.cost[state], self.arrives[state], self.by[state]) = (cost, arrives, by);
        }
    }

    /// The cheapest parcels that hold each content: at least one, and at least two. How many were looked at.
    fn gather(&mut self, grid: &Grid) -> usize {
        let mut steps = 0;
        for state in 1..grid.states() {
            let low = grid.low[state];
            if low == NONE {
                (self.any[state], self.two[state]) = (0, NEVER);
                continue;
            }
            let (mut any, mut two) = ((NEVER, NOTHING), (NEVER, NOTHING));
            let row = &self.by_low[usize::from(low)];
            let mut try_part = |part: usize| {
                let rest = state - part;
                let cost = self.cost[part].saturating_add(self.any[rest]);
                any = any.min((cost, part as u32));
                if grid.low[rest] != NONE {
                    two = two.min((cost, part as u32));
                }
            };
            steps += match grid.sets && row.len() >> (state.count_ones() - 1) > 0 {
                true => each_with_first(state, low, &mut try_part),
                false => {
                    let outer = grid.packed[state];
                    let inside = row.iter().map(|&part| part as usize).take_while(|&part| part <= state);
                    for part in inside.filter(|&part| grid.holds(outer, grid.packed[part])) {
                        try_part(part);
                    }
                    row.len()
                }
            };
            (self.any[state], self.any_by[state]) = any;
            (self.two[state], self.two_by[state]) = two;
        }
        steps
    }

    /// The same as another with the same parcels.
    fn gather_as(&mut self, other: &Board) {
        self.any.clone_from(&other.any);
        self.two.clone_from(&other.two);
        self.any_by.clone_from(&other.any_by);
        self.two_by.clone_from(&other.two_by);
    }

    /// Lists the contents that have a parcel.
    fn list(&mut self, grid: &Grid) {
        self.by_low.iter_mut().for_each(Vec::clear);
        self.by_low.resize_with(self.by_low.len().max(grid.lines), Vec::new);
        for state in 1..grid.states() {
            if self.cost[state] < NEVER && grid.low[state] != NONE {
                self.by_low[usize::from(grid.low[state])].push(state as u32);
            }
        }
    }
}

/// Calls for every subset of a set of lines that has its first line in it; how many there are.
fn each_with_first(state: usize, low: u8, mut call: impl FnMut(usize)) -> usize {
    let first = 1usize << low;
    let others = state & !first;
    let mut subset = others;
    loop {
        call(subset | first);
        if subset == 0 {
            return 1 << others.count_ones();
        }
        subset = (subset - 1) & others;
    }
}

/// What no part of a useful plan costs more than: nothing in a plan that costs no more than one known, as long as nothing
/// is paid for being taken.
fn most(problem: &Problem<'_>) -> i64 {
    match problem.offers.iter().any(|offer| offer.unit_cost < 0) {
        true => i64::MAX,
        false => problem.known.saturating_add(problem.rules.parcel_penalty),
    }
}

/// The board of parcels that end in a yard, or go to the customer.
fn row_of(yard: u16, problem: &Problem<'_>) -> usize {
    if yard == NO_HUB { problem.yards() } else { usize::from(yard) }
}

/// The hubs of a yard.
pub(super) fn hubs_of(problem: &Problem<'_>, yard: usize) -> std::ops::Range<usize> {
    let before = |hub: &Hub| usize::from(hub.yard) < yard;
    let first = problem.hubs.partition_point(before);
    first..first + problem.hubs[first..].partition_point(|hub| usize::from(hub.yard) == yard)
}

fn all_skipped(problem: &Problem<'_>) -> i64 {
    problem
        .lines
        .iter()
        .fold(0i64, |sum, line| sum.saturating_add(line.skip * i64::from(line.qty)))
        .min(NEVER)
}
