//! Holds and their lines in memory: few bytes each, found by number without a search.

use super::before::Before;
use super::number::*;
use super::outcome::State;
use super::rows::{PAGE, Rows};

/// A line: units of one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub cell: CellNo,
    pub requested: u32,
    pub fulfilled: u32,
    pub released: u32,
}

impl Line {
    /// Units neither handed over nor given back: held as long as the hold lives, expired once it does not.
    pub fn open(&self) -> u32 {
        self.requested - self.fulfilled - self.released
    }
}

/// A hold as stored. Whether it has expired is not stored: see [`Hold::state`].
#[derive(Clone, Debug)]
pub(super) struct Hold {
    pub customer: Option<Customer>,
    pub generation: u32,
    pub channel: ChannelNo,
    pub node: NodeNo,
    pub version: u32,
    pub created: Second,
    pub expires: Second,
    /// When it ends whatever its extensions.
    pub latest: Second,
    /// When it was released or fulfilled.
    pub ended: Second,
    pub(super) start: u32,
    pub(super) len: u16,
    pub(super) room: u16,
    pub priority: u8,
    /// As last changed; nothing for a number that waits to be used again.
    pub stored: Option<State>,
    /// It has capacity claims.
    pub claims: bool,
}

impl Hold {
    /// A hold without lines, not placed yet.
    pub fn new(channel: ChannelNo, node: NodeNo) -> Hold {
        Hold {
            customer: None,
            generation: 0,
            channel,
            node,
            version: 1,
            created: Second(0),
            expires: Second(0),
            latest: Second(0),
            ended: Second(0),
            start: 0,
            len: 0,
            room: 0,
            priority: 0,
            stored: Some(State::Active),
            claims: false,
        }
    }

    /// Where it stands at a moment.
    pub fn state(&self, at: Second) -> Option<State> {
        planted!(ExpiresLate => if self.expires == at { return self.stored });
        let at = if planted!(ExpiresEarly) { at.later(1) } else { at };
        match self.stored? {
            state if state.is_live() && self.expires <= at => Some(State::Expired),
            state => Some(state),
        }
    }

    /// When it ended, if it has.
    pub fn end(&self, at: Second) -> Option<Second> {
        match self.state(at)? {
            State::Active | State::Partial => None,
            State::Expired => Some(self.expires),
            State::Fulfilled | State::Released => Some(self.ended),
        }
    }
}

/// All holds of a book.
#[derive(Clone, Debug, Default)]
pub(super) struct Holds {
    pub rows: Rows<Hold>,
    lines: Rows<Line>,
    /// Numbers to be used again, the last one first. The order decides future numbers: it is part of the state.
    pub free: Vec<u32>,
    /// Runs of lines to be used again, by size.
    spare: [Vec<u32>; SIZES.len()],
    /// Holds as they were before a group, and what the group took and let go.
    before: Before<u32, Hold>,
    group: Group,
}

/// What a group took of the tables of holds, and what it will let go if it is not undone.
#[derive(Clone, Debug, Default)]
struct Group {
    /// Holds there were.
    rows: usize,
    /// Numbers taken to be used again.
    numbers: Vec<u32>,
    /// Runs of lines taken.
    taken: Vec<(u32, u16)>,
    /// Runs of lines that hold what was.
    replaced: Vec<(u32, u16)>,
}

/// Lines a run has room for.
const SIZES: [u16; 12] = [1, 2, 3, 4, 6, 8, 16, 32, 64, 128, 256, 512];
const _: () = assert!(super::limits::LINES <= 512 && 512 <= PAGE);

impl Holds {
    /// A hold by its number, if there is one.
    pub fn get(&self, id: HoldId) -> Option<&Hold> {
        let hold = self.rows.get(id.row() as usize)?;
        (hold.generation == id.generation() && hold.stored.is_some()).then_some(hold)
    }

    /// A hold to be changed.
    pub fn get_mut(&mut self, id: HoldId) -> Option<&mut Hold> {
        let hold = self.rows.get_mut(id.row() as usize)?;
        self.before.note(id.row(), || hold.clone());
        (hold.generation == id.generation() && hold.stored.is_some()).then_some(hold)
    }

    /// Lines of a hold.
    pub fn lines(&self, hold: &Hold) -> &[Line] {
        self.lines.run(hold.start as usize, usize::from(hold.len))
    }

