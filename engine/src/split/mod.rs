//! Which parcels are cheapest? Exact search on arrays: it has never heard of a warehouse.

pub mod facility;
