//! The heart of a problem: what is left when groups are one thing and words like "line" no longer matter.
//!
//! An *atom* is a line, or a group of lines that travel as one unit. An *arc* brings units of an atom by a way; for a
//! group it is one offer for each of its lines. The solvers of this room see only atoms, arcs and ways.

use super::problem::{NO_GROUP, Problem};
use super::supply;
use smallvec::SmallVec;

/// Units wanted, as one thing.
#[derive(Clone, Copy, Debug)]
pub struct Atom {
    /// Units; one for a group.
    pub units: u32,
    /// Cost of each unit not delivered; [`NEVER`] when every unit must be.
    pub skip: i64,
    /// Weight of a unit.
    pub grams: u64,
    /// Volume of a unit.
    pub cm3: u64,
    /// Its arcs, a run of [`Core::arcs`].
    pub first_arc: u32,
    /// End of the run.
    pub end_arc: u32,
}

/// The cost of what may not be.
pub const NEVER: i64 = i64::MAX / 4;

/// One offer of an arc and how many of its units one unit of the atom takes.
pub type Part = (u32, u32);

/// Units of an atom by a way.
#[derive(Clone, Debug)]
pub struct Arc {
    /// Of which atom.
    pub atom: u16,
    /// By which way.
    pub way: u16,
    /// Most units.
    pub most: u32,
    /// Cost of each unit.
    pub unit_cost: i64,
    /// Cost of taking any.
    pub line_cost: i64,
    /// The offers it stands for.
    pub parts: SmallVec<[Part; 1]>,
}

impl Arc {
    /// Cost of `units` by this arc.
    pub fn cost(&self, units: u32) -> i64 {
        if units == 0 { 0 } else { self.unit_cost * i64::from(units) + self.line_cost }
    }
}

/// The heart of a problem, or of one of its components. Arrays are reused.
#[derive(Debug, Default)]
pub struct Core {
    /// What is wanted.
    pub atoms: Vec<Atom>,
    /// What brings it, by atom, then way.
    pub arcs: Vec<Arc>,
    /// Lines of each atom.
    pub lines: Vec<SmallVec<[u16; 2]>>,
    /// Pairs of atoms that may not share a parcel, smaller first, rising.
    pub apart: Vec<(u16, u16)>,
    /// Whether some pool or cap cannot serve all that may be asked of it at once.
    pub coupled: bool,
    pool_demand: Vec<u64>,
}

/// Arcs that one group may have by one way: products of its lines' offers beyond this are cut to the cheapest.
const ARCS_PER_GROUP_AND_WAY: usize = 512;

impl Core {
    /// Rebuilds from some lines of a problem (whole groups of them). `filling` says that nothing may be skipped.
    /// Says whether nothing was cut off; if something was, an optimum of the core need not be one of the problem.
    pub fn rebuild(&mut self, problem: &Problem<'_>, lines: &[u16], filling: bool) -> bool {
        self.atoms.clear();
        self.arcs.clear();
        self.lines.clear();
        self.apart.clear();
        self.coupled = self.find_coupling(problem, lines);
        let mut whole = true;
        for &line in lines {
            let wanted = &problem.lines[line as usize];
            if wanted.group == NO_GROUP {
                self.add_line(problem, line, filling);
            } else if lines.iter().find(|&&other| problem.lines[other as usize].group == wanted.group)
                == Some(&line)
            {
                let members = lines.iter().copied();
                let members = members.filter(|&other| problem.lines[other as usize].group == wanted.group);
                whole &= self.add_group(problem, members.collect(), filling);
            }
        }
        for &(one, other) in &problem.apart {
            if let (Some(one), Some(other)) = (self.atom_of(one), self.atom_of(other))
                && one != other
            {
                self.apart.push((one.min(other), one.max(other)));
            }
        }
        self.apart.sort_unstable();
        self.apart.dedup();
        whole
    }

    fn atom_of(&self, line: u16) -> Option<u16> {
        self.lines.iter().position(|lines| lines.contains(&line)).map(|atom| atom as u16)
    }

