//! A ledger as a child would write it: lists, loops, and everything counted anew each time.
//!
//! It shares the words of [`crate::ledger`] (commands, outcomes, refusals) and none of its code: what is held is the sum
//! over all holds, a fence is what is left after all draws, a limit is counted over all that was ever placed. The real
//! ledger is held against it, answer for answer.

mod fences;
mod holds;
mod labels;
mod parcels;
mod parcels_end;
mod random;
mod random_later;
mod rules;
pub mod scene;
mod stock;

pub use random::{Commands, World};

use crate::ledger::*;
use std::collections::BTreeMap;

/// The plain ledger.
#[derive(Clone, Debug, Default)]
pub struct Model {
    books: BTreeMap<Tenant, Plain>,
    last: Stamp,
    started: bool,
}

/// One tenant.
#[derive(Clone, Debug, Default)]
struct Plain {
    names: BTreeMap<Kind, Vec<Box<str>>>,
    cells: Vec<PlainCell>,
    holds: Vec<PlainHold>,
    settings: Settings,
    channels: BTreeMap<ChannelNo, ChannelTerms>,
    entities: BTreeMap<NodeNo, EntityNo>,
    reports: BTreeMap<SourceNo, u64>,
    fences: Vec<PlainFence>,
    keys: BTreeMap<Key, (Body, Outcome)>,
    sales: Vec<Sale>,
    sales_forgotten: u32,
    /// Codes given to handling units.
    given: Vec<(LabelTerms, u32)>,
    /// Orders whose parcels are written down and not forgotten.
    orders: Vec<parcels::PlainOrder>,
    orders_written: u32,
    /// Units of forgotten orders.
    forgotten_units: Vec<parcels::PlainUnit>,
    /// Units handed over without a parcel, by cell.
    direct: BTreeMap<CellNo, i64>,
    /// What reports made of a cell, in all.
    reported: BTreeMap<CellNo, i64>,
    /// What was placed and added since the rules were last changed: SKU, when, units, whether a hold.
    placed: Vec<(SkuNo, Second, u32, bool)>,
}

#[derive(Clone, Debug)]
struct PlainCell {
    facts: CellFacts,
    arrived: bool,
    on_hand: u32,
    safety: u32,
}

#[derive(Clone, Debug)]
struct PlainFence {
    key: (SkuNo, SellerNo, NodeNo),
    channels: Vec<ChannelNo>,
    qty: u32,
}

#[derive(Clone, Debug)]
struct PlainHold {
    id: HoldId,
    place: Place,
    state: HoldState,
    version: u32,
    created: Second,
    expires: Second,
    latest: Second,
    ended: Second,
    lines: Vec<PlainLine>,
    draws: Vec<(usize, u32)>,
    forgotten: bool,
    /// Rules look at it.
    noted: bool,
    replaced: bool,
    bought: bool,
    /// Units placed and added, by SKU.
    units: BTreeMap<SkuNo, u32>,
}

#[derive(Clone, Copy, Debug)]
struct PlainLine {
    cell: CellNo,
    requested: u32,
    fulfilled: u32,
    released: u32,
}

impl PlainLine {
    fn open(&self) -> u32 {
        self.requested - self.fulfilled - self.released
    }
}

type Answer = Result<Done, Refusal>;

fn no(code: Code, line: usize, asked: impl Into<u64>, there_is: impl Into<u64>) -> Refusal {
    Refusal { code, command: None, line: line as u16, asked: asked.into(), there_is: there_is.into() }
}

impl Model {
    /// What the ledger should have answered to a command of the right shape at a time; `answered` only tells the number
    /// a new hold got, which is nobody's business but the ledger's.
    ///
    /// # Errors
    /// What is different, in words.
    pub fn expect(&mut self, command: &Command, now: Stamp, answered: &Outcome) -> Result<(), String> {
        let expected = self.answer(command, now, answered);
        match expected == *answered {
            true => Ok(()),
            false => Err(format!("{command:?} at {now:?}:\n expected {expected:?}\n answered {answered:?}")),
        }
    }

    fn answer(&mut self, command: &Command, now: Stamp, answered: &Outcome) -> Outcome {
        let last = self.last;
        if let Some((body, outcome)) =
            self.books.get(&command.tenant).and_then(|book| book.keys.get(&command.key))
        {
            return match *body == command.body {
                true => outcome.clone(),
                false => Outcome { at: last, result: Err(no(Code::KeyReused, 0, 0u32, 0u32)) },
            };
        }
        let is_first = matches!(command.body, Body::Register(..));
        if !self.books.contains_key(&command.tenant) && !is_first {
            let result = Err(no(Code::UnknownTenant, 0, command.tenant.0, 0u32));
            return Outcome { at: last, result };
        }
        let at = if self.started { now.max(Stamp(last.0 + 1)) } else { now.max(Stamp(1)) };
        (self.last, self.started) = (at, true);
        let book = self.books.entry(command.tenant).or_default();
        let result = match &command.body {
            Body::Group(bodies) => book.group(bodies, at, &answered.result),
            body => book.run(body, at, answered.result.as_ref().ok().and_then(placed).unwrap_or(NOBODYS)),
        };
        let outcome = Outcome { at, result };
        book.keys.insert(command.key, (command.body.clone(), outcome.clone()));
        outcome
    }

