//! What can be read of a book. Everything is told as of a moment: the state of a hold, what is free of a cell.

use super::book::Book;
use super::command::{CellFacts, ChannelTerms, Claim, Kind, Settings};
use super::names::{BETWEEN, zone_name};
use super::number::*;
use super::outcome::{Outcome, Sale, State};
use crate::units::Index;

/// A hold as of a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldView {
    /// Which.
    pub id: HoldId,
    /// Where it came from.
    pub origin: ChannelNo,
    /// Who holds.
    pub customer: Option<Customer>,
    /// Which node hands over.
    pub node: NodeNo,
    /// Who goes first; higher is earlier.
    pub priority: u8,
    /// Where it stands.
    pub state: State,
    /// Changes so far, placing included.
    pub version: u32,
    /// When it was placed.
    pub created: Second,
    /// When its time runs out, or ran out.
    pub expires: Second,
    /// By cell, in the order in which they came to it.
    pub lines: Vec<LineView>,
}

/// A line as of a moment: `requested = held + fulfilled + released + expired`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineView {
    /// Of which cell.
    pub cell: CellNo,
    /// Units ever asked for.
    pub requested: u32,
    /// Units held now.
    pub held: u32,
    /// Units handed over, or packed into parcels.
    pub fulfilled: u32,
    /// Units given back.
    pub released: u32,
    /// Units still held when time ran out.
    pub expired: u32,
}

/// A cell as of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellView {
    /// What it is.
    pub facts: CellFacts,
    /// It is announced and not there yet.
    pub awaited: bool,
    /// Units there, or announced.
    pub on_hand: u32,
    /// Units held.
    pub held: u32,
    /// Units never promised.
    pub safety: u32,
}

impl CellView {
    /// Units that may be held, fences apart.
    pub fn free(&self) -> u32 {
        self.on_hand.saturating_sub(self.held).saturating_sub(self.safety)
    }

    /// Units held beyond those there.
    pub fn short(&self) -> u32 {
        self.held.saturating_sub(self.on_hand)
    }
}

/// A hold that a short cell cannot serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Which.
    pub hold: HoldId,
    /// Units it holds of the cell.
    pub held: u32,
    /// Units of those that are not there.
    pub lacks: u32,
}

impl Book {
    /// A hold as of a moment. O(lines).
    pub fn hold_at(&self, id: HoldId, at: Second) -> Option<HoldView> {
        let hold = self.holds.get(id)?;
        let state = hold.state(at)?;
        let view = |line: &super::holds::Line| LineView {
            cell: line.cell,
            requested: line.requested,
            held: if state.is_live() { line.open() } else { 0 },
            fulfilled: line.fulfilled,
            released: line.released,
            expired: if state == State::Expired { line.open() } else { 0 },
        };
        Some(HoldView {
            id,
            origin: hold.channel,
            customer: hold.customer,
            node: hold.node,
            priority: hold.priority,
            state,
            version: hold.version,
            created: hold.created,
            expires: hold.expires,
            lines: self.holds.lines(hold).iter().map(view).collect(),
        })
    }

    /// All holds not forgotten, by number. O(holds).
    pub fn holds_at(&self, at: Second) -> impl Iterator<Item = HoldView> {
        let ids = self.holds.rows.iter().enumerate();
        let ids = ids.map(|(row, hold)| HoldId::of(row as u32, hold.generation));
        ids.filter_map(move |id| self.hold_at(id, at))
    }

    /// A cell as of a moment. O(1).
    pub fn cell_at(&self, cell: CellNo, at: Second) -> Option<CellView> {
        let (spot, balance) = self.cells.spot(cell).zip(self.cells.balance(cell))?;
        Some(CellView {
            facts: spot.facts,
            awaited: spot.is_awaited(),
            on_hand: balance.on_hand,
            held: balance.held(at),
            safety: balance.safety,
        })
    }

    /// How many cells there are: their numbers are those below.
    pub fn cells(&self) -> usize {
        self.cells.len()
    }

    /// Cells of an SKU at a node, what expires first first.
    pub fn cells_of(&self, sku: SkuNo, node: NodeNo) -> impl Iterator<Item = CellNo> {
        self.cells.of(sku, node).map(|(cell, _)| cell)
    }

    /// Holds that a cell cannot serve as it is, in the order in which they should be served elsewhere: those who go
    /// first, then those placed first, are served from the cell as far as it goes. O(units held of the cell, and holds on
    /// it that ended since one was last placed there).
    pub fn hit(&self, cell: CellNo, at: Second) -> Vec<Hit> {
        let Some(view) = self.cell_at(cell, at).filter(|view| view.short() > 0) else { return Vec::new() };
        let mut on_it: Vec<(u8, Second, HoldId, u32)> = self
            .holding(cell, at)
            .into_iter()
            .filter_map(|(id, held)| {
                let hold = self.holds.get(id)?;
                let last = if planted!(HitsIgnorePriority) { 0 } else { u8::MAX - hold.priority };
                Some((last, hold.created, id, held))
            })
            .collect();
        on_it.sort_unstable();
        let mut there = view.on_hand;
        let mut hits = Vec::new();
        for (_, _, hold, held) in on_it {
            let served = there.min(held);
            there -= served;
            if served < held {
                hits.push(Hit { hold, held, lacks: held - served });
            }
        }
        hits
    }

