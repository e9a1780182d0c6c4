//! The whole state, written down as of its last operation.
//!
//! Only what is meant is written, not how it is kept: an expired hold is written as expired whether or not anyone had
//! looked at it, what cells hold is left out and counted again from the lines. So equal states have equal bytes, and the
//! hash of the bytes is the hash of the state.

use super::body::{
    read_claim, read_facts, read_settings, read_terms, write_claim, write_facts, write_settings, write_terms,
};
use super::history::{read_history, write_history};
use super::outcome::{read_state, write_outcome};
use super::parts::{read_parts, write_parts};
use super::{Chain, Damage, Reader, Writer, read_outcome};
use crate::ledger::book::Book;
use crate::ledger::cells::CellRow;
use crate::ledger::command::Kind;
use crate::ledger::history::History;
use crate::ledger::holds::{Hold, Line};
use crate::ledger::keys::Answered;
use crate::ledger::number::*;
use crate::ledger::outcome::{Outcome, Receipt, Sale};
use crate::ledger::state::State;
use crate::units::Index;

const MAGIC: &[u8; 4] = b"vls\x01";

/// Writes the state; `chain` is the hash of the last group in it.
pub(in crate::ledger) fn write_snapshot(state: &State, chain: &Chain) -> Vec<u8> {
    let mut to = Writer::default();
    to.0.extend_from_slice(MAGIC);
    to.0.extend_from_slice(chain);
    write_state(state, &mut to);
    let hash: Chain = blake3::hash(&to.0).into();
    to.0.extend_from_slice(&hash);
    to.0
}

/// Writes the state alone: of equal states, equal bytes.
pub(in crate::ledger) fn write_state(state: &State, to: &mut Writer) {
    to.number(state.sequence);
    to.signed(state.last.0);
    let books: Vec<Tenant> = state.tenants().collect();
    to.number(books.len() as u64);
    for tenant in books {
        to.number(tenant.0);
        if let Some(book) = state.book(tenant) {
            write_book(book, state.last.second(), to);
        }
    }
    write_parts(state, to);
}

/// Reads a snapshot; its hash is checked before anything in it is believed.
pub(in crate::ledger) fn read_snapshot(bytes: &[u8]) -> Result<(State, Chain), Damage> {
    let body = bytes.len().checked_sub(size_of::<Chain>()).filter(|&body| body >= 36);
    let body = body.ok_or(Damage { at: bytes.len(), what: "a snapshot is longer than this" })?;
    let (bytes, hash) = bytes.split_at(body);
    let right = blake3::hash(bytes) == *<&Chain>::try_from(hash).unwrap_or(&[0; 32]);
    if !right && !planted!(SnapshotUnchecked) {
        return Err(Damage { at: body, what: "the hash should be that of the bytes before it" });
    }
    let mut from = Reader::new(bytes);
    if from.take(MAGIC.len())? != MAGIC {
        return Err(Damage { at: 0, what: "a snapshot begins with `vls` and the version 1" });
    }
    let chain = Chain::try_from(from.take(size_of::<Chain>())?).unwrap_or_default();
    let mut state = State::default();
    (state.sequence, state.last) = (from.number()?, Stamp(from.signed()?));
    let books = from.count()?;
    for _ in 0..books {
        let tenant = usize::from(from.small::<u16>()?);
        let book = read_book(&mut from, state.last.second())?;
        if state.books.len() <= tenant {
            state.books.resize(tenant + 1, None);
        }
        state.books[tenant] = Some(Box::new(book));
    }
    read_parts(&mut state, &mut from)?;
    from.end()?;
    Ok((state, chain))
}

