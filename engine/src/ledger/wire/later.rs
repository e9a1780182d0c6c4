//! Commands that came after the first version of the log, under numbers of their own: a log without them reads as ever.

use super::{Damage, Reader, Writer};
use crate::ledger::command::*;
use crate::ledger::sscc::{CompanyPrefix, Sscc};

/// Writes what is asked.
pub(super) fn write_later(body: &Body, to: &mut Writer) {
    if let Body::Labels(labels) = body {
        to.byte(16);
        write_label(&labels.terms, to);
        to.number(labels.count);
    }
}

/// Reads what is asked, behind its number.
pub(super) fn read_later(number: u8, from: &mut Reader<'_>) -> Result<Body, Damage> {
    Ok(match number {
        16 => Body::Labels(Labels { terms: read_label(from)?, count: from.small()? }),
        _ => return Err(from.damage("no command has this number")),
    })
}

pub(super) fn write_label(terms: &LabelTerms, to: &mut Writer) {
    to.byte(terms.prefix.digits());
    to.number(terms.prefix.number());
    to.byte(terms.extension);
}

pub(super) fn read_label(from: &mut Reader<'_>) -> Result<LabelTerms, Damage> {
    let (digits, number) = (from.byte()?, from.number()?);
    let prefix = CompanyPrefix::new(number, digits);
    let prefix = prefix.map_err(|_| from.damage("no company has this prefix"))?;
    Ok(LabelTerms { prefix, extension: from.byte()? })
}

pub(super) fn read_sscc(from: &mut Reader<'_>) -> Result<Sscc, Damage> {
    Sscc::from_number(from.number()?).map_err(|_| from.damage("no handling unit has this code"))
}
