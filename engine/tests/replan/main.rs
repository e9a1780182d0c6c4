//! Plans made again after something went wrong: the judge finds nothing, and small ones cost what an enumeration says.

#![cfg(feature = "testkit")]

mod disrupt;
mod oracle;
mod random;