    /// Holds everything a ledger shows against what it should show.
    ///
    /// # Errors
    /// The first difference, in words.
    pub fn compare(&self, ledger: &State) -> Result<(), String> {
        let at = ledger.at().second();
        for (&tenant, book) in &self.books {
            let shown = ledger.book(tenant).ok_or("a book is missing")?;
            for (row, cell) in book.cells.iter().enumerate() {
                let number = CellNo(row as u32);
                let view = shown.cell_at(number, at).ok_or("a cell is missing")?;
                let expected = CellView {
                    facts: cell.facts,
                    awaited: cell.facts.due.is_some() && !cell.arrived,
                    on_hand: cell.on_hand,
                    held: book.held(number, at),
                    safety: cell.safety,
                };
                if view != expected {
                    return Err(format!("cell {row}: expected {expected:?}, shown {view:?}"));
                }
            }
            for cell in (0..book.cells.len() as u32).map(CellNo) {
                let (expected, hits) = (book.hit(cell, at), shown.hit(cell, at));
                if hits != expected {
                    return Err(format!("hit by cell {}: expected {expected:?}, shown {hits:?}", cell.0));
                }
            }
            let holds = book.holds.iter().filter(|hold| !hold.forgotten);
            let mut expected: Vec<HoldView> = holds.map(|hold| hold.view(at)).collect();
            expected.sort_by_key(|hold| hold.id.0 as u32);
            let holds: Vec<HoldView> = shown.holds_at(at).collect();
            if holds != expected {
                return Err(format!("holds: expected {expected:#?}, shown {holds:#?}"));
            }
            for (row, fence) in book.fences.iter().enumerate() {
                let left = fence.qty.saturating_sub(book.drawn(row, at));
                let kept = shown.fenced(fence.key, &fence.channels, at);
                if kept != Some(left) {
                    return Err(format!("fence {fence:?}: expected {left}, shown {kept:?}"));
                }
            }
            book.compare_parcels(shown, at)?;
            let sorted = |claims: &[Claim]| {
                let mut claims: Vec<String> = claims.iter().map(|claim| format!("{claim:?}")).collect();
                claims.sort();
                claims
            };
            let claims = View::of(ledger, tenant).map(|view| sorted(view.claims())).unwrap_or_default();
            if claims != sorted(&book.taken(at)) {
                return Err(format!("claims: expected {:?}, shown {claims:?}", book.taken(at)));
            }
            for (row, sale) in book.sales.iter().enumerate() {
                let number = row as u32;
                let kept = (number >= book.sales_forgotten).then_some(sale);
                if shown.sale(SaleNo(number)) != kept {
                    return Err(format!("sale {row}: expected {kept:?}"));
                }
            }
        }
        match ledger.audit() {
            None => Ok(()),
            Some(broken) => Err(broken),
        }
    }
}

/// A number that no hold has.
const NOBODYS: HoldId = HoldId(u64::MAX);

/// The hold an answer names.
fn placed(done: &Done) -> Option<HoldId> {
    match done {
        Done::Held { hold, .. } => Some(*hold),
        _ => None,
    }
}

impl Plain {
    /// All commands in turn; if one is refused, everything is as it was before the first.
    fn group(&mut self, bodies: &[Body], at: Stamp, answered: &Answer) -> Answer {
        let before = self.clone();
        let told = match answered {
            Ok(Done::Group(each)) => each.iter().map(placed).collect(),
            _ => Vec::new(),
        };
        let mut each = Vec::new();
        for (row, body) in bodies.iter().enumerate() {
            // Nobody is told the number of a hold that is undone.
            let id = told.get(row).copied().flatten().unwrap_or(HoldId(NOBODYS.0 - row as u64));
            match self.run(body, at, id) {
                Ok(done) => each.push(done),
                Err(refusal) => {
                    *self = before;
                    return Err(Refusal { command: Some(row as u16), ..refusal });
                }
            }
        }
        Ok(Done::Group(each.into()))
    }

