//! Stock of the plain ledger.

use super::*;

impl Plain {
    /// Holds that a cell cannot serve: the first to be served are those of high priority, then those placed first.
    pub(super) fn hit(&self, cell: CellNo, at: Second) -> Vec<Hit> {
        let mut holds: Vec<&PlainHold> = self.holds.iter().filter(|hold| hold.is_live(at)).collect();
        holds.sort_by_key(|hold| (u8::MAX - hold.place.priority, hold.created, hold.id));
        let mut there = self.cells[cell.0 as usize].on_hand;
        let mut hits = Vec::new();
        for hold in holds {
            let held: u32 = hold.lines.iter().filter(|line| line.cell == cell).map(PlainLine::open).sum();
            let served = held.min(there);
            there -= served;
            if served < held {
                hits.push(Hit { hold: hold.id, held, lacks: held - served });
            }
        }
        hits
    }

    pub(super) fn open_cells(&mut self, cells: &[CellFacts]) -> Answer {
        let batch =
            |facts: &CellFacts| (facts.sku, facts.node, facts.seller, facts.zone, facts.lot, facts.due);
        for (row, facts) in cells.iter().enumerate() {
            let on = |refusal: Refusal| Refusal { line: row as u16, ..refusal };
            self.named(Kind::Sku, facts.sku.0).map_err(on)?;
            self.named(Kind::Seller, facts.seller.0).map_err(on)?;
            self.named(Kind::Node, facts.node.0).map_err(on)?;
            self.named(Kind::Zone, facts.zone.0).map_err(on)?;
            if let Some(lot) = facts.lot {
                self.named(Kind::Lot, lot.0).map_err(on)?;
            }
            // Of several that agree, the one that expires first is told.
            let mut same: Vec<(i64, usize)> = self
                .cells
                .iter()
                .enumerate()
                .filter(|(_, cell)| batch(&cell.facts) == batch(facts))
                .map(|(number, cell)| (cell.facts.expires.0, number))
                .collect();
            same.sort_unstable();
            if let Some((_, number)) = same.first() {
                return Err(no(Code::AlreadyKnown, row, 0u32, *number as u32));
            }
        }
        for (row, facts) in cells.iter().enumerate() {
            if cells[..row].iter().any(|other| batch(other) == batch(facts)) {
                return Err(no(Code::AlreadyKnown, 0, 2u32, 1u32));
            }
        }
        let first = self.cells.len() as u32;
        let opened = cells.iter().map(|&facts| PlainCell { facts, arrived: false, on_hand: 0, safety: 0 });
        self.cells.extend(opened);
        Ok(Done::Numbered { first })
    }

    pub(super) fn is_awaited(&self, cell: CellNo) -> bool {
        let cell = &self.cells[cell.0 as usize];
        cell.facts.due.is_some() && !cell.arrived
    }

    /// Units of a cell in live holds.
    pub(super) fn held(&self, cell: CellNo, at: Second) -> u32 {
        let live = self.holds.iter().filter(|hold| hold.is_live(at));
        live.flat_map(|hold| &hold.lines).filter(|line| line.cell == cell).map(PlainLine::open).sum()
    }

    pub(super) fn report(&mut self, event: &StockEvent, at: Second) -> Answer {
        self.named(Kind::Source, event.source.0)?;
        let last = self.reports.get(&event.source).copied().unwrap_or(0);
        if event.sequence <= last {
            return Ok(Done::KnownReport);
        }
        if event.sequence > last + 1 {
            return Err(no(Code::OutOfOrder, 0, event.sequence, last + 1));
        }
        let on_hand = |book: &Plain, cell: CellNo| {
            book.cell(cell)?;
            match book.is_awaited(cell) {
                true => Err(no(Code::NotArrived, 0, cell.0, 0u32)),
                false => Ok(()),
            }
        };
        let awaited = |book: &Plain, cell: CellNo| {
            book.cell(cell)?;
            match book.is_awaited(cell) {
                true => Ok(()),
                false => Err(no(Code::AlreadyKnown, 0, cell.0, cell.0)),
            }
        };
        let more = |book: &mut Plain, cell: CellNo, qty: u32| {
            let there = u64::from(book.cells[cell.0 as usize].on_hand);
            match u32::try_from(there + u64::from(qty)) {
                Ok(sum) => {
                    book.cells[cell.0 as usize].on_hand = sum;
                    Ok(())
                }
                Err(_) => Err(no(Code::CellFull, 0, qty, u64::from(u32::MAX) - there)),
            }
        };
        let less = |book: &mut Plain, cell: CellNo, qty: u32| {
            let there = book.cells[cell.0 as usize].on_hand;
            if there < qty {
                return Err(no(Code::NotOnHand, 0, qty, there));
            }
            book.cells[cell.0 as usize].on_hand = there - qty;
            Ok(())
        };
        let cell = match event.what {
            StockChange::Receipt(cell, qty) | StockChange::Return(cell, qty) => {
                on_hand(self, cell)?;
                more(self, cell, qty)?;
                cell
            }
            StockChange::Sale(cell, qty) | StockChange::WriteOff(cell, qty) => {
                on_hand(self, cell)?;
                less(self, cell, qty)?;
                cell
            }
            StockChange::Move(from, to, qty) => {
                let (one, other) = (self.cell(from)?.facts, self.cell(to)?.facts);
                if one.sku != other.sku || one.seller != other.seller {
                    return Err(no(Code::Mismatch, 0, to.0, from.0));
                }
                on_hand(self, from)?;
                on_hand(self, to)?;
                let before = self.cells.clone();
                more(self, to, qty)?;
                if let Err(refusal) = less(self, from, qty) {
                    self.cells = before;
                    return Err(refusal);
                }
                from
            }
            StockChange::Count(cell, qty) => {
                on_hand(self, cell)?;
                self.cells[cell.0 as usize].on_hand = qty;
                cell
            }
            StockChange::Announced(cell, qty, due) => {
                awaited(self, cell)?;
                let row = &mut self.cells[cell.0 as usize];
                (row.on_hand, row.facts.due) = (qty, Some(due));
                cell
            }
            StockChange::Arrived(cell, qty) => {
                awaited(self, cell)?;
                let row = &mut self.cells[cell.0 as usize];
                (row.on_hand, row.arrived) = (qty, true);
                cell
            }
        };
        self.reports.insert(event.source, event.sequence);
        let there = self.cells[cell.0 as usize].on_hand;
        Ok(Done::Stocked { on_hand: there, short: self.held(cell, at).saturating_sub(there) })
    }