    /// What a key was answered, if it is not forgotten. O(1).
    pub fn answered(&self, key: Key) -> Option<Outcome> {
        self.keys.get(key).map(|answered| answered.outcome.clone())
    }

    /// A record of units sold, if it is not forgotten. O(1).
    pub fn sale(&self, sale: SaleNo) -> Option<&Sale> {
        self.sales.get(sale.0.checked_sub(self.first_sale)? as usize)
    }

    /// Records of units sold that are not forgotten, rising. O(those).
    pub fn sales(&self) -> impl Iterator<Item = (SaleNo, &Sale)> {
        (self.first_sale..).map(SaleNo).zip(&self.sales)
    }

    /// How holds are treated.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The order code of a hold: its channel's prefix and its number.
    pub fn code(&self, id: HoldId) -> Option<String> {
        let hold = self.holds.get(id)?;
        let prefix = &self.channels[hold.channel.row()].prefix;
        Some(match id.generation() {
            0 => format!("{prefix}{}", id.row() + 1),
            again => format!("{prefix}{}.{again}", id.row() + 1),
        })
    }

    /// The hold with an order code, its channel's prefix included ([`Book::code`]). O(channels).
    pub fn coded(&self, code: &str) -> Option<HoldId> {
        let of_channel = |prefix: &str| {
            let (number, generation) = match code.strip_prefix(prefix)?.split_once('.') {
                Some((number, again)) => (number, again.parse().ok()?),
                None => (code.strip_prefix(prefix)?, 0),
            };
            let row = number.parse::<u32>().ok()?.checked_sub(1)?;
            let id = HoldId::of(row, generation);
            // Only as it is written, with no zeros before it.
            (self.code(id)? == code).then_some(id)
        };
        self.channels.iter().find_map(|terms| of_channel(&terms.prefix))
    }

    /// How holds of a channel are treated. O(1).
    pub fn channel(&self, channel: ChannelNo) -> Option<&ChannelTerms> {
        self.channels.get(channel.row())
    }

    /// The number of a name, if it was registered. O(1).
    pub fn number(&self, kind: Kind, name: &str) -> Option<u32> {
        self.names.of(kind).find(name)
    }

    /// The name of a number.
    pub fn name(&self, kind: Kind, number: u32) -> Option<&str> {
        self.names.of(kind).of(number)
    }

    /// The zone of a node by its key there, if it was registered. O(1).
    pub fn zone(&self, node: &str, key: &str) -> Option<ZoneNo> {
        self.number(Kind::Zone, &zone_name(node, key)).map(ZoneNo)
    }

    /// The key of a zone within its node.
    pub fn zone_key(&self, zone: ZoneNo) -> Option<&str> {
        self.name(Kind::Zone, zone.0).map(|name| name.split_once(BETWEEN).map_or(name, |(_, key)| key))
    }

    /// Names of a kind, by number.
    pub fn names(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.names.of(kind).iter()
    }

    /// Capacity claims of a hold that are taken.
    pub fn claims(&self, id: HoldId, at: Second) -> &[Claim] {
        match self.holds.get(id).and_then(|hold| hold.state(at)) {
            Some(State::Active | State::Partial | State::Fulfilled) => self.capacity.of(id),
            _ => &[],
        }
    }

    /// Capacity claims that are taken, by hold, then by parcel. O(holds + parcels), O(1) where nothing is claimed.
    pub fn taken(&self, at: Second) -> Vec<Claim> {
        match self.capacity.load.is_empty() {
            true => Vec::new(),
            false => self.claims_at(at),
        }
    }

    /// The number of the last report taken from a source; 0 before the first. O(1).
    pub fn reported(&self, source: SourceNo) -> Option<u64> {
        self.reports.get(source.row()).copied()
    }

    fn claims_at(&self, at: Second) -> Vec<Claim> {
        let with_claims = self.holds.rows.iter().enumerate().filter(|(_, hold)| hold.claims);
        let ids = with_claims.map(|(row, hold)| HoldId::of(row as u32, hold.generation));
        let of_holds = ids.flat_map(|id| self.claims(id, at).iter().copied());
        of_holds.chain(self.orders.claims().copied()).collect()
    }

    /// Units a fence keeps for its channels, by (sku, seller, node) and channels; nothing where there is no such fence.
    pub fn fenced(
        &self,
        (sku, seller, node): (SkuNo, SellerNo, NodeNo),
        channels: &[ChannelNo],
        at: Second,
    ) -> Option<u32> {
        let fence = self.fences.find((sku, seller, node), channels)?;
        Some(self.fences.all[fence.row()].balance.free(at))
    }
}
