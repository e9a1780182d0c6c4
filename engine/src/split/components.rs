//! Lines that no way, pool, cap, group or quarrel connects are problems of their own.

use super::problem::{NO_GROUP, Problem};

/// Components of a problem. Arrays are reused.
#[derive(Debug, Default)]
pub struct Components {
    root: Vec<u16>,
    by_way: Vec<u16>,
    by_pool: Vec<u16>,
    place: Vec<u32>,
    /// Lines by component, and where each component ends.
    lines: Vec<u16>,
    ends: Vec<u32>,
    /// Pairs that remain to be joined before all lines are one.
    apart: usize,
}

impl Components {
    /// Finds them, by their first line. A quarrel connects only where one way brings both, and ways connect already.
    pub fn find(&mut self, problem: &Problem<'_>) {
        let many = problem.lines.len();
        self.root.clear();
        self.root.extend(0..many as u16);
        self.apart = many.saturating_sub(1);
        self.join_all(problem);
        self.collect();
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Lines of one, rising.
    pub fn lines(&self, row: usize) -> &[u16] {
        let first = row.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.lines[first..self.ends[row] as usize]
    }

    fn join_all(&mut self, problem: &Problem<'_>) {
        if self.apart == 0 {
            return;
        }
        self.by_way.clear();
        self.by_way.resize(problem.ways.len(), u16::MAX);
        for offer in &problem.offers {
            let known = std::mem::replace(&mut self.by_way[offer.way as usize], offer.line);
            if known != u16::MAX && known != offer.line && self.join(known, offer.line) {
                return;
            }
        }
        self.by_pool.clear();
        self.by_pool.resize(problem.pools.len(), u16::MAX);
        for offer in &problem.offers {
            let known = std::mem::replace(&mut self.by_pool[offer.pool as usize], offer.line);
            if known != u16::MAX && known != offer.line && self.join(known, offer.line) {
                return;
            }
        }
        for cap in &problem.caps {
            for pair in cap.offers.windows(2) {
                self.join(problem.offers[pair[0] as usize].line, problem.offers[pair[1] as usize].line);
            }
        }
        for (line, wanted) in problem.lines.iter().enumerate().filter(|(_, line)| line.group != NO_GROUP) {
            if let Some(first) = problem.lines.iter().position(|other| other.group == wanted.group) {
                self.join(first as u16, line as u16);
            }
        }
    }

    fn head_of(&mut self, mut line: u16) -> u16 {
        while self.root[line as usize] != line {
            self.root[line as usize] = self.root[self.root[line as usize] as usize];
            line = self.root[line as usize];
        }
        line
    }

    /// Joins two lines; whether all are one now.
    fn join(&mut self, one: u16, other: u16) -> bool {
        let (one, other) = (self.head_of(one), self.head_of(other));
        if one != other {
            self.root[one.max(other) as usize] = one.min(other);
            self.apart -= 1;
        }
        self.apart == 0
    }

    fn collect(&mut self) {
        let many = self.root.len();
        self.lines.clear();
        self.ends.clear();
        if self.apart == 0 {
            self.lines.extend(0..many as u16);
            self.ends.push(many as u32);
            return;
        }
        self.place.clear();
        self.place.resize(many, 0);
        // Heads are the first of their lines: count, then fill.
        for line in 0..many as u16 {
            let head = self.head_of(line);
            if head == line {
                self.place[line as usize] = self.ends.len() as u32;
                self.ends.push(0);
            }
            let row = self.place[head as usize];
            self.ends[row as usize] += 1;
        }
        let mut first = 0;
        for end in &mut self.ends {
            first += std::mem::replace(end, first);
        }
        self.lines.resize(many, 0);
        for line in 0..many as u16 {
            let head = self.head_of(line);
            let next = &mut self.ends[self.place[head as usize] as usize];
            self.lines[*next as usize] = line;
            *next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::problem::{Line, Offer};
    use super::*;

    #[test]
    fn lines_of_one_way_are_one_and_others_stand_apart() {
        let mut problem = Problem::new(&[]);
        let line = Line { qty: 1, skip: 1, grams: 0, cm3: 0, group: NO_GROUP };
        problem.lines.extend([line; 5]);
        let way =
            crate::split::Way { fixed: 0, staircase: 0, max_grams: 1, max_cm3: 1, origin: 0, arrives: 0 };
        problem.ways.extend([way; 3]);
        problem.pools.extend([crate::split::Pool { first: 0, cells: 1 }; 3]);
        problem.free.push(9);
        for (line, way) in [(0, 0), (1, 1), (2, 0), (4, 2)] {
            problem.offers.push(Offer {
                line,
                way,
                pool: u32::from(way),
                cells: 1,
                most: 1,
                unit_cost: 0,
                line_cost: 0,
            });
        }
        let mut components = Components::default();
        let found = |components: &Components| -> Vec<Vec<u16>> {
            (0..components.len()).map(|row| components.lines(row).to_vec()).collect()
        };
        components.find(&problem);
        assert_eq!(found(&components), [vec![0, 2], vec![1], vec![3], vec![4]]);
        problem.offers.push(Offer { line: 3, way: 1, ..problem.offers[0] });
        problem.lines[1].group = 7;
        problem.lines[4].group = 7;
        components.find(&problem);
        assert_eq!(found(&components), [vec![0, 1, 2, 3, 4]], "pool 0 joins line 3 to lines 0 and 2");
    }
}
