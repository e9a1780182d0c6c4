//! Stories, and random timetables against trying everything.

mod random;
mod stories;
