//! The book of one tenant: everything the ledger knows of it, and which verb answers which command.

use super::capacity::Capacity;
use super::cells::Cells;
use super::command::*;
use super::fences::{FenceKey, Fences};
use super::history::History;
use super::holds::{Hold, Holds};
use super::keys::Keys;
use super::labels::Given;
use super::names::Names;
use super::number::*;
use super::on_cell::OnCells;
use super::outcome::{Done, Sale};
use super::parcels::Orders;
use super::refusal::{Code, Refusal};
use super::settings::Outlived;
use crate::units::Index;
use std::collections::VecDeque;

/// Why a verb did nothing.
pub(super) enum No {
    /// As it should.
    Refused(Refusal),
    /// An invariant does not hold.
    Broken(&'static str),
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> No {
        No::Refused(refusal)
    }
}

impl From<&'static str> for No {
    fn from(what: &'static str) -> No {
        No::Broken(what)
    }
}

/// Everything of one tenant.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub(super) names: Names,
    pub(super) cells: Cells,
    pub(super) holds: Holds,
    /// Which holds are on which cell.
    pub(super) on_cells: OnCells,
    pub(super) settings: Settings,
    /// Longer lives of earlier settings, under which holds may live still.
    pub(super) outlived: Vec<Outlived>,
    pub(super) channels: Vec<ChannelTerms>,
    pub(super) entities: Vec<Option<EntityNo>>,
    /// Last report of each source.
    pub(super) reports: Vec<u64>,
    pub(super) fences: Fences,
    pub(super) history: History,
    pub(super) capacity: Capacity,
    pub(super) keys: Keys,
    pub(super) sales: VecDeque<Sale>,
    /// Sales forgotten: the number of the first one kept.
    pub(super) first_sale: u32,
    /// Parcels of held orders.
    pub(super) orders: Orders,
    /// Codes given to handling units.
    pub(super) given: Given,
    /// Where the next forgetting looks for ended holds.
    pub(super) cursor: u32,
}

/// Holds whose capacity claims one operation gives back, beside its own work.
const SWEPT_AT_ONCE: usize = 16;

impl Book {
    /// Does what is asked, or nothing. The body has passed [`Body::inspect`].
    pub(super) fn run(&mut self, body: &Body, at: Stamp) -> Result<Done, No> {
        self.sweep(at.second(), SWEPT_AT_ONCE)?;
        match body {
            Body::Group(bodies) => self.group(bodies, at),
            body => self.act(body, at),
        }
    }

    /// Does one thing, or nothing.
    pub(super) fn act(&mut self, body: &Body, at: Stamp) -> Result<Done, No> {
        let second = at.second();
        match body {
            Body::Register(kind, names) => self.register(*kind, names),
            Body::OpenCells(cells) => self.open(cells),
            Body::Settings(settings) => Ok(self.set(settings, second)),
            Body::Channel(channel, terms) => {
                self.known(Kind::Channel, channel.0)?;
                if let Some(entity) = terms.entity {
                    self.known(Kind::Entity, entity.0)?;
                }
                self.channels[channel.row()] = terms.clone();
                Ok(Done::Set)
            }
            Body::Node(node, entity) => {
                self.known(Kind::Node, node.0)?;
                self.known(Kind::Entity, entity.0)?;
                self.entities[node.row()] = Some(*entity);
                Ok(Done::Set)
            }
            Body::Safety(cell, qty) => {
                self.known_cell(*cell)?;
                let balance = self.cells.settled(*cell, second).ok_or("a cell without a balance")?;
                balance.safety = *qty;
                Ok(Done::Set)
            }
            Body::Fence(terms) => self.fence(terms),
            Body::Stock(event) => self.stock(event, second),
            Body::Place(place) => self.place(place, second),
            Body::Adjust(adjust) => self.adjust(adjust, second),
            Body::Extend(extend) => self.extend(extend, second),
            Body::Fulfil(fulfil) => self.fulfil(fulfil, at),
            Body::Release(release) => self.release(release, second),
            Body::Forget(forget) => self.forget(forget, second),
            Body::ConfirmClock => Ok(Done::ClockConfirmed),
            Body::Labels(labels) => self.label(labels),
            Body::Parcels(parcels) => self.write_down(parcels, second),
            Body::Pack(pack) => self.pack(pack, second),
            Body::Arrive(arrive) => self.arrive(arrive, second),
            Body::SendOn(send) => self.send_on(send, second),
            Body::Merge(merge) => self.merge(merge, second),
            Body::HandOver(hand) => self.hand_over(hand, at),
            Body::Back(back) => self.take_back(back, second),
            Body::Group(_) => Err(No::Broken("a group is in a group")),
        }
    }

