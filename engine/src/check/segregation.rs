//! F4: what may not share a parcel does not.

use super::case::Case;
use super::violation::{Notes, Rule};
use super::words::name;
use crate::world::SkuIx;
use std::collections::{BTreeMap, BTreeSet};

/// Asked of each parcel as it is handed over: it holds all that its parts held.
pub(super) fn check(case: &Case<'_>, notes: &mut Notes) {
    let mut contents: BTreeMap<usize, BTreeSet<SkuIx>> = BTreeMap::new();
    for (parcel, picks) in case.picks.iter().enumerate() {
        contents.entry(case.root[parcel]).or_default().extend(picks.iter().map(|pick| pick.sku_ix));
    }
    for (parcel, skus) in contents {
        for &one in &skus {
            if case.world.skus()[one].ships_alone && skus.len() > 1 {
                let text = format!(
                    "holds {} SKUs, one of them {}, which ships alone",
                    skus.len(),
                    name(case.world.sku_names(), one)
                );
                notes.parcel(Rule::F4, parcel, text);
            }
            for &other in skus.range(one..).skip(1) {
                let classes = case.world.skus()[one].class.zip(case.world.skus()[other].class);
                if classes.is_some_and(|(a, b)| case.world.segregated(a, b)) {
                    let text = format!(
                        "holds {} and {}, whose classes may not share a parcel",
                        name(case.world.sku_names(), one),
                        name(case.world.sku_names(), other),
                    );
                    notes.parcel(Rule::F4, parcel, text);
                }
            }
        }
    }
}