    /// The live hold of a row with the units it holds of a cell, if it holds some.
    pub fn units_on(&self, row: u32, cell: CellNo, at: Second) -> Option<(HoldId, u32)> {
        let hold = self.rows.get(row as usize).filter(|hold| hold.state(at).is_some_and(State::is_live))?;
        let lines = self.lines(hold).iter().filter(|line| line.cell == cell);
        let units = lines.map(Line::open).sum();
        (units > 0).then_some((HoldId::of(row, hold.generation), units))
    }

    /// The next number, for a hold with these lines.
    pub fn add(&mut self, mut hold: Hold, lines: &[Line]) -> HoldId {
        (hold.start, hold.room) = self.run(lines.len());
        hold.len = lines.len() as u16;
        self.lines.run_mut(hold.start as usize, lines.len()).copy_from_slice(lines);
        match self.free.pop() {
            Some(row) => {
                let old = self.rows.get_mut(row as usize);
                if let Some(old) = &old
                    && self.before.is_noting()
                {
                    self.before.note(row, || (*old).clone());
                    self.group.numbers.push(row);
                }
                let generation = old.as_ref().map_or(0, |old| old.generation);
                hold.generation = generation;
                if let Some(old) = old {
                    *old = hold;
                }
                HoldId::of(row, generation)
            }
            None => {
                let row = self.rows.len() as u32;
                hold.generation = 0;
                self.rows.push(hold);
                HoldId::of(row, 0)
            }
        }
    }

    /// A hold as written down: the next row, of a known generation.
    pub fn add_as(&mut self, mut hold: Hold, generation: u32, lines: &[Line]) {
        (hold.start, hold.room) = self.run(lines.len());
        (hold.len, hold.generation) = (lines.len() as u16, generation);
        self.lines.run_mut(hold.start as usize, lines.len()).copy_from_slice(lines);
        self.rows.push(hold);
    }

    /// Replaces the lines of a hold.
    pub fn set_lines(&mut self, id: HoldId, lines: &[Line]) {
        let Some(hold) = self.get(id) else { return };
        let (mut start, mut room, old) = (hold.start, hold.room, (hold.start, hold.room));
        if self.before.is_noting() {
            (start, room) = self.run(lines.len());
            self.group.replaced.push(old);
        } else if lines.len() > usize::from(room) {
            (start, room) = self.run(lines.len());
            self.spare(old);
        }
        self.lines.run_mut(start as usize, lines.len()).copy_from_slice(lines);
        if let Some(hold) = self.get_mut(id) {
            (hold.start, hold.room, hold.len) = (start, room, lines.len() as u16);
        }
    }

    /// Lets a number be used again, with the next generation.
    pub fn forget(&mut self, row: u32) {
        let Some(hold) = self.rows.get_mut(row as usize) else { return };
        let run = (hold.start, hold.room);
        (hold.stored, hold.len, hold.room) = (None, 0, 0);
        // A number whose generations are used up is not used again.
        if let Some(next) = hold.generation.checked_add(1) {
            hold.generation = next;
            planted!(OldNumberOpens => hold.generation -= 1);
            self.free.push(row);
        }
        self.spare(run);
    }

    /// From now on lines that are replaced stay, until it is known whether the group is undone.
    pub fn begin_group(&mut self) {
        self.before.begin();
        self.group = Group { rows: self.rows.len(), ..Group::default() };
    }

    pub fn keep_group(&mut self) {
        self.before.end();
        for run in std::mem::take(&mut self.group).replaced {
            self.spare(run);
        }
    }

    pub fn undo_group(&mut self) {
        let group = std::mem::take(&mut self.group);
        for (row, before) in self.before.end() {
            if let Some(hold) = self.rows.get_mut(row as usize) {
                *hold = before;
            }
        }
        self.rows.truncate(group.rows);
        self.free.extend(group.numbers.into_iter().rev());
        group.taken.into_iter().for_each(|run| self.spare(run));
    }

    /// A free run with room for so many lines.
    fn run(&mut self, lines: usize) -> (u32, u16) {
        let run = self.find_run(lines);
        if self.before.is_noting() {
            self.group.taken.push(run);
        }
        run
    }

