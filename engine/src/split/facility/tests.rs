//! Everything against trying every set of ways.

use proptest::prelude::*;

use super::dual::{Dual, Scratch};
use super::polish::Passes;
use super::solve::search;
use super::sorted::Sorted;
use super::stages::{Plan, split_by_count};
use super::tree::{Effort, Tree};
use super::*;

/// A problem that owns its arrays.
#[derive(Clone, Debug)]
struct Owned {
    ways: usize,
    lines: usize,
    fixed: Vec<i64>,
    cost: Vec<i64>,
}

impl Owned {
    fn view(&self) -> Facilities<'_> {
        Facilities { ways: self.ways, lines: self.lines, fixed: &self.fixed, cost: &self.cost }
    }
}

/// Cheapest cost over all sets that hold every open way and no closed one, open ways paid for in any case.
/// `None` when no set serves every line.
fn oracle(problem: &Owned, states: &[WayState]) -> Option<i64> {
    let mut best: Option<i64> = None;
    'sets: for set in 0_u32..1 << problem.ways {
        let mut cost = 0;
        for (way, state) in states.iter().enumerate() {
            let open = set >> way & 1 == 1;
            match state {
                WayState::Open if !open => continue 'sets,
                WayState::Closed if open => continue 'sets,
                _ => cost += if open { problem.fixed[way] } else { 0 },
            }
        }
        for line in 0..problem.lines {
            let row = &problem.cost[line * problem.ways..][..problem.ways];
            let arc = (0..problem.ways).filter(|way| set >> way & 1 == 1).map(|way| row[way]).min();
            match arc {
                Some(arc) if arc < FORBIDDEN => cost += arc,
                _ => continue 'sets,
            }
        }
        best = Some(best.map_or(cost, |best| best.min(cost)));
    }
    best
}

/// Problems with many ties and zeros as well as spread-out ones, some arcs forbidden.
fn problem(lines: std::ops::Range<usize>) -> impl Strategy<Value = Owned> {
    (1_usize..9, lines, prop_oneof![Just(1_i64), Just(3), Just(20), Just(1000), Just(1 << 40)], 0_u32..8)
        .prop_flat_map(|(ways, lines, spread, forbidden)| {
            // Sometimes the charges outweigh all arcs together, so that the number of ways decides.
            let least = prop_oneof![2 => Just(0), 1 => Just(spread * 20)];
            let fixed =
                least.prop_flat_map(move |least| prop::collection::vec(least..=least + spread * 3, ways));
            let cost = prop::collection::vec((0..=spread, 0_u32..10), ways * lines);
            (fixed, cost).prop_map(move |(fixed, cost)| {
                let arc = |(cost, chance): (i64, u32)| if chance < forbidden { FORBIDDEN } else { cost };
                Owned { ways, lines, fixed, cost: cost.into_iter().map(arc).collect() }
            })
        })
}

fn states() -> impl Strategy<Value = Vec<WayState>> {
    let state =
        prop_oneof![3 => Just(WayState::Free), 1 => Just(WayState::Open), 1 => Just(WayState::Closed)];
    prop::collection::vec(state, 9)
}

fn never() -> bool {
    false
}