fn write_book(book: &Book, at: Second, to: &mut Writer) {
    for kind in Kind::ALL {
        to.number(book.names(kind).count() as u64);
        book.names(kind).for_each(|name| to.text(name));
    }
    write_settings(&book.settings, to);
    book.channels.iter().for_each(|terms| write_terms(terms, to));
    book.entities.iter().for_each(|entity| to.option(entity.map(|entity| u64::from(entity.0))));
    book.reports.iter().for_each(|&report| to.number(report));
    to.number(book.cells.len() as u64);
    for (spot, CellRow { balance, .. }) in book.cells.spots.iter().zip(book.cells.rows.iter()) {
        write_facts(&spot.facts, to);
        to.flag(spot.arrived);
        to.number(balance.on_hand);
        to.number(if planted!(SnapshotWithoutSafety) { 0 } else { balance.safety });
    }
    to.number(book.fences.all.len() as u64);
    for fence in &book.fences.all {
        to.number(fence.terms.sku.0);
        to.number(fence.terms.seller.0);
        to.number(fence.terms.node.0);
        to.number(fence.terms.channels.len() as u64);
        fence.terms.channels.iter().for_each(|channel| to.number(channel.0));
        to.number(fence.balance.on_hand);
    }
    to.number(book.holds.rows.len() as u64);
    for (row, hold) in book.holds.rows.iter().enumerate() {
        write_hold(book, HoldId::of(row as u32, hold.generation), hold, at, to);
    }
    to.number(book.holds.free.len() as u64);
    book.holds.free.iter().for_each(|&row| to.number(row));
    match planted!(SnapshotWithoutHistory) {
        true => write_history(&History::default(), to),
        false => write_history(&book.history, to),
    }
    to.number(book.keys.len() as u64);
    for answered in book.keys.iter() {
        to.wide(answered.key.0);
        to.0.extend_from_slice(&answered.digest.to_le_bytes());
        to.signed(answered.outcome.at.0);
        write_outcome(&answered.outcome.result, to);
    }
    to.number(book.first_sale);
    to.number(book.sales.len() as u64);
    book.sales.iter().for_each(|sale| write_sale(sale, to));
    to.number(book.cursor);
}

fn read_book(from: &mut Reader<'_>, at: Second) -> Result<Book, Damage> {
    let mut book = Book::default();
    for kind in Kind::ALL {
        let names: Vec<Box<str>> = from.list(|from| Ok(from.text()?.into()))?;
        let names = book.names.register(kind, &names);
        names.map_err(|_| from.damage("a name stands here twice"))?;
    }
    let of_kind = |book: &Book, kind| book.names.of(kind).len();
    book.settings = read_settings(from)?;
    for _ in 0..of_kind(&book, Kind::Channel) {
        book.channels.push(read_terms(from)?);
    }
    for _ in 0..of_kind(&book, Kind::Node) {
        book.entities.push(from.option()?.map(EntityNo));
    }
    for _ in 0..of_kind(&book, Kind::Source) {
        book.reports.push(from.number()?);
    }
    for _ in 0..from.count()? {
        let cell = book.cells.open(read_facts(from)?);
        let (arrived, on_hand, safety) = (from.flag()?, from.small()?, from.small()?);
        if let Some(spot) = book.cells.spots.get_mut(cell.row()) {
            spot.arrived = arrived;
        }
        if let Some(balance) = book.cells.balance_mut(cell) {
            (balance.on_hand, balance.safety) = (on_hand, safety);
        }
    }
    for _ in 0..from.count()? {
        let key = (SkuNo(from.small()?), SellerNo(from.small()?), NodeNo(from.small()?));
        let channels: Vec<ChannelNo> = from.list(|from| Ok(ChannelNo(from.small()?)))?;
        book.fences.set(key, &channels, from.small()?);
    }
    let holds = from.count()?;
    for row in 0..holds {
        read_hold(&mut book, row as u32, from, at)?;
    }
    book.holds.free = from.list(|from| from.small())?;
    book.history = read_history(from)?;
    for _ in 0..from.count()? {
        let key = Key(from.wide()?);
        let digest = u64::from_le_bytes(<[u8; 8]>::try_from(from.take(8)?).unwrap_or_default());
        let outcome = Outcome { at: Stamp(from.signed()?), result: read_outcome(from)? };
        book.keys.push(Answered { key, digest, outcome });
    }
    book.first_sale = from.small()?;
    book.sales = from.list(read_sale)?;
    book.cursor = from.small()?;
    Ok(book)
}

fn write_hold(book: &Book, id: HoldId, hold: &Hold, at: Second, to: &mut Writer) {
    to.number(hold.generation);
    let Some(state) = hold.state(at) else {
        to.flag(false);
        return;
    };
    to.flag(true);
    to.byte(state as u8);
    to.option(hold.customer.map(|customer| customer.0));
    to.number(hold.channel.0);
    to.number(hold.node.0);
    to.number(hold.version);
    to.number(hold.created.0);
    to.number(hold.expires.0);
    to.number(hold.latest.0);
    to.number(hold.ended.0);
    to.byte(hold.priority);
    let lines = book.holds.lines(hold);
    to.number(lines.len() as u64);
    for line in lines {
        to.number(line.cell.0);
        to.number(line.requested);
        to.number(line.fulfilled);
        to.number(line.released);
    }
    let draws = if state.is_live() { book.fences.drawn(id) } else { &[] };
    to.number(draws.len() as u64);
    for (fence, qty) in draws {
        to.number(fence.0);
        to.number(*qty);
    }
    let claims = if planted!(SnapshotWithoutClaims) { &[] } else { book.claims(id, at) };
    to.number(claims.len() as u64);
    claims.iter().for_each(|claim| write_claim(claim, to));
}

