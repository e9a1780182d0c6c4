//! What repeat rules remember.

use super::{Damage, Reader, Writer};
use crate::ledger::history::{Count, End, History, Past};
use crate::ledger::number::*;

pub(super) fn write_history(history: &History, to: &mut Writer) {
    to.number(history.customers.len() as u64);
    for (customer, holds) in &history.customers {
        to.number(customer.0);
        to.number(holds.len() as u64);
        for past in holds {
            to.number(past.hold.0);
            to.number(past.created.0);
            to.number(past.expires.0);
            match past.end {
                End::Open => to.byte(0),
                End::Unbought(end) => {
                    to.byte(1);
                    to.number(end.0);
                }
                End::Bought => to.byte(2),
                End::Replaced => to.byte(3),
            }
            to.number(past.units.len() as u64);
            for (sku, qty) in &past.units {
                to.number(sku.0);
                to.number(*qty);
            }
        }
    }
    to.number(history.skus.len() as u64);
    for ((rule, sku), count) in &history.skus {
        to.byte(*rule);
        to.number(sku.0);
        to.number(count.by_second.len() as u64);
        for (second, units) in &count.by_second {
            to.number(second.0);
            to.number(*units);
        }
    }
}

pub(super) fn read_history(from: &mut Reader<'_>) -> Result<History, Damage> {
    let customers = from.list(|from| {
        let customer = Customer(from.number()?);
        Ok((customer, from.list(read_past)?))
    })?;
    let skus = from.list(|from| {
        let key = (from.byte()?, SkuNo(from.small()?));
        let by_second: std::collections::VecDeque<(Second, u64)> =
            from.list(|from| Ok((Second(from.small()?), from.number()?)))?;
        let total = by_second.iter().try_fold(0u64, |total, count| total.checked_add(count.1));
        Ok((key, Count { total: total.ok_or(from.damage("a count beyond all numbers"))?, by_second }))
    })?;
    let mut history = History::default();
    (history.customers, history.skus) = (customers, skus);
    Ok(history)
}

fn read_past(from: &mut Reader<'_>) -> Result<Past, Damage> {
    Ok(Past {
        hold: HoldId(from.number()?),
        created: Second(from.small()?),
        expires: Second(from.small()?),
        end: match from.byte()? {
            0 => End::Open,
            1 => End::Unbought(Second(from.small()?)),
            2 => End::Bought,
            3 => End::Replaced,
            _ => return Err(from.damage("no end has this number")),
        },
        units: from.list(|from| Ok((SkuNo(from.small()?), from.small()?)))?,
    })
}