/// Checks an answer in full against the oracle.
fn agree(problem: &Owned, answer: Result<Answer, FacilityError>, workspace: &Workspace) {
    match oracle(problem, &vec![WayState::Free; problem.ways]) {
        None => assert!(matches!(answer, Err(FacilityError::Unservable { .. }))),
        Some(best) => {
            let answer = answer.expect("servable");
            assert_eq!((answer.cost, answer.bound, answer.proven), (best, best, true));
            assert_eq!(problem.view().cost_of(workspace.way_of()), Some(best));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(3000), ..ProptestConfig::default() })]

    #[test]
    fn few_lines_match_every_set(problem in problem(0..7)) {
        let mut workspace = Workspace::new();
        let answer = solve(&problem.view(), &Limits::default(), &mut never, &mut workspace);
        agree(&problem, answer, &workspace);
    }

    #[test]
    fn tree_matches_every_set(problem in problem(1..13), stages in 0_usize..5) {
        let mut workspace = Workspace::new();
        let view = problem.view();
        // Small problems would end in the first stage: take its steps away, and those of the next ones.
        let mut plan = Plan::usual(u64::MAX);
        let steps = [&mut plan.quick, &mut plan.polished, &mut plan.kicked];
        steps.into_iter().take(stages).for_each(|steps| *steps = 0);
        let limits = Limits::default();
        let answer =
            view.check().and_then(|measure| search(&view, measure, &limits, plan, &mut never, &mut workspace));
        agree(&problem, answer, &workspace);
    }

    #[test]
    fn split_by_count_matches_every_set(problem in problem(1..13), seed in any::<u32>()) {
        let view = problem.view();
        let Ok(measure) = view.check() else { return Ok(()) };
        let best = oracle(&problem, &vec![WayState::Free; problem.ways]).expect("servable");
        let (mut sorted, mut tree) = (Sorted::default(), Tree::default());
        sorted.build(&view, measure, true);
        // Any answer may come first, also a poor one.
        let arcs = |line| sorted.line(line);
        let first: Vec<u32> = (0..problem.lines).map(|l| arcs(l)[seed as usize % arcs(l).len()].end).collect();
        tree.best = view.cost_of(&first).expect("usable arcs") * sorted.scale;
        tree.best_way_of = first;
        tree.levels.push(Dual::default());
        let passes = Passes { most: seed % 50, stride: 16, patience: 20, back: seed % 2 == 0 };
        let effort = Effort { passes, steps: u64::MAX, most: u64::MAX, until_better: false };
        let bound = split_by_count(&mut sorted, &mut tree, effort, &mut never, 0);
        prop_assert_eq!((tree.best, bound), (best * sorted.scale, best * sorted.scale));
        prop_assert_eq!(view.cost_of(&tree.best_way_of), Some(best));
    }

    #[test]
    fn bound_never_exceeds_best(problem in problem(1..10), states in states(), rounds in 0_u32..4) {
        let states = &states[..problem.ways];
        let mut bounder = Bounder::new();
        if bounder.prepare(&problem.view()).is_err() {
            return Ok(());
        }
        let found = bounder.dual_ascent(states, rounds);
        let Some(best) = oracle(&problem, states) else {
            prop_assert!(found.is_err());
            return Ok(());
        };
        let found = found.expect("servable");
        prop_assert!(found.bound <= best && best <= found.cost);
        let used = bounder.way_of();
        let mut cost: i64 = used.iter().enumerate().map(|(l, &w)| problem.view().row(l)[w as usize]).sum();
        for way in 0..problem.ways {
            let open = used.contains(&(way as u32));
            prop_assert!(!(open && states[way] == WayState::Closed));
            cost += if open || states[way] == WayState::Open { problem.fixed[way] } else { 0 };
            if states[way] == WayState::Free {
                let mut with = states.to_vec();
                with[way] = WayState::Open;
                let with = oracle(&problem, &with).expect("servable");
                prop_assert!(bounder.bound_if_open(way) <= with);
                prop_assert!(found.bound + bounder.reduced_cost(way) <= with);
            }
        }
        prop_assert_eq!(cost, found.cost);
    }

    #[test]
    fn slack_is_what_prices_leave(problem in problem(1..10), moves in prop::collection::vec((0_usize..9, 0_u8..4), 0..12)) {
        let view = problem.view();
        let Ok(measure) = view.check() else { return Ok(()) };
        let (mut sorted, mut dual, mut scratch) = (Sorted::default(), Dual::default(), Scratch::default());
        sorted.build(&view, measure, false);
        dual.reset(&sorted);
        dual.raise(&sorted, &mut scratch, i64::MAX / 2);
        for (way, what) in moves {
            let way = way % problem.ways;
            let free = dual.state[way] == WayState::Free;
            let last = (0..problem.lines).any(|line| {
                let mut left = sorted.line(line).iter().filter(|arc| dual.state[arc.end as usize] != WayState::Closed);
                left.next().is_none_or(|arc| arc.end as usize == way && left.next().is_none())
            });
            match what {
                0 if free && !last => dual.close(&sorted, way),
                1 if free => dual.open(&sorted, way),
                2 => { dual.adjust(&sorted, &mut scratch, i64::MAX / 2); }
                _ => dual.raise(&sorted, &mut scratch, i64::MAX / 2),
            }
            prop_assert_eq!(dual.sum, dual.price.iter().sum::<i64>());
            for way in 0..problem.ways {
                let offers: i64 = sorted.way(way).iter().map(|arc| (dual.price[arc.end as usize] - arc.cost).max(0)).sum();
                match dual.state[way] {
                    WayState::Free => {
                        prop_assert_eq!(dual.slack[way], sorted.fixed[way] - offers);
                        prop_assert!(dual.slack[way] >= 0);
                    }
                    WayState::Open => prop_assert_eq!((dual.slack[way], offers), (0, 0)),
                    WayState::Closed => prop_assert_eq!(dual.slack[way], sorted::NEVER - offers),
                }
            }
        }
    }

    #[test]
    fn limits_keep_bound_and_cost_apart(problem in problem(7..14), steps in 0_u64..6, warm in any::<bool>()) {
        let view = problem.view();
        let Some(best) = oracle(&problem, &vec![WayState::Free; problem.ways]) else { return Ok(()) };
        let start: Vec<u32> = (0..problem.lines)
            .map(|line| view.row(line).iter().position(|&cost| cost < FORBIDDEN).unwrap_or(0) as u32)
            .collect();
        let mut workspace = Workspace::new();
        let limits = Limits { steps, start: warm.then_some(start.as_slice()) };
        let answer = solve(&view, &limits, &mut || true, &mut workspace).expect("servable");
        prop_assert!(answer.bound <= best && best <= answer.cost);
        prop_assert_eq!(answer.proven, answer.bound == answer.cost);
        prop_assert_eq!(view.cost_of(workspace.way_of()), Some(answer.cost));
        let again = solve(&view, &limits, &mut || true, &mut workspace).expect("servable");
        prop_assert_eq!(answer, again);
    }
}

