//! Bugs that can be planted on purpose, one at a time, to see that some test notices each of them.
//!
//! `planted!(Bug)` asks whether that one is planted; `planted!(Bug => wrong)` does what is wrong if it is. Both are
//! nothing in an ordinary build. With feature `planted` the environment says which one it is (`VOLOK_PLANTED`), and
//! `make planted` tries them all: see `docs/planted.md`.

#[cfg(feature = "planted")]
mod bug;

#[cfg(feature = "planted")]
pub(super) use bug::{Bug, any, count_again, is_planted};

/// What a build without feature `planted` answers.
#[cfg(not(feature = "planted"))]
pub(super) const NEVER: bool = false;

#[cfg(not(feature = "planted"))]
macro_rules! planted {
    ($bug:ident) => {
        $crate::ledger::planted::NEVER
    };
    ($bug:ident => $($wrong:tt)*) => {};
}

#[cfg(feature = "planted")]
macro_rules! planted {
    ($bug:ident) => {
        $crate::ledger::planted::is_planted($crate::ledger::planted::Bug::$bug)
    };
    ($bug:ident => $($wrong:tt)*) => {
        if planted!($bug) {
            $($wrong)*
        }
    };
}
