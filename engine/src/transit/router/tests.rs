//! Stories, random timetables against trying everything, and a world against its own calendars.

mod random;
mod stories;
mod world;