    /// Finds units for lines: what is drawn of each cell, in the order in which cells are first drawn on.
    pub(super) fn find(
        &self,
        channel: ChannelNo,
        lines: &[Wanted],
        at: Second,
    ) -> Result<Vec<(CellNo, u32)>, Refusal> {
        let mut found: Vec<(CellNo, u32)> = Vec::new();
        let of = |found: &[(CellNo, u32)], cell: CellNo| -> u32 {
            found.iter().filter(|known| known.0 == cell).map(|known| known.1).sum()
        };
        for (row, line) in lines.iter().enumerate() {
            let free = |found: &[(CellNo, u32)], cell: CellNo| {
                let there = &self.cells[cell.0 as usize];
                let taken = self.held(cell, at).saturating_add(there.safety);
                there.on_hand.saturating_sub(taken).saturating_sub(of(found, cell))
            };
            let room = |found: &[(CellNo, u32)], cell: CellNo| {
                let facts = self.cells[cell.0 as usize].facts;
                let key = (facts.sku, facts.seller, facts.node);
                let mut units = 0u64;
                for other in (0..self.cells.len()).map(|row| CellNo(row as u32)) {
                    let same = &self.cells[other.0 as usize].facts;
                    if (same.sku, same.seller, same.node) == key
                        && (self.is_awaited(cell) || !self.is_awaited(other))
                    {
                        units += u64::from(free(found, other));
                    }
                }
                units.saturating_sub(self.kept_for_others(key, channel, at))
            };
            match line.what {
                Want::Cell(cell) => {
                    let there = self.cell(cell).map_err(|refusal| Refusal { line: row as u16, ..refusal })?;
                    if self.held(cell, at) > there.on_hand {
                        return Err(no(Code::CellShort, row, line.qty, 0u32));
                    }
                    if free(&found, cell) < line.qty {
                        return Err(no(Code::NotEnough, row, line.qty, free(&found, cell)));
                    }
                    if self.is_fenced(cell) && room(&found, cell) < u64::from(line.qty) {
                        return Err(no(Code::Fenced, row, line.qty, room(&found, cell)));
                    }
                    draw(&mut found, cell, line.qty);
                }
                Want::Sku(sku, node) => {
                    let mut candidates: Vec<CellNo> = (0..self.cells.len())
                        .map(|row| CellNo(row as u32))
                        .filter(|&cell| {
                            let facts = self.cells[cell.0 as usize].facts;
                            (facts.sku, facts.node) == (sku, node)
                                && !self.is_awaited(cell)
                                && facts.expires.0 > i64::from(at.0)
                        })
                        .collect();
                    candidates.sort_by_key(|cell| (self.cells[cell.0 as usize].facts.expires.0, cell.0));
                    let (mut left, mut fenced) = (line.qty, false);
                    for cell in candidates {
                        if left == 0 {
                            break;
                        }
                        let mut can = u64::from(free(&found, cell));
                        if self.is_fenced(cell) && room(&found, cell) < can {
                            (can, fenced) = (room(&found, cell), true);
                        }
                        let taken = can.min(u64::from(left)) as u32;
                        draw(&mut found, cell, taken);
                        left -= taken;
                    }
                    if left > 0 {
                        let code = if fenced { Code::Fenced } else { Code::NotEnough };
                        return Err(no(code, row, line.qty, line.qty - left));
                    }
                }
            }
        }
        Ok(found)
    }
}

fn draw(found: &mut Vec<(CellNo, u32)>, cell: CellNo, qty: u32) {
    match found.iter_mut().find(|known| known.0 == cell) {
        Some(known) => known.1 += qty,
        None if qty > 0 => found.push((cell, qty)),
        None => {}
    }
}
