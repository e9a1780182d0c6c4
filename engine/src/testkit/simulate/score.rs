//! What plans come to.

use crate::plan::Plan;
use crate::world::Order;
use serde::Serialize;

/// What plans come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Cost without stock prices, minor units.
    pub cost: i64,
    /// Parcels handed over.
    pub parcels: i64,
    /// Parcels handed over after the promise.
    pub late_parcels: i64,
    /// Started hours after the promise, of all late parcels.
    pub late_hours: i64,
    /// Units not delivered.
    pub unfilled: i64,
}

impl Score {
    /// The score of one order's plan.
    pub fn of(order: &Order, plan: &Plan) -> Score {
        let ends = plan.parcels.iter().filter_map(|parcel| parcel.hand_over.as_ref());
        let late: Vec<i64> = ends
            .filter_map(|end| Some(end.at.0.saturating_sub(order.promise?.0)))
            .filter(|&late| late > 0)
            .map(|late| late.saturating_add(3_599) / 3_600)
            .collect();
        Score {
            cost: plan.cost().0.saturating_sub(plan.costs.stock.0),
            parcels: plan.deliveries() as i64,
            late_parcels: late.len() as i64,
            late_hours: late.iter().sum(),
            unfilled: plan.unfilled.iter().map(|row| i64::from(row.qty.0)).sum(),
        }
    }

    /// The scores together.
    #[must_use]
    pub fn and(self, other: Score) -> Score {
        Score {
            cost: self.cost.saturating_add(other.cost),
            parcels: self.parcels + other.parcels,
            late_parcels: self.late_parcels + other.late_parcels,
            late_hours: self.late_hours.saturating_add(other.late_hours),
            unfilled: self.unfilled + other.unfilled,
        }
    }
}

impl std::iter::Sum for Score {
    fn sum<I: Iterator<Item = Score>>(scores: I) -> Score {
        scores.fold(Score::default(), Score::and)
    }
}
