//! Speed and proof figures of Volok: readers of published problems, seeded generators, and one suite each.

pub mod figure;
pub mod split_sizes;
pub mod ufl;
pub mod ufl_file;
