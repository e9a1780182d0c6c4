//! Which holds does someone mean who names an order, and what is the order of a hold called?
//!
//! Papers know planned orders by the shop's key; the book knows holds by their codes, and orders whose parcels are written
//! down. People also say what they read off a plan: the channel's prefix before the key, the letters of a parcel after it.

use super::access::Caller;
use super::problem::Problem;
use super::service::Shared;
use super::words::row_of;
use volok::ledger::{Book, ChannelNo, HoldId, Second};

/// Holds that a name means, the newest first: an order's code with its channel's prefix, a hold's code, a parcel's code, or
/// the shop's own key of a planned order. O(channels), and what the papers have under each key it may be.
pub async fn holds_called(service: &Shared, caller: &Caller, name: &str) -> Result<Vec<HoldId>, Problem> {
    let said = name.to_owned();
    let known = service.look(caller, move |book, at, _| Ok((by_code(book, &said, at), keys(book, &said))));
    let (coded, keys) = known.await?;
    let (papers, tenant) = (service.clone(), caller.tenant);
    let planned = tokio::task::spawn_blocking(move || {
        let found = |(key, channel): (String, _)| {
            papers.papers.holds_of(tenant, &key).into_iter().map(move |hold| (hold, channel))
        };
        keys.into_iter().flat_map(found).collect::<Vec<_>>()
    });
    let planned = planned.await.map_err(|_| Problem::internal())?;
    let checked = service.look(caller, move |book, at, _| {
        let is_of = |hold: HoldId, channel: Option<ChannelNo>| {
            let origin = book.hold_at(hold, at).map(|view| view.origin);
            channel.is_none() || origin == channel
        };
        let planned = planned.into_iter().filter(|&(hold, channel)| is_of(hold, channel));
        let mut holds: Vec<HoldId> = planned.map(|(hold, _)| hold).chain(coded).collect();
        holds.sort_unstable_by(|one, other| other.cmp(one));
        holds.dedup();
        Ok(holds)
    });
    checked.await
}

/// Tells of holds, by their numbers, the codes of the orders they were planned for: the channel's prefix, unless it is there
/// already, and the shop's key.
pub async fn with_orders<'h>(
    service: &Shared,
    caller: &Caller,
    holds: impl Iterator<Item = (u64, &'h mut Option<String>)>,
) -> Result<(), Problem> {
    let (asked, orders): (Vec<HoldId>, Vec<_>) = holds.map(|(hold, order)| (HoldId(hold), order)).unzip();
    let (papers, tenant) = (service.clone(), caller.tenant);
    let keys = tokio::task::spawn_blocking(move || {
        let keys = papers.papers.keys_of(tenant, &asked);
        asked.into_iter().zip(keys).collect::<Vec<_>>()
    });
    let keys = keys.await.map_err(|_| Problem::internal())?;
    let codes = service.look(caller, move |book, at, _| {
        let code = |(hold, key): (HoldId, Option<String>)| {
            let key = key?;
            let prefix = &book.channel(book.hold_at(hold, at)?.origin)?.prefix;
            Some(if key.starts_with(&**prefix) { key } else { format!("{prefix}{key}") })
        };
        Ok(keys.into_iter().map(code).collect::<Vec<_>>())
    });
    for (order, code) in orders.into_iter().zip(codes.await?) {
        *order = code;
    }
    Ok(())
}

/// The hold with a code: its own, that of its order where parcels are written down, or that of one of those.
fn by_code(book: &Book, code: &str, at: Second) -> Option<HoldId> {
    let order = book.order(code).or_else(|| book.order(code.rsplit_once('-')?.0));
    let of_parcels = order.and_then(|order| book.parcels_of(order, at).first().map(|parcel| parcel.hold));
    of_parcels.or_else(|| book.coded(code))
}

/// Keys that papers may have the order under: as it was said; and without the letters of a parcel, the channel's prefix, or
/// both. With a prefix only orders of its channel are meant.
fn keys(book: &Book, said: &str) -> Vec<(String, Option<ChannelNo>)> {
    let order = said.rsplit_once('-').filter(|(_, letters)| row_of(letters).is_some());
    let names = [Some(said), order.map(|(order, _)| order)];
    let mut keys = Vec::new();
    for name in names.into_iter().flatten() {
        keys.push((name.to_owned(), None));
        let channels = (0..).map(ChannelNo).map_while(|channel| Some((channel, book.channel(channel)?)));
        let of = channels.filter(|(_, terms)| !terms.prefix.is_empty());
        keys.extend(of.filter_map(|(channel, terms)| {
            Some((name.strip_prefix(&*terms.prefix)?.to_owned(), Some(channel)))
        }));
    }
    keys
}