fn read_hold(book: &mut Book, row: u32, from: &mut Reader<'_>, at: Second) -> Result<(), Damage> {
    let generation = from.small()?;
    if !from.flag()? {
        let mut hold = Hold::new(ChannelNo(0), NodeNo(0));
        (hold.generation, hold.stored) = (generation, None);
        book.holds.rows.push(hold);
        return Ok(());
    }
    let state = read_state(from)?;
    let customer = from.option()?.map(Customer);
    let mut hold = Hold::new(ChannelNo(from.small()?), NodeNo(from.small()?));
    hold.customer = customer;
    hold.version = from.small()?;
    hold.created = Second(from.small()?);
    hold.expires = Second(from.small()?);
    hold.latest = Second(from.small()?);
    hold.ended = Second(from.small()?);
    hold.priority = from.byte()?;
    hold.stored = Some(state);
    if hold.channel.row() >= book.channels.len() {
        return Err(from.damage("a hold names no channel"));
    }
    let lines: Vec<Line> = from.list(|from| {
        let line = Line {
            cell: CellNo(from.small()?),
            requested: from.small()?,
            fulfilled: from.small()?,
            released: from.small()?,
        };
        let parts = u64::from(line.fulfilled) + u64::from(line.released);
        match parts <= u64::from(line.requested) {
            true => Ok(line),
            false => Err(from.damage("more of a line ended than was asked for")),
        }
    })?;
    if lines.len() > crate::ledger::limits::LINES {
        return Err(from.damage("a hold has more lines than one may have"));
    }
    let (expires, live) = (hold.expires, state.is_live());
    let id = HoldId::of(row, generation);
    book.holds.add_as(hold, generation, &lines);
    if live {
        for line in lines.iter().filter(|line| line.open() > 0) {
            let held = book.hold_for(id, (line.cell, line.open()), expires, at);
            held.map_err(|_| from.damage("a line names no cell, or more of it than it can hold"))?;
        }
    }
    let draws = from.list(|from| {
        let (fence, qty) = (FenceNo(from.small()?), from.small()?);
        match fence.row() < book.fences.all.len() {
            true => Ok((fence, qty)),
            false => Err(from.damage("a draw names no fence")),
        }
    })?;
    book.fences.restore(id, draws, expires).map_err(|what| from.damage(what))?;
    let claims: Vec<_> = from.list(read_claim)?;
    if !claims.is_empty() {
        book.capacity.keep(id, Box::default(), expires);
        book.capacity.put_back(id, claims.into()).map_err(|what| from.damage(what))?;
        if let Some(hold) = book.holds.get_mut(id) {
            hold.claims = true;
        }
    }
    Ok(())
}

fn write_sale(sale: &Sale, to: &mut Writer) {
    to.signed(sale.at.0);
    to.number(sale.hold.0);
    to.number(sale.origin.0);
    to.number(sale.by.0);
    to.option(sale.customer.map(|customer| customer.0));
    to.number(sale.units);
    match sale.receipt {
        Receipt::None => to.byte(0),
        Receipt::NotSaid => to.byte(1),
        Receipt::Online(entity) | Receipt::Counter(entity) => {
            to.byte(if matches!(sale.receipt, Receipt::Online(_)) { 2 } else { 3 });
            to.number(entity.0);
        }
    }
}

fn read_sale(from: &mut Reader<'_>) -> Result<Sale, Damage> {
    Ok(Sale {
        at: Stamp(from.signed()?),
        hold: HoldId(from.number()?),
        origin: ChannelNo(from.small()?),
        by: NodeNo(from.small()?),
        customer: from.option()?.map(Customer),
        units: from.number()?,
        receipt: match from.byte()? {
            0 => Receipt::None,
            1 => Receipt::NotSaid,
            2 => Receipt::Online(EntityNo(from.small()?)),
            3 => Receipt::Counter(EntityNo(from.small()?)),
            _ => return Err(from.damage("no receipt has this number")),
        },
    })
}
