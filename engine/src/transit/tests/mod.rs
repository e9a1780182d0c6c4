//! Tests of the room: small hand-made calendars and worlds, and a plain model on civil time to compare with.

mod hours;
mod naive;
mod schedules;
mod speed;
mod stories;
mod worlds;