    fn run(&mut self, body: &Body, stamp: Stamp, id: HoldId) -> Answer {
        let at = stamp.second();
        match body {
            Body::Register(kind, names) => {
                let known = self.names.entry(*kind).or_default();
                for (row, name) in names.iter().enumerate() {
                    if let Some(number) = known.iter().position(|other| other == name) {
                        return Err(no(Code::AlreadyKnown, row, 0u32, number as u32));
                    }
                }
                let first = known.len() as u32;
                known.extend(names.iter().cloned());
                Ok(Done::Numbered { first })
            }
            Body::OpenCells(cells) => self.open_cells(cells),
            Body::Settings(settings) => {
                if settings.rules != self.settings.rules {
                    self.placed.clear();
                }
                self.settings = settings.clone();
                Ok(Done::Set)
            }
            Body::Channel(channel, terms) => {
                self.named(Kind::Channel, channel.0)?;
                if let Some(entity) = terms.entity {
                    self.named(Kind::Entity, entity.0)?;
                }
                self.channels.insert(*channel, terms.clone());
                Ok(Done::Set)
            }
            Body::Node(node, entity) => {
                self.named(Kind::Node, node.0)?;
                self.named(Kind::Entity, entity.0)?;
                self.entities.insert(*node, *entity);
                Ok(Done::Set)
            }
            Body::Safety(cell, qty) => {
                self.cell(*cell)?;
                self.cells[cell.0 as usize].safety = *qty;
                Ok(Done::Set)
            }
            Body::Fence(terms) => self.set_fence(terms),
            Body::Stock(event) => {
                let before: Vec<u32> = self.cells.iter().map(|cell| cell.on_hand).collect();
                let answer = self.report(event, at);
                for (row, (cell, before)) in self.cells.iter().zip(before).enumerate() {
                    let more = i64::from(cell.on_hand) - i64::from(before);
                    *self.reported.entry(CellNo(row as u32)).or_default() += more;
                }
                answer
            }
            Body::Place(place) => self.place(place, at, id),
            Body::Adjust(adjust) => self.adjust(adjust, at),
            Body::Extend(extend) => self.extend(extend, at),
            Body::Fulfil(fulfil) => self.fulfil(fulfil, stamp),
            Body::Release(release) => {
                let hold = self.live(release.hold, release.version, at)?;
                self.give_up(hold, HoldState::Released, at);
                let hold = &self.holds[hold];
                Ok(Done::Held {
                    hold: hold.id,
                    version: hold.version,
                    expires: hold.expires,
                    state: hold.state,
                })
            }
            Body::Forget(forget) => self.forget(forget, at),
            Body::ConfirmClock => Ok(Done::ClockConfirmed),
            Body::Labels(labels) => {
                let first = self.give(labels.terms, labels.count)?;
                Ok(Done::Labelled { first, count: labels.count })
            }
            Body::Parcels(parcels) => self.write_down(parcels, at),
            Body::Pack(pack) => self.pack(pack, at),
            Body::Arrive(arrive) => self.arrive(arrive, at),
            Body::SendOn(send) => self.send_on(send, at),
            Body::Merge(merge) => self.merge(merge, at),
            Body::HandOver(hand) => self.hand_over(hand, stamp),
            Body::Back(back) => self.take_back(back, at),
            Body::Group(_) => Err(no(Code::Malformed, 0, 0u32, 0u32)),
        }
    }

    fn named(&self, kind: Kind, number: u32) -> Result<(), Refusal> {
        let known = self.names.get(&kind).map_or(0, Vec::len) as u32;
        if number < known { Ok(()) } else { Err(no(Code::Unknown, 0, number, known)) }
    }

    fn cell(&self, cell: CellNo) -> Result<&PlainCell, Refusal> {
        let known = self.cells.len() as u32;
        self.cells.get(cell.0 as usize).ok_or(no(Code::Unknown, 0, cell.0, known))
    }

    fn forget(&mut self, forget: &Forget, at: Second) -> Answer {
        let kept = (72 * 3_600).max(self.settings.longest_life);
        if u64::from(forget.before.0) + u64::from(kept) > u64::from(at.0) {
            return Err(no(Code::TooYoung, 0, forget.before.0, at.0.saturating_sub(kept)));
        }
        // The model is asked to forget everything at once only: see the generator.
        let before = Stamp::at(forget.before);
        let keys = self.keys.len();
        self.keys.retain(|_, (_, outcome)| outcome.at >= before);
        let keys = (keys - self.keys.len()) as u32;
        let first = self.sales_forgotten as usize;
        let sales = self.sales[first..].iter().take_while(|sale| sale.at < before).count() as u32;
        self.sales_forgotten += sales;
        let mut holds = 0;
        for hold in self.holds.iter_mut().filter(|hold| !hold.forgotten) {
            let end = match hold.state_at(at) {
                HoldState::Active | HoldState::Partial => continue,
                HoldState::Expired => hold.expires,
                HoldState::Fulfilled | HoldState::Released => hold.ended,
            };
            let waits = hold.state == HoldState::Fulfilled
                && hold.place.claims.iter().any(|claim| last_moment(claim) > i64::from(at.0));
            if end < forget.before && !waits {
                hold.forgotten = true;
                holds += 1;
            }
        }
        let orders = self.forget_orders(forget.before, at);
        Ok(Done::Forgotten { keys, holds, sales, orders })
    }
}

fn last_moment(claim: &Claim) -> i64 {
    match claim {
        Claim::Departure { departs, .. } => departs.0,
        Claim::NodeDay { date, .. } => i64::from(*date) * 86_400 + 2 * 86_400,
        Claim::Buffer { until, .. } | Claim::Point { until, .. } => until.0,
    }
}
