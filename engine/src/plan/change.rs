//! What of an old plan does not stay as it was in a new one?

use super::{Leg, Parcel, Plan};

/// Parcels of the old plan that are not in the new one with the same goods from the same cells, parts, departures and end.
pub(crate) fn changed(old: &Plan, new: &Plan) -> u32 {
    let stays = |row: usize| (0..new.parcels.len()).any(|other| is_same((old, row), (new, other)));
    (0..old.parcels.len()).filter(|&row| !stays(row)).count() as u32
}

/// Whether two plans have a parcel in common.
fn is_same(one: (&Plan, usize), other: (&Plan, usize)) -> bool {
    let rides = |leg: &Leg| (leg.lane, leg.compartment, leg.departs_at);
    let (a, b): (&Parcel, &Parcel) = (&one.0.parcels[one.1], &other.0.parcels[other.1]);
    let parts = || {
        let mut parts = a.parts.iter().zip(&b.parts);
        parts.all(|(&a, &b)| is_same((one.0, usize::from(a)), (other.0, usize::from(b))))
    };
    a.node == b.node
        && a.picks == b.picks
        && a.hand_over.is_some() == b.hand_over.is_some()
        && a.legs.iter().map(rides).eq(b.legs.iter().map(rides))
        && a.parts.len() == b.parts.len()
        && parts()
}
