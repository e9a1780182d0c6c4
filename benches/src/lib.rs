//! Speed, proof and quality figures of Volok: readers of published problems, seeded generators, one suite each.

pub mod figure;
pub mod gtfs;
pub mod quality;
pub mod sample;
pub mod split;
pub mod timetable;
pub mod typical;
pub mod ufl;
pub mod ufl_file;
