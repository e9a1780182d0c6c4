//! Units go back: into the stock of the node they are at, or on their way in a parcel of their own.

use super::route::chosen;
use super::{Content, Parcel, Spot, Stage};
use crate::ledger::book::{Book, No};
use crate::ledger::command::{Back, BackTo, Kind};
use crate::ledger::limits;
use crate::ledger::number::*;
use crate::ledger::outcome::Done;
use crate::ledger::refusal::{Code, Refusal};
use crate::ledger::sscc::Sscc;

/// Units that go back, all of it found to fit.
pub(super) enum WayBack {
    /// Units packed from a cell go into another.
    Cells(Vec<(CellNo, u32, CellNo)>),
    /// Units go to a node.
    Parcel(NodeNo, Vec<(CellNo, u32)>, Option<Sscc>),
}

impl Book {
    /// Takes units of a parcel back. O(units × cells named).
    pub(in crate::ledger) fn take_back(&mut self, back: &Back, at: Second) -> Result<Done, No> {
        let (_, parcel) = self.seen(back.parcel, back.version)?;
        self.stands(parcel)?;
        let units = chosen(parcel, &back.units)?;
        let plan = self.way_back(back.parcel, &units, &back.to)?;
        let into = self.go_back(back.parcel, plan, at)?;
        let Done::Parcel { parcel, version, stage } = self.close(back.parcel, at)? else {
            return Err(No::Broken("a parcel is told as something else"));
        };
        Ok(Done::WentBack { parcel, version, stage, into })
    }

    /// Finds where units go; only codes are given, and only when all else fits.
    pub(super) fn way_back(
        &mut self,
        id: ParcelId,
        units: &[(CellNo, u32)],
        to: &BackTo,
    ) -> Result<WayBack, No> {
        let (order, parcel) = self.orders.parcel(id).ok_or("a parcel is not there")?;
        match to {
            BackTo::Stock(cells) => self.cells_for(parcel.node(), units, cells).map(WayBack::Cells),
            BackTo::Parcel(node, labels) => {
                self.known(Kind::Node, node.0)?;
                let parcels = order.parcels.len();
                if parcels >= limits::PARCELS {
                    return Err(
                        Refusal::new(Code::Crowded, parcels as u64 + 1, limits::PARCELS as u64).into()
                    );
                }
                let label = match labels {
                    Some(terms) => Some(self.given.give(*terms, 1)?),
                    None => None,
                };
                Ok(WayBack::Parcel(*node, units.to_vec(), label))
            }
        }
    }

    /// For each unit the first of the cells named that is of its SKU, owner and batch, and at the node.
    fn cells_for(
        &self,
        node: NodeNo,
        units: &[(CellNo, u32)],
        cells: &[CellNo],
    ) -> Result<Vec<(CellNo, u32, CellNo)>, No> {
        for (row, cell) in cells.iter().enumerate() {
            self.known_cell(*cell).map_err(|refusal| refusal.on(row))?;
        }
        let mut moves: Vec<(CellNo, u32, CellNo)> = Vec::new();
        for (row, &(cell, qty)) in units.iter().enumerate() {
            let of = self.known_cell(cell)?;
            let fits = |into: &&CellNo| {
                let spot = self.cells.spot(**into).filter(|spot| !spot.is_awaited());
                spot.is_some_and(|spot| {
                    let facts = &spot.facts;
                    (facts.sku, facts.seller, facts.lot, facts.node) == (of.sku, of.seller, of.lot, node)
                })
            };
            let into = cells.iter().find(fits);
            let into = *into.ok_or(Refusal::new(Code::Mismatch, cell.0, node.0).on(row))?;
            let on_hand = self.cells.balance(into).ok_or("a cell without a balance")?.on_hand;
            let coming: u64 =
                moves.iter().filter(|known| known.2 == into).map(|known| u64::from(known.1)).sum();
            let room = u64::from(u32::MAX - on_hand).saturating_sub(coming);
            if u64::from(qty) > room {
                return Err(Refusal::new(Code::CellFull, qty, room).on(row).into());
            }
            moves.push((cell, qty, into));
        }
        Ok(moves)
    }

    /// Moves what goes back; the row of its parcel, if it goes in one.
    pub(super) fn go_back(&mut self, id: ParcelId, plan: WayBack, at: Second) -> Result<Option<u16>, No> {
        match plan {
            WayBack::Cells(moves) => {
                let units: Vec<(CellNo, u32)> = moves.iter().map(|&(cell, qty, _)| (cell, qty)).collect();
                self.move_units(id, &units, at, |content, qty| content.back += qty)?;
                for (_, qty, into) in moves {
                    let cell = self.cells.settled(into, at).ok_or("a cell without a balance")?;
                    cell.on_hand = cell.on_hand.checked_add(qty).ok_or("a cell is fuller than was seen")?;
                }
                Ok(None)
            }
            WayBack::Parcel(node, units, label) => {
                self.move_units(id, &units, at, |_, _| {})?;
                self.orders.change(id.order, at, |order| {
                    let row = order.parcels.len() as u16;
                    let from = order.parcels.get_mut(usize::from(id.row)).ok_or("a parcel is not there")?;
                    from.contents
                        .retain(|content| content.inside > 0 || content.handed > 0 || content.back > 0);
                    let stops = vec![from.node(), node];
                    order.parcels.push(returning(stops, &units, label, at));
                    Ok(Some(row))
                })
            }
        }
    }

    /// Parcels that will never be, because of what went back, take no room any more.
    pub(super) fn leave_room_of_lapsed(&mut self, number: OrderNo, at: Second) -> Result<(), No> {
        let order = self.orders.all.get(&number).ok_or("an order is not there")?;
        let is_held = self.is_held(order, at);
        let rows = 0..order.parcels.len() as u16;
        let lapsed: Vec<u16> = rows.filter(|&row| order.stage(row, is_held, at) == Stage::Lapsed).collect();
        lapsed.into_iter().try_for_each(|row| self.leave_room(ParcelId { order: number, row }, None, at))
    }
}

/// A parcel on its way back.
fn returning(stops: Vec<NodeNo>, units: &[(CellNo, u32)], label: Option<Sscc>, at: Second) -> Parcel {
    let contents = units.iter().map(|&(cell, qty)| Content { cell, inside: qty, handed: 0, back: 0 });
    let mut contents: Vec<Content> = contents.collect();
    contents.sort_by_key(|content| content.cell);
    Parcel {
        label,
        version: 1,
        spot: Spot::UnderWay,
        since: at,
        stops,
        stop: 1,
        picks: Vec::new(),
        parts: Vec::new(),
        into: None,
        wait_until: None,
        contents,
        claims: Vec::new(),
        owns_claims: true,
        is_return: true,
    }
}
