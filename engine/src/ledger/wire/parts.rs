//! Parts of books that came after the first version of the snapshot: parcels, then what forgetting goes by. They stand behind
//! all books, and only where there is something in them: a state without them has the bytes, and the hash, that it always had.

use super::body::{read_claim, write_claim};
use super::later::{read_label, read_label_code, write_label};
use super::{Damage, Reader, Writer};
use crate::ledger::book::Book;
use crate::ledger::number::*;
use crate::ledger::parcels::{Content, Order, Parcel, Spot};
use crate::ledger::settings::Outlived;
use crate::ledger::sscc::Sscc;
use crate::ledger::state::State;

/// Whether a book has such a part.
fn has_parts(book: &Book) -> bool {
    !book.given.0.is_empty() || book.orders.next > 0
}

pub(super) fn write_parts(state: &State, to: &mut Writer) {
    let with_parts = || state.tenants().filter_map(|tenant| Some((tenant, state.book(tenant)?)));
    let with_parts = || with_parts().filter(|(_, book)| has_parts(book));
    let later = || state.tenants().filter_map(|tenant| Some((tenant, state.book(tenant)?)));
    let later = || later().filter(|(_, book)| book.history.cursor.is_some() || !book.outlived.is_empty());
    let (count, count_later) = (with_parts().count(), later().count());
    if count + count_later == 0 {
        return;
    }
    to.number(count as u64);
    for (tenant, book) in with_parts() {
        to.number(tenant.0);
        to.number(book.given.0.len() as u64);
        for (terms, given) in &book.given.0 {
            write_label(terms, to);
            to.number(*given);
        }
        to.number(book.orders.next);
        to.number(book.orders.cursor);
        to.number(book.orders.all.len() as u64);
        for (number, order) in &book.orders.all {
            to.number(number.0);
            write_order(order, to);
        }
    }
    if count_later == 0 {
        return;
    }
    to.number(count_later as u64);
    for (tenant, book) in later() {
        to.number(tenant.0);
        to.option(book.history.cursor.map(|customer| customer.0));
        to.number(book.outlived.len() as u64);
        for old in &book.outlived {
            to.number(old.life);
            to.number(old.until.0);
        }
    }
}

pub(super) fn read_parts(state: &mut State, from: &mut Reader<'_>) -> Result<(), Damage> {
    if from.is_at_end() {
        return Ok(());
    }
    for _ in 0..from.count()? {
        let book = book_of_part(state, from)?;
        book.given.0 = from.list(|from| Ok((read_label(from)?, from.number()?)))?;
        (book.orders.next, book.orders.cursor) = (from.small()?, from.small()?);
        for _ in 0..from.count()? {
            let number = OrderNo(from.small()?);
            let order = read_order(from)?;
            for parcel in order.parcels.iter().filter(|parcel| parcel.owns_claims) {
                let taken = parcel.claims.iter().try_for_each(|claim| book.capacity.take_one(claim));
                taken.map_err(|what| from.damage(what))?;
            }
            book.orders.add(number, order);
        }
    }
    if from.is_at_end() {
        return Ok(());
    }
    for _ in 0..from.count()? {
        let book = book_of_part(state, from)?;
        book.history.cursor = from.option()?.map(Customer);
        book.outlived =
            from.list(|from| Ok(Outlived { life: from.small()?, until: Second(from.small()?) }))?;
    }
    Ok(())
}

/// The book of the tenant that a part begins with.
fn book_of_part<'s>(state: &'s mut State, from: &mut Reader<'_>) -> Result<&'s mut Book, Damage> {
    let tenant = Tenant(from.small()?);
    let book = state.books.get_mut(usize::from(tenant.0)).and_then(Option::as_deref_mut);
    book.ok_or(from.damage("a part belongs to no book"))
}

fn write_order(order: &Order, to: &mut Writer) {
    to.number(order.hold.0);
    to.number(order.channel.0);
    to.option(order.customer.map(|customer| customer.0));
    to.text(&order.code);
    to.flag(order.together);
    to.number(order.kept);
    to.number(order.changed.0);
    to.number(order.parcels.len() as u64);
    order.parcels.iter().for_each(|parcel| write_parcel(parcel, to));
}

fn read_order(from: &mut Reader<'_>) -> Result<Order, Damage> {
    let order = Order {
        hold: HoldId(from.number()?),
        channel: ChannelNo(from.small()?),
        customer: from.option()?.map(Customer),
        code: from.text()?.into(),
        together: from.flag()?,
        kept: from.small()?,
        changed: Second(from.small()?),
        parcels: from.list(read_parcel)?,
    };
    // A part stands before what it goes into, unless it was left out of a merge: but every row is one of the list.
    let rows = order.parcels.len();
    let named = order.parcels.iter().flat_map(|parcel| parcel.parts.iter().chain(&parcel.into));
    match named.into_iter().all(|&row| usize::from(row) < rows) {
        true => Ok(order),
        false => Err(from.damage("a parcel names none of its order")),
    }
}

const SPOTS: [Spot; 6] =
    [Spot::Expected, Spot::UnderWay, Spot::Here, Spot::Merged, Spot::HandedOver, Spot::Returned];

fn write_parcel(parcel: &Parcel, to: &mut Writer) {
    to.option(parcel.label.map(Sscc::number));
    to.number(parcel.version);
    to.byte(parcel.spot as u8);
    to.number(parcel.since.0);
    to.number(parcel.stops.len() as u64);
    parcel.stops.iter().for_each(|node| to.number(node.0));
    to.number(parcel.stop);
    to.number(parcel.picks.len() as u64);
    for (cell, qty) in &parcel.picks {
        to.number(cell.0);
        to.number(*qty);
    }
    to.number(parcel.parts.len() as u64);
    parcel.parts.iter().for_each(|&part| to.number(part));
    to.option(parcel.into.map(u64::from));
    to.option(parcel.wait_until.map(|until| u64::from(until.0)));
    to.number(parcel.contents.len() as u64);
    for content in &parcel.contents {
        to.number(content.cell.0);
        to.number(content.inside);
        to.number(content.handed);
        to.number(content.back);
    }
    to.number(parcel.claims.len() as u64);
    parcel.claims.iter().for_each(|claim| write_claim(claim, to));
    to.flag(parcel.owns_claims);
    to.flag(parcel.is_return);
}

fn read_parcel(from: &mut Reader<'_>) -> Result<Parcel, Damage> {
    let parcel = Parcel {
        label: read_label_code(from)?,
        version: from.small()?,
        spot: {
            let spot = from.byte()?;
            SPOTS.get(usize::from(spot)).copied().ok_or(from.damage("no parcel stands like this"))?
        },
        since: Second(from.small()?),
        stops: from.list(|from| Ok(NodeNo(from.small()?)))?,
        stop: from.small()?,
        picks: from.list(|from| Ok((CellNo(from.small()?), from.small()?)))?,
        parts: from.list(Reader::small)?,
        into: from.option()?,
        wait_until: from.option()?.map(Second),
        contents: from.list(|from| {
            Ok(Content {
                cell: CellNo(from.small()?),
                inside: from.small()?,
                handed: from.small()?,
                back: from.small()?,
            })
        })?,
        claims: from.list(read_claim)?,
        owns_claims: from.flag()?,
        is_return: from.flag()?,
    };
    match usize::from(parcel.stop) < parcel.stops.len() {
        true => Ok(parcel),
        false => Err(from.damage("a parcel stands beyond its last stop")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spots_stand_under_their_numbers() {
        for (number, spot) in SPOTS.into_iter().enumerate() {
            assert_eq!(spot as usize, number);
        }
    }
}
