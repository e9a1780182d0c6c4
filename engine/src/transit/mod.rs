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
//! This room does not know orders, stock or temperature: what may ride is decided further right. Today a way is one
//! leg; routes of several legs, as the undominated pairs of arrival and cost, belong here beside [`Way`].

mod calendar;
mod carriage;
mod clock;
mod departures;
mod network;
pub mod router;
mod spans;
mod tables;
#[cfg(test)]
mod tests;

pub use calendar::Hours;
pub use carriage::{chargeable, price};
pub use departures::{Departure, Departures, Timetable};
pub use network::{Finding, Network};
pub use tables::{Transit, Way};