#[test]
fn faults_are_named() {
    let limits = Limits::default();
    let mut workspace = Workspace::new();
    let mut ask = |fixed: &[i64], cost: &[i64], ways, lines| {
        solve(&Facilities { ways, lines, fixed, cost }, &limits, &mut never, &mut workspace)
    };
    assert!(matches!(ask(&[1], &[1, 2], 2, 1), Err(FacilityError::Length { what: "fixed", .. })));
    assert!(matches!(ask(&[1, 1], &[1], 2, 1), Err(FacilityError::Length { what: "cost", .. })));
    assert_eq!(ask(&[-1], &[1], 1, 1), Err(FacilityError::FixedRange { way: 0 }));
    assert_eq!(ask(&[1, 1], &[1, -1], 2, 1), Err(FacilityError::CostRange { line: 0, way: 1 }));
    assert_eq!(ask(&[1], &[LARGEST_COST + 1], 1, 1), Err(FacilityError::CostRange { line: 0, way: 0 }));
    assert_eq!(ask(&[1], &[3, FORBIDDEN], 1, 2), Err(FacilityError::Unservable { line: 1 }));
    assert_eq!(ask(&[], &[], 0, 1), Err(FacilityError::Unservable { line: 0 }));
    assert!(matches!(ask(&[], &[], usize::MAX, 2), Err(FacilityError::TooLarge { .. })));
    let nothing = ask(&[5], &[], 1, 0).expect("no line needs no way");
    assert_eq!((nothing.cost, nothing.proven), (0, true));
    let huge = vec![LARGEST_COST; 4096];
    assert_eq!(ask(&[0], &huge, 1, 4096), Err(FacilityError::TotalRange));
    let start = Limits { start: Some(&[0, 1, 0, 0, 0, 0, 0]), ..Limits::default() };
    let view = Facilities { ways: 1, lines: 7, fixed: &[1], cost: &[1; 7] };
    assert_eq!(solve(&view, &start, &mut never, &mut workspace), Err(FacilityError::BadStart { line: 1 }));
}

#[test]
fn largest_costs_do_not_overflow() {
    let (ways, lines) = (30, 12);
    let fixed = vec![LARGEST_COST; ways];
    let cost: Vec<i64> = (0..ways * lines).map(|at| LARGEST_COST - (at as i64 * 7919) % 1000).collect();
    let view = Facilities { ways, lines, fixed: &fixed, cost: &cost };
    let mut workspace = Workspace::new();
    let answer = solve(&view, &Limits::default(), &mut never, &mut workspace).expect("within the ranges");
    assert!(answer.proven);
    assert_eq!(view.cost_of(workspace.way_of()), Some(answer.cost));
}
