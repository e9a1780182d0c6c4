//! What the one who decides a batch in parts and its workers tell each other. Both have the same world, stock and orders,
//! so cells and orders are numbers here, and nothing is said twice.

use super::Plan;
use serde::{Deserialize, Serialize};

/// A question to a worker about its part of the orders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartAsked {
    /// Which orders are its part, as rows of all of them. The same rows as before are not laid out again.
    pub orders: Vec<u32>,
    /// What orders of higher priority took: units by stock cell, rising.
    pub taken: Vec<(u32, u32)>,
    /// What is to be done.
    pub work: PartWork,
}

/// What a worker does. Prices are those of shelves: the first stock cell of each, and minor units a unit; shelves that are
/// not named cost nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartWork {
    /// Tell what all orders of the part together wish for at prices.
    Wishes {
        /// At which prices.
        prices: Vec<(u32, i64)>,
    },
    /// Hand out among the orders of the part what the part has.
    HandOut {
        /// At which prices.
        prices: Vec<(u32, i64)>,
        /// Units the part has, by stock cell, those that its orders have already among them.
        share: Vec<(u32, u32)>,
        /// By order, what it has already; empty when none has anything.
        has: Vec<Given>,
        /// Where orders have something: how often each is asked to do better, on average.
        rounds: u32,
        /// What chance does.
        seed: u64,
    },
    /// Plan each order from exactly what it was given.
    Plans {
        /// By order.
        given: Vec<Given>,
    },
    /// Tell which orders would take of some shelves if everything were free of charge.
    Takers {
        /// The first stock cells of these shelves.
        shelves: Vec<u32>,
    },
}

/// What one order is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// What it costs then, minor units.
    pub cost: i64,
    /// Units by stock cell.
    pub takes: Vec<(u32, u32)>,
    /// Shelves it wishes for at the prices asked, the dearest first: their first stock cells, a few.
    #[serde(default)]
    pub wishes: Vec<u32>,
}

/// What a worker answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartAnswer {
    /// To [`PartWork::Wishes`].
    Wishes {
        /// Proven: what the orders pay at least in sum, prices with it.
        least: i64,
        /// What their wishes cost, prices apart.
        cost: i64,
        /// Units wished for, by stock cell.
        wanted: Vec<(u32, u64)>,
    },
    /// To [`PartWork::HandOut`], by order of the part.
    Given(Vec<Given>),
    /// To [`PartWork::Plans`], by order of the part; nothing where an order cannot be planned so.
    Plans(Vec<Option<Plan>>),
    /// To [`PartWork::Takers`], by shelf asked: rows of orders, rising.
    Takers(Vec<Vec<u32>>),
}

impl PartAsked {
    /// As it is sent.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// What was sent; nothing for what is no question.
    pub fn from_bytes(bytes: &[u8]) -> Option<PartAsked> {
        serde_json::from_slice(bytes).ok()
    }
}

impl PartAnswer {
    /// As it is sent.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// What was sent; nothing for what is no answer.
    pub fn from_bytes(bytes: &[u8]) -> Option<PartAnswer> {
        serde_json::from_slice(bytes).ok()
    }
}
