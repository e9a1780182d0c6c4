//! Volok decides where each unit of an order comes from and in which parcels it travels.

pub mod split;
