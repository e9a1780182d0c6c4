//! F8: a parcel is as heavy and as large as its goods, and no larger than what it passes takes.

use super::case::{Case, Goods};
use super::violation::{Notes, Rule};
use super::words::name;
use crate::world::ParcelLimit;

pub(super) fn check(case: &Case<'_>, notes: &mut Notes) {
    for (row, parcel) in case.parcels() {
        let goods = &case.goods[row];
        // Goods whose rows are missing weigh nobody knows what.
        if case.is_known(row) {
            if u128::from(parcel.grams.0) != goods.grams {
                let text = format!("is said to weigh {} g; its goods weigh {} g", parcel.grams, goods.grams);
                notes.parcel(Rule::F8, row, text);
            }
            if u128::from(parcel.cm3.0) != goods.cm3 {
                let text = format!("is said to fill {} cm³; its goods fill {} cm³", parcel.cm3, goods.cm3);
                notes.parcel(Rule::F8, row, text);
            }
        }
        for leg in &parcel.legs {
            if let Some(lane) = case.world.lanes().get(leg.lane) {
                let key = name(case.world.lane_names(), leg.lane);
                within(row, goods, &lane.largest, &format!("lane {key}"), notes);
            }
        }
        if parcel.hand_over.is_some()
            && let Some(hands_over) = &case.world.nodes()[case.order.to].hands_over
        {
            within(row, goods, &hands_over.largest, "the hand-over node", notes);
        }
    }
}

fn within(row: usize, goods: &Goods, largest: &ParcelLimit, at: &str, notes: &mut Notes) {
    if let Some(most) = largest.grams.filter(|most| goods.grams > u128::from(most.0)) {
        notes.parcel(Rule::F8, row, format!("weighs {} g; {at} takes {most} g", goods.grams));
    }
    if let Some(most) = largest.cm3.filter(|most| goods.cm3 > u128::from(most.0)) {
        notes.parcel(Rule::F8, row, format!("fills {} cm³; {at} takes {most} cm³", goods.cm3));
    }
    if let Some(mut most) = largest.size_mm {
        most.sort_unstable();
        if goods.size_mm.iter().zip(most).any(|(&side, most)| side > most) {
            let text = format!("has units of up to {:?} mm; {at} takes {most:?} mm", goods.size_mm);
            notes.parcel(Rule::F8, row, text);
        }
    }
}
