//! Who gets what when orders compete?
//!
//! Bidders want parts of goods that do not suffice for all. What serves a bidder best at given prices is asked of
//! [`Bidders`]; this room finds prices, hands the goods out so that the whole costs least, and proves how far from the
//! best that can be.
//!
//! 1. `dual`: what everyone pays at least at some prices in sum, less what the goods would fetch, is what no handing out
//!    costs less than (Lagrange's bound; Held and Karp 1970). Prices rise where more is wanted than there is: first by
//!    a `clock`, soon near the best, then by the `volume` algorithm.
//! 2. `award`: one after another takes what serves it best of what is left, paying prices, so that what others want more
//!    stays for them.
//! 3. `improve`: who did badly gets what it wants, whoever had it chooses anew with some others, and the better of before
//!    and after stays (ruin and recreate; Schrimpf et al. 2000), at first also some of the worse.
//!
//! This room has never heard of orders, stock or warehouses. The same bidders, seed and rounds give the same answer,
//! whatever the number of threads.

mod award;
mod clock;
mod dual;
mod goods;
mod improve;
mod random;
mod run;
mod seek;
mod volume;

pub use dual::Wished;
pub use goods::{Bid, Bidders, Goods, Left, price_of};
pub use run::{Answer, Progress, Terms, at_prices, improved, prices, run};
pub use seek::{Seek, Wishes};

#[cfg(test)]
mod tests;
