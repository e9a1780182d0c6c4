//! A batch whose orders are spread over workers: prices here, orders there.
//!
//! Workers lay out their orders' problems and are asked at prices; what all of them together wish for moves the prices, and
//! bounds what any plans cost, as on one machine (Lagrange's bound is a sum over orders). Then each worker hands out among
//! its orders a share of the stock that is its own, so nobody waits for anybody. Orders that wish for the same dear shelf
//! come together in one part the next time, so that they find each other. At last all plans are taken one after another
//! here; one that does not fit beside the others, because of room somewhere or a lot passed over, is made anew.
//!
//! A worker's answers depend on nothing but the question and what all share, so another one may answer in its place.

mod drive;
mod settle;
mod share;
mod worker;

pub use drive::{PartsError, Workers};