    fn find_run(&mut self, lines: usize) -> (u32, u16) {
        let size = SIZES.iter().position(|&size| usize::from(size) >= lines).unwrap_or(SIZES.len() - 1);
        let room = SIZES[size];
        if let Some(start) = self.spare[size].pop() {
            return (start, room);
        }
        let blank = Line { cell: CellNo(0), requested: 0, fulfilled: 0, released: 0 };
        // A run never leaves its page; what is left of one is used by smaller runs.
        let left = PAGE - self.lines.len() % PAGE;
        if left < usize::from(room) {
            let start = self.lines.len() as u32;
            (0..left).for_each(|_| self.lines.push(blank));
            self.spare[0].extend(start..start + left as u32);
        }
        let start = self.lines.len() as u32;
        (0..room).for_each(|_| self.lines.push(blank));
        (start, room)
    }

    fn spare(&mut self, (start, room): (u32, u16)) {
        if let Some(size) = SIZES.iter().position(|&size| size == room) {
            self.spare[size].push(start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cell: u32) -> Line {
        Line { cell: CellNo(cell), requested: 1, fulfilled: 0, released: 0 }
    }

    #[test]
    fn a_hold_stays_small() {
        assert!(size_of::<Hold>() <= 72, "{}", size_of::<Hold>());
        assert_eq!(size_of::<Line>(), 16);
    }

    #[test]
    fn a_forgotten_number_opens_nothing_and_comes_back_as_another() {
        let mut holds = Holds::default();
        let old = holds.add(Hold::new(ChannelNo(0), NodeNo(0)), &[line(1), line(2)]);
        holds.forget(old.row());
        assert!(holds.get(old).is_none());
        let new = holds.add(Hold::new(ChannelNo(0), NodeNo(0)), &[line(3)]);
        assert_eq!((new.row(), new.generation()), (old.row(), 1));
        assert!(holds.get(old).is_none());
        assert_eq!(holds.lines(holds.get(new).unwrap()), [line(3)]);
    }

    #[test]
    fn an_undone_group_leaves_holds_numbers_and_lines_as_they_were() {
        let mut holds = Holds::default();
        let new = || Hold::new(ChannelNo(0), NodeNo(0));
        let ids: Vec<HoldId> = (0..4).map(|row| holds.add(new(), &[line(row), line(9)])).collect();
        holds.forget(1);
        holds.forget(2);
        let before = format!("{:?} {:?}", holds.rows, holds.free);
        holds.begin_group();
        let again = holds.add(new(), &[line(5)]);
        assert_eq!((again.row(), again.generation()), (2, 1));
        let added = [holds.add(new(), &[line(6)]), holds.add(new(), &[line(7), line(8), line(9)])];
        assert_eq!(added.map(HoldId::row), [1, 4]);
        holds.set_lines(ids[0], &[line(7)]);
        holds.set_lines(ids[0], &[line(1), line(2), line(3)]);
        holds.get_mut(ids[3]).unwrap().version = 9;
        holds.undo_group();
        assert_eq!(format!("{:?} {:?}", holds.rows, holds.free), before);
        assert_eq!(holds.lines(holds.get(ids[0]).unwrap()), [line(0), line(9)]);
        // What the group took is used again, and none of it twice.
        let lines = holds.lines.len();
        let next: Vec<HoldId> = (0..3).map(|row| holds.add(new(), &[line(20 + row)])).collect();
        assert_eq!(holds.lines.len(), lines);
        for (row, id) in (0..).zip(next) {
            assert_eq!(holds.lines(holds.get(id).unwrap()), [line(20 + row)]);
        }
        assert_eq!(holds.lines(holds.get(ids[3]).unwrap()), [line(3), line(9)]);
    }

    #[test]
    fn lines_of_many_holds_never_mix() {
        let mut holds = Holds::default();
        let ids: Vec<HoldId> = (0..500u32)
            .map(|row| {
                let lines: Vec<Line> = (0..row % 7 + 1).map(|_| line(row)).collect();
                holds.add(Hold::new(ChannelNo(0), NodeNo(0)), &lines)
            })
            .collect();
        for (row, &id) in ids.iter().enumerate() {
            let more: Vec<Line> = (0..row % 40 + 1).map(|_| line(row as u32)).collect();
            holds.set_lines(id, &more);
        }
        for (row, &id) in ids.iter().enumerate() {
            let lines = holds.lines(holds.get(id).unwrap());
            assert_eq!(lines.len(), row % 40 + 1);
            assert!(lines.iter().all(|line| line.cell == CellNo(row as u32)));
        }
    }
}
