//! Which ways, arriving when?
//!
//! Calendars and schedules answer here: open or closed, ready when, departing and arriving when, handed over when,
//! at what carriage. All of it is integer arithmetic on the world's tables: no question allocates, reads a clock or
//! knows the name of a time zone.
//!
//! [`Hours`] and [`Timetable`] are small copies that look into the world, or into [`Transit`], which holds the same
//! tables laid out for speed: each zone's offsets once for all calendars, and the direct ways to each node.
//!
//! [`router`] answers over all departures of many lanes at once, [`Network`] what ways there are at all.
//!
//! This room does not know orders, stock or temperature: what may ride is decided further right. A [`Way`] is one leg;
//! a [`Head`] is a chain of lanes to a cross-dock, and with a way from there a route of several legs.

mod calendar;
mod carriage;
mod clock;
mod departures;
mod network;
mod period;
pub mod router;
mod routes;
mod shut;
mod spans;
mod tables;
#[cfg(test)]
mod tests;

pub use calendar::Hours;
pub use carriage::{chargeable, price};
pub use departures::{Departure, Departures, Timetable};
pub use network::{Finding, Network};
pub use routes::{Head, Legs};
pub use tables::{Transit, Way};
