//! Published problems whose facilities hold only so much: read from files, all numbers whole.

use std::path::Path;

use crate::ufl_file::{Decimal, ReadError, Words, places_of, text_of, times_ten_to};

/// Facilities with room, and customers whose demand may be shared among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sites {
    /// By facility, how many units it holds.
    pub room: Vec<u32>,
    /// By facility, what opening it costs, times [`Sites::scale`].
    pub fixed: Vec<i64>,
    /// By customer, how many units it wants; at least one.
    pub demand: Vec<u32>,
    /// Customer by customer, what all its demand costs from each facility, times [`Sites::scale`].
    pub cost: Vec<i64>,
    /// Power of ten that the file's costs were multiplied by.
    pub scale: i64,
}

/// Plants that send to depots, which send to customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stages {
    /// By plant, how many units it makes, and what opening it costs.
    pub plants: Vec<(u32, i64)>,
    /// By depot, how many units pass it, and what opening it costs.
    pub depots: Vec<(u32, i64)>,
    /// By customer, how many units it wants; at least one.
    pub demand: Vec<u32>,
    /// Plant by plant, what a unit costs to each depot.
    pub inward: Vec<i64>,
    /// Depot by depot, what a unit costs to each customer.
    pub outward: Vec<i64>,
}

impl Sites {
    /// What all demand of a customer costs from a facility.
    #[must_use]
    pub fn cost_of(&self, customer: usize, site: usize) -> i64 {
        self.cost[customer * self.room.len() + site]
    }

    /// Reads a file of the OR-Library, packed with gzip or not.
    ///
    /// # Errors
    /// [`ReadError`] when it cannot be opened or is not in the format.
    pub fn read(path: &Path) -> Result<Sites, ReadError> {
        Sites::parse(&text_of(path)?)
    }

    /// `m n`, m rows `room fixed`, for each customer `demand` and m costs of all of it.
    ///
    /// # Errors
    /// [`ReadError`] when the text is not in the format.
    pub fn parse(text: &str) -> Result<Sites, ReadError> {
        let mut words = Words::of(text);
        let sites = words.count("the number of facilities")?;
        let customers = words.count("the number of customers")?;
        let (mut room, mut fixed) = (Vec::new(), Vec::new());
        for _ in 0..sites {
            room.push(units(&mut words, "a capacity")?);
            fixed.push(words.decimal("an opening cost")?);
        }
        let (mut demand, mut cost) = (Vec::new(), Vec::new());
        for _ in 0..customers {
            let units = units(&mut words, "a demand")?;
            let costs: Vec<Decimal> =
                (0..sites).map(|_| words.decimal("the cost of an arc")).collect::<Result<_, _>>()?;
            if units > 0 {
                demand.push(units);
                cost.extend(costs);
            }
        }
        words.end()?;
        let places = places_of(fixed.iter().chain(&cost));
        let whole = |value: &Decimal| times_ten_to(value, places);
        Ok(Sites {
            room,
            fixed: fixed.iter().map(whole).collect(),
            demand,
            cost: cost.iter().map(whole).collect(),
            scale: 10_i64.pow(places),
        })
    }
}

impl Stages {
    /// Reads a file, packed with gzip or not.
    ///
    /// # Errors
    /// [`ReadError`] when it cannot be opened or is not in the format.
    pub fn read(path: &Path) -> Result<Stages, ReadError> {
        Stages::parse(&text_of(path)?)
    }

    /// `plants depots customers`, the demands, a row `room fixed` for each plant, costs of a unit plant by plant to each
    /// depot, a row `room fixed` for each depot, costs of a unit depot by depot to each customer. Whole numbers only.
    /// Customers that want nothing are left out.
    ///
    /// # Errors
    /// [`ReadError`] when the text is not in the format.
    pub fn parse(text: &str) -> Result<Stages, ReadError> {
        let mut words = Words::of(text);
        let plants = words.count("the number of plants")?;
        let depots = words.count("the number of depots")?;
        let customers = words.count("the number of customers")?;
        let demand: Vec<u32> =
            (0..customers).map(|_| units(&mut words, "a demand")).collect::<Result<_, _>>()?;
        let places = |words: &mut Words<'_>, many: usize| -> Result<Vec<(u32, i64)>, ReadError> {
            (0..many).map(|_| Ok((units(words, "a capacity")?, whole(words, "an opening cost")?))).collect()
        };
        let costs = |words: &mut Words<'_>, many: usize| -> Result<Vec<i64>, ReadError> {
            (0..many).map(|_| whole(words, "the cost of a unit")).collect()
        };
        let of_plants = places(&mut words, plants)?;
        let inward = costs(&mut words, plants.saturating_mul(depots))?;
        let of_depots = places(&mut words, depots)?;
        let all_outward = costs(&mut words, depots.saturating_mul(customers))?;
        words.end()?;
        let wants = |row: &usize| demand[row % customers] > 0;
        let outward = (0..all_outward.len()).filter(wants).map(|row| all_outward[row]).collect();
        let demand = demand.iter().copied().filter(|&units| units > 0).collect();
        Ok(Stages { plants: of_plants, depots: of_depots, demand, inward, outward })
    }
}

/// A whole number, as a decimal that may be written with a point.
fn whole(words: &mut Words<'_>, expected: &'static str) -> Result<i64, ReadError> {
    let value = words.decimal(expected)?;
    match value.places {
        0 => Ok(value.digits),
        _ => Err(ReadError::Word { word: format!("{}e-{}", value.digits, value.places), expected }),
    }
}

fn units(words: &mut Words<'_>, expected: &'static str) -> Result<u32, ReadError> {
    let value = whole(words, expected)?;
    u32::try_from(value).map_err(|_| ReadError::Word { word: value.to_string(), expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facilities_with_room_are_read() {
        let sites = Sites::parse("2 3\n10 7.5\n20. 0.\n4\n1 2.25\n0\n9 9\n6\n3 4.\n").expect("well formed");
        let right = Sites {
            room: vec![10, 20],
            fixed: vec![750, 0],
            demand: vec![4, 6],
            cost: vec![100, 225, 300, 400],
            scale: 100,
        };
        assert_eq!(sites, right);
        assert_eq!(sites.cost_of(1, 0), 300);
    }

    #[test]
    fn two_stages_are_read() {
        let text = "1 2 3\n5 0 7\n30 100\n1 2\n20 50\n25 60\n3 4 5\n6 7 8\n";
        let right = Stages {
            plants: vec![(30, 100)],
            depots: vec![(20, 50), (25, 60)],
            demand: vec![5, 7],
            inward: vec![1, 2],
            outward: vec![3, 5, 6, 8],
        };
        assert_eq!(Stages::parse(text).expect("well formed"), right);
    }

    #[test]
    fn half_a_unit_is_no_capacity() {
        let fault = Sites::parse("1 1\n2.5 1\n1 1\n");
        assert!(matches!(fault, Err(ReadError::Word { expected: "a capacity", .. })), "{fault:?}");
    }
}
