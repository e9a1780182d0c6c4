//! What the cheapest plan with a merge in a certain hub costs.
//!
//! The walk knows for each yard the cheapest parts of each content. Here the other half: what all else costs at least,
//! once a content is on its way from there. Yards after those their hubs end in.

use super::grid::{Grid, NONE};
use super::walk::{Walk, hubs_of};
use crate::split::core::NEVER;
use crate::split::problem::{NO_HUB, Problem};

/// States of which every pair is looked at, where they are not sets of lines.
const PAIRS: usize = 1 << 10;

/// By hub what the cheapest plan costs that has a merge there, after a walk without limits; [`NEVER`] where there is none,
/// or none that is of use.
pub(super) fn through(walk: &Walk, problem: &Problem<'_>, grid: &Grid) -> Vec<i64> {
    let (yards, states) = (problem.yards(), grid.states());
    let mut found = vec![NEVER; problem.hubs.len()];
    // By yard, what all else costs once a content is one of its parts; last what else goes to the customer. The penalty of
    // a merged parcel that goes there is that of the first parcel, which pays none.
    let mut outside: Vec<Vec<i64>> = vec![Vec::new(); yards + 1];
    outside[yards] = (0..states).map(|state| walk.covered(states - 1 - state)).collect();
    for yard in (0..yards).rev() {
        let (any, two) = walk.parts_of(yard);
        let mut onward = vec![NEVER; states];
        let ends_here = problem.hubs.iter().any(|hub| usize::from(hub.into) == yard);
        for hub in hubs_of(problem, yard) {
            let terms = &problem.hubs[hub];
            let customer = terms.into == NO_HUB;
            let beyond = &outside[if customer { yards } else { usize::from(terms.into) }];
            for state in 1..states {
                if beyond[state] >= NEVER
                    || (two[state] >= NEVER && !ends_here)
                    || grid.barred[state]
                    || grid.held[state] & !terms.lines != 0
                    || (customer && grid.torn[state])
                {
                    continue;
                }
                if let Some(carriage) = problem.onward(hub, grid.grams[state], grid.cm3[state]) {
                    let cost = beyond[state].saturating_add(terms.fixed).saturating_add(carriage);
                    onward[state] = onward[state].min(cost);
                    found[hub] = found[hub].min(two[state].saturating_add(cost));
                }
            }
        }
        if ends_here {
            outside[yard] = around(any, &onward, grid);
        }
    }
    found
}

/// What all else costs once a content is one of at least two parts of a yard.
fn around(any: &[i64], onward: &[i64], grid: &Grid) -> Vec<i64> {
    let states = grid.states();
    let mut around = vec![NEVER; states];
    let mut note = |whole: usize, part: usize| {
        let rest = whole - part;
        if grid.low[part] != NONE && grid.low[rest] != NONE {
            around[part] = around[part].min(any[rest].saturating_add(onward[whole]));
        }
    };
    for whole in (1..states).filter(|&whole| onward[whole] < NEVER) {
        if grid.sets {
            let mut part = whole & (whole - 1);
            while part > 0 {
                note(whole, part);
                part = (part - 1) & whole;
            }
        } else if states <= PAIRS {
            let inside = (1..whole).filter(|&part| grid.holds(grid.packed[whole], grid.packed[part]));
            inside.for_each(|part| note(whole, part));
        } else {
            // Whatever it is, it costs no less than the cheapest of all.
            around.fill(i64::MIN / 4);
            return around;
        }
    }
    around
}