    fn register(&mut self, kind: Kind, names: &[Box<str>]) -> Result<Done, No> {
        let first = self.names.register(kind, names)?;
        let known = self.names.of(kind).len();
        match kind {
            Kind::Channel => self.channels.resize(known, ChannelTerms::default()),
            Kind::Node => self.entities.resize(known, None),
            Kind::Source => self.reports.resize(known, 0),
            _ => {}
        }
        Ok(Done::Numbered { first })
    }

    fn open(&mut self, cells: &[CellFacts]) -> Result<Done, No> {
        for (row, facts) in cells.iter().enumerate() {
            let numbers = [
                (Kind::Sku, facts.sku.0),
                (Kind::Seller, facts.seller.0),
                (Kind::Node, facts.node.0),
                (Kind::Zone, facts.zone.0),
            ];
            let lot = facts.lot.map(|lot| (Kind::Lot, lot.0));
            for (kind, number) in numbers.into_iter().chain(lot) {
                self.known(kind, number).map_err(|refusal| refusal.on(row))?;
            }
            if let Some(known) = self.cells.find(facts) {
                return Err(Refusal::new(Code::AlreadyKnown, 0u32, known.0).on(row).into());
            }
        }
        let batch = |facts: &CellFacts| {
            (facts.sku, facts.node, facts.seller, facts.zone, facts.lot.map(|lot| lot.0), facts.due)
        };
        let mut batches: Vec<_> = cells.iter().map(batch).collect();
        batches.sort_unstable();
        if batches.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Refusal::new(Code::AlreadyKnown, 2u32, 1u32).into());
        }
        let first = self.cells.len();
        if first + cells.len() > super::limits::ROWS {
            let left = (super::limits::ROWS - first) as u64;
            return Err(Refusal::new(Code::Crowded, cells.len() as u64, left).into());
        }
        cells.iter().for_each(|facts| {
            self.cells.open(*facts);
        });
        Ok(Done::Numbered { first: first as u32 })
    }

    fn fence(&mut self, terms: &FenceTerms) -> Result<Done, No> {
        self.known(Kind::Sku, terms.sku.0)?;
        self.known(Kind::Seller, terms.seller.0)?;
        self.known(Kind::Node, terms.node.0)?;
        for channel in &terms.channels {
            self.known(Kind::Channel, channel.0)?;
        }
        let key = (terms.sku, terms.seller, terms.node);
        let fences = self.fences.of(key).len();
        if fences >= super::limits::FENCES && self.fences.find(key, &terms.channels).is_none() {
            return Err(Refusal::new(Code::Crowded, fences as u64 + 1, super::limits::FENCES as u64).into());
        }
        self.fences.set(key, &terms.channels, terms.qty);
        Ok(Done::Set)
    }

    /// Gives back capacity claims of holds that have expired: of some, or of all where it matters.
    pub(super) fn sweep(&mut self, at: Second, most: usize) -> Result<(), No> {
        planted!(ClaimOutlivesHold => return Ok(()));
        for _ in 0..most {
            let Some(hold) = self.capacity.next_due(at) else { break };
            let Some(row) = self.holds.get_mut(hold) else { continue };
            // Extended since, or ended otherwise: then its claims went or stay another way.
            if row.claims && row.stored.is_some_and(|state| state.is_live()) && row.expires <= at {
                row.claims = false;
                self.capacity.give_back(hold)?;
            }
        }
        Ok(())
    }

    /// A number the book gave.
    pub(super) fn known(&self, kind: Kind, number: u32) -> Result<(), Refusal> {
        match self.names.knows(kind, number) {
            true => Ok(()),
            false => Err(Refusal::new(Code::Unknown, number, self.names.of(kind).len() as u64)),
        }
    }

    /// A cell the book opened.
    pub(super) fn known_cell(&self, cell: CellNo) -> Result<CellFacts, Refusal> {
        let unknown = Refusal::new(Code::Unknown, cell.0, self.cells.len() as u64);
        self.cells.spot(cell).map(|spot| spot.facts).ok_or(unknown)
    }

    /// A hold that still holds, in the version the client saw.
    pub(super) fn live(&self, id: HoldId, version: Option<u32>, at: Second) -> Result<&Hold, Refusal> {
        let hold = self.holds.get(id).ok_or(Refusal::new(Code::UnknownHold, id.0, 0u32))?;
        planted!(EndedLives => return Ok(hold));
        if let Some(ended) = hold.end(at) {
            return Err(Refusal::new(Code::HoldEnded, at.0, ended.0));
        }
        match version {
            Some(seen) if seen != hold.version && !planted!(VersionUnread) => {
                Err(Refusal::new(Code::VersionConflict, seen, hold.version))
            }
            _ => Ok(hold),
        }
    }

    /// What a fence would be on.
    pub(super) fn fence_key(facts: &CellFacts) -> FenceKey {
        (facts.sku, facts.seller, facts.node)
    }
}
