//! A PostgreSQL to break: a server of a test's own, and something in between that cuts, refuses and delays.

mod proxy;
mod server;

pub use proxy::{Cut, Proxy};
pub use server::{Server, address};