    fn add_line(&mut self, problem: &Problem<'_>, line: u16, filling: bool) {
        let wanted = &problem.lines[line as usize];
        let atom = self.atoms.len() as u16;
        let first_arc = self.arcs.len() as u32;
        for (row, offer) in problem.offers_of(line) {
            self.arcs.push(Arc {
                atom,
                way: offer.way,
                most: offer.most.min(wanted.qty),
                unit_cost: offer.unit_cost,
                line_cost: offer.line_cost,
                parts: SmallVec::from_buf([(row, 1)]),
            });
        }
        self.atoms.push(Atom {
            units: wanted.qty,
            skip: if filling { NEVER } else { wanted.skip },
            grams: wanted.grams,
            cm3: wanted.cm3,
            first_arc,
            end_arc: self.arcs.len() as u32,
        });
        self.lines.push(SmallVec::from_slice(&[line]));
    }

    /// A group is one unit. By each way it has an arc for each choice of one offer a line; a line of a group comes
    /// from one pool, or the group's units could be split over pools: then every split is a further choice.
    fn add_group(&mut self, problem: &Problem<'_>, members: SmallVec<[u16; 2]>, filling: bool) -> bool {
        let atom = self.atoms.len() as u16;
        let first_arc = self.arcs.len() as u32;
        let mut whole = true;
        let mut choices: Vec<Choice> = Vec::new();
        let mut next: Vec<Choice> = Vec::new();
        let ways: SmallVec<[u16; 8]> = {
            let mut ways: SmallVec<[u16; 8]> =
                problem.offers_of(members[0]).map(|(_, offer)| offer.way).collect();
            ways.dedup();
            // Lines that may not share a parcel cannot come together.
            let quarrel = |&(one, other): &(u16, u16)| members.contains(&one) && members.contains(&other);
            if problem.apart.iter().any(quarrel) {
                ways.clear();
            }
            ways
        };
        for way in ways {
            choices.clear();
            choices.push(Choice::default());
            for &line in &members {
                next.clear();
                let fillings = fillings_of(problem, line, way, self.coupled);
                whole &= fillings.len() * choices.len() <= ARCS_PER_GROUP_AND_WAY;
                for choice in &choices {
                    next.extend(fillings.iter().map(|filling| choice.and(filling)));
                }
                next.sort_by_key(|choice| choice.cost);
                // Where pools are ample no choice is in another's way: the cheapest will do.
                next.truncate(if self.coupled { ARCS_PER_GROUP_AND_WAY } else { 1 });
                std::mem::swap(&mut choices, &mut next);
            }
            // One choice may ask a pool twice.
            choices.retain(|choice| {
                let mut takes = choice.parts.to_vec();
                takes.sort_unstable();
                supply::shortfall(problem, &takes).is_none()
            });
            for choice in choices.drain(..) {
                self.arcs.push(Arc {
                    atom,
                    way,
                    most: 1,
                    unit_cost: choice.cost,
                    line_cost: 0,
                    parts: choice.parts,
                });
            }
        }
        let total = |of: &dyn Fn(&super::Line) -> u64| -> u64 {
            members.iter().map(|&line| of(&problem.lines[line as usize])).fold(0, u64::saturating_add)
        };
        self.atoms.push(Atom {
            units: 1,
            skip: if filling {
                NEVER
            } else {
                members
                    .iter()
                    .map(|&line| &problem.lines[line as usize])
                    .map(|line| line.skip * i64::from(line.qty))
                    .sum()
            },
            grams: total(&|line| line.grams.saturating_mul(u64::from(line.qty))),
            cm3: total(&|line| line.cm3.saturating_mul(u64::from(line.qty))),
            first_arc,
            end_arc: self.arcs.len() as u32,
        });
        self.lines.push(members);
        whole
    }

    /// Arcs of an atom.
    pub fn arcs_of(&self, atom: usize) -> &[Arc] {
        &self.arcs[self.atoms[atom].first_arc as usize..self.atoms[atom].end_arc as usize]
    }

