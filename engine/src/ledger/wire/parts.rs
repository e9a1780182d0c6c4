//! Parts of books that came after the first version of the snapshot. They stand behind all books, and only where there is
//! something in them: a state without them has the bytes, and the hash, that it always had.

use super::later::{read_label, write_label};
use super::{Damage, Reader, Writer};
use crate::ledger::book::Book;
use crate::ledger::number::*;
use crate::ledger::state::State;

/// Whether a book has such a part.
fn has_parts(book: &Book) -> bool {
    !book.given.0.is_empty()
}

pub(super) fn write_parts(state: &State, to: &mut Writer) {
    let with_parts = || state.tenants().filter_map(|tenant| Some((tenant, state.book(tenant)?)));
    let with_parts = || with_parts().filter(|(_, book)| has_parts(book));
    let count = with_parts().count();
    if count == 0 {
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
    }
}

pub(super) fn read_parts(state: &mut State, from: &mut Reader<'_>) -> Result<(), Damage> {
    if from.is_at_end() {
        return Ok(());
    }
    for _ in 0..from.count()? {
        let tenant = Tenant(from.small()?);
        let book = state.books.get_mut(usize::from(tenant.0)).and_then(Option::as_deref_mut);
        let book = book.ok_or(from.damage("a part belongs to no book"))?;
        book.given.0 = from.list(|from| Ok((read_label(from)?, from.number()?)))?;
    }
    Ok(())
}