    /// Whether some pool or cap may be asked for more than it can give: every line that can draw from it at all is
    /// counted whole against the poorest offer on it.
    fn find_coupling(&mut self, problem: &Problem<'_>, lines: &[u16]) -> bool {
        self.pool_demand.clear();
        self.pool_demand.resize(problem.pools.len(), 0);
        for &line in lines {
            let mut run: SmallVec<[u32; 16]> = problem.offers_of(line).map(|(_, offer)| offer.pool).collect();
            run.sort_unstable();
            run.dedup();
            for pool in run {
                self.pool_demand[pool as usize] += u64::from(problem.lines[line as usize].qty);
            }
        }
        for cap in &problem.caps {
            let mut demand = 0u64;
            let mut last = None;
            for &offer in &cap.offers {
                let line = problem.offers[offer as usize].line;
                if last != Some(line) {
                    demand += u64::from(problem.lines[line as usize].qty);
                    last = Some(line);
                }
            }
            if demand > u64::from(cap.most) {
                return true;
            }
        }
        lines.iter().any(|&line| problem.offers_of(line).any(|(_, offer)| !self.serves_all(problem, offer)))
    }

    /// Whether the cells of an offer hold all that may be asked of its pool.
    fn serves_all(&self, problem: &Problem<'_>, offer: &super::Offer) -> bool {
        problem.units_of(offer.pool, offer.cells) >= self.pool_demand[offer.pool as usize]
    }

    /// Whether what an arc draws on can never run short, whatever else is sent.
    pub fn is_ample(&self, problem: &Problem<'_>, arc: &Arc) -> bool {
        !self.coupled
            || arc.parts.iter().all(|&(offer, _)| {
                self.serves_all(problem, &problem.offers[offer as usize])
                    && problem.caps.iter().all(|cap| cap.offers.binary_search(&offer).is_err())
            })
    }
}

/// One way to make up a group, or part of it, in one parcel.
#[derive(Clone, Debug, Default)]
struct Choice {
    cost: i64,
    parts: SmallVec<[Part; 1]>,
}

impl Choice {
    fn and(&self, other: &Choice) -> Choice {
        let mut parts = self.parts.clone();
        parts.extend_from_slice(&other.parts);
        Choice { cost: self.cost + other.cost, parts }
    }
}

/// Every way to fill a whole line by one way: by one offer where pools are ample (each offer then has enough, and a
/// second would only cost a second line cost), else by every split of the units over the offers.
fn fillings_of(problem: &Problem<'_>, line: u16, way: u16, coupled: bool) -> Vec<Choice> {
    let offers: SmallVec<[(u32, &super::Offer); 4]> =
        problem.offers_of(line).filter(|(_, offer)| offer.way == way).collect();
    let qty = problem.lines[line as usize].qty;
    if !coupled {
        let whole = offers.iter().filter(|(_, offer)| offer.most >= qty);
        let choice = |&(row, offer): &(u32, &super::Offer)| Choice {
            cost: offer.unit_cost * i64::from(qty) + offer.line_cost,
            parts: SmallVec::from_buf([(row, qty)]),
        };
        return whole.map(choice).collect();
    }
    let mut found = Vec::new();
    split_over(&offers, qty, &mut Choice::default(), &mut found);
    found
}

fn split_over(offers: &[(u32, &super::Offer)], units: u32, so_far: &mut Choice, found: &mut Vec<Choice>) {
    if units == 0 {
        found.push(so_far.clone());
        return;
    }
    let Some((&(row, offer), rest)) = offers.split_first() else { return };
    if found.len() > ARCS_PER_GROUP_AND_WAY {
        return;
    }
    let later: u64 = rest.iter().map(|(_, offer)| u64::from(offer.most)).sum();
    let least = u64::from(units).saturating_sub(later) as u32;
    let mut taken = offer.most.min(units);
    while taken >= least {
        if taken > 0 {
            so_far.parts.push((row, taken));
            so_far.cost += offer.unit_cost * i64::from(taken) + offer.line_cost;
        }
        split_over(rest, units - taken, so_far, found);
        if taken > 0 {
            so_far.parts.pop();
            so_far.cost -= offer.unit_cost * i64::from(taken) + offer.line_cost;
        }
        if taken == 0 || found.len() > ARCS_PER_GROUP_AND_WAY {
            break;
        }
        taken -= 1;
    }
}
