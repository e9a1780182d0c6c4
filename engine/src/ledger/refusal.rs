//! Why the ledger says no: a code, the line, what was asked, what there is, what would help.

use std::fmt;

/// A refusal. Nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub code: Code,
    /// Which command of a group was refused, from 0; nothing where the command was none of a group.
    pub command: Option<u16>,
    /// The line or row of the command that was refused, from 0.
    pub line: u16,
    /// The number asked for.
    pub asked: u64,
    /// The number there is.
    pub there_is: u64,
}

impl Refusal {
    pub(super) fn new(code: Code, asked: impl Into<u64>, there_is: impl Into<u64>) -> Refusal {
        Refusal { code, command: None, line: 0, asked: asked.into(), there_is: there_is.into() }
    }

    pub(super) fn on(mut self, line: usize) -> Refusal {
        self.line = u16::try_from(line).unwrap_or(u16::MAX);
        self
    }

    pub(super) fn of_command(mut self, row: usize) -> Refusal {
        self.command = Some(u16::try_from(row).unwrap_or(u16::MAX));
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refusal { code, command, line, asked, there_is } = self;
        if let Some(command) = command {
            write!(f, "command {command}: ")?;
        }
        write!(f, "{} (line {line}): asked {asked}, there is {there_is}; {}", code.code(), code.advice())
    }
}

macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident $code:literal $stored:literal $advice:literal;)*) => {
        /// Why the ledger says no. Which of several reasons is told, docs/ledger.md says for each command.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$meta])* $name,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// Stable name.
            pub fn code(self) -> &'static str {
                match self { $(Code::$name => $code,)* }
            }

            /// What would help.
            pub fn advice(self) -> &'static str {
                match self { $(Code::$name => $advice,)* }
            }

            /// Whether the refusal depends on the state and is remembered under the key: the same key gets it again.
            pub fn is_remembered(self) -> bool {
                match self { $(Code::$name => $stored,)* }
            }
        }
    };
}

impl Code {
    /// Whether someone quicker may be the reason, so that another plan may be held.
    pub fn may_be_a_race(self) -> bool {
        matches!(self, Code::CellShort | Code::NotEnough | Code::Fenced | Code::Full)
    }
}

codes! {
    /// The ledger found itself broken and takes nothing more.
    Poisoned "poisoned" false "the ledger stopped; open it again, and send us its log if that fails";
    /// The clock shows a moment the ledger has no number for.
    ClockOutOfRange "clock_out_of_range" false "set the clock: moments from 1970 to 2106 have numbers";
    /// Nobody opened a book for the tenant.
    UnknownTenant "unknown_tenant" false "register something for the tenant first";
    /// Nothing is asked for.
    Empty "empty" false "name at least one line, and at most one thing twice";
    /// More lines, claims or rows than one command may have.
    TooMany "too_many" false "send several smaller commands";
    /// A quantity of zero or beyond the limit, or a life, window or count beyond its limit.
    OutOfRange "out_of_range" false "ask for at least one and at most what the limits allow";
    /// A list is not rising, a name is empty or too long, or a rule makes no sense.
    Malformed "malformed" false "send it as the documentation of the command says";
    /// The key was used for another request.
    KeyReused "key_reused" false "use a new key for a new request";
    /// A number was never given.
    Unknown "unknown" true "register it first, or use a number the book gave";
    /// The name or the cell is there already.
    AlreadyKnown "already_known" true "use the number it has";
    /// The cells of a move are not of one SKU and owner.
    Mismatch "mismatch" true "move between cells of the same SKU and owner";
    /// A table, or a hold, has no room for more rows.
    Crowded "crowded" true "use another hold; or open the ledger anew where its tables are full";
    /// A report arrived before the one that precedes it.
    OutOfOrder "out_of_order" true "send the reports of the source in their order, without gaps";
    /// There is no such hold.
    UnknownHold "unknown_hold" true "use the number the place answered; ended holds are forgotten after some days";
    /// There is no such parcel.
    UnknownParcel "unknown_parcel" true "use the number that writing it down answered; orders long over are forgotten";
    /// The hold has ended.
    HoldEnded "hold_ended" true "place a new hold; an ended one never changes";
    /// The hold changed since the client saw it.
    VersionConflict "version_conflict" true "read the hold, and decide again";
    /// The hold belongs to someone else.
    OtherCustomer "other_customer" true "name a hold of the same customer";
    /// The channel takes simple holds only.
    SimpleOnly "simple_only" true "hold one item, or let the channel take multi-reserve";
    /// A rule against repeated holding.
    LimitReached "limit_reached" true "buy what is held, or wait until the window has passed";
    /// The hold would end earlier than it does.
    WouldShorten "would_shorten" true "ask for a longer life, or release the hold";
    /// The hold would live longer than holds may.
    LifeCapped "life_capped" true "ask for less; a new hold can follow";
    /// The hold holds less of it.
    NotHeld "not_held" true "name what the hold holds, at most as much";
    /// Nothing would be held any more.
    NothingLeft "nothing_left" true "release the hold instead";
    /// A parcel that is packed is not merged, and one that is merged is not packed.
    OtherKind "other_kind" true "pack what has picks, merge what has parts";
    /// The parcel is packed, or merged out of its parts.
    PackedAlready "packed_already" true "read the parcel: it has left, or stands where it was merged";
    /// The parcel was not packed yet, or not merged out of its parts.
    NotPacked "not_packed" true "report first that it was packed, or merge its parts";
    /// The parcel is in another one.
    MergedAlready "merged_already" true "name the parcel it was merged into";
    /// All of the parcel was handed over, but for what went back.
    HandedOverAlready "handed_over_already" true "nothing: the customer has it";
    /// All of the parcel went back.
    WentBack "went_back" true "nothing: read its order for what goes back in another parcel";
    /// The parcel stands at this node since an earlier report.
    ArrivedAlready "arrived_already" true "nothing: it is there; if another one came, name that";
    /// The parcel is expected, or stands, elsewhere.
    NotExpectedHere "not_expected_here" true "send it to the node where it belongs";
    /// The parcel is on its way.
    NotHere "not_here" true "report its arrival first";
    /// The parcel is where it ends.
    GoesNoFurther "goes_no_further" true "merge it, hand it over, or take it back";
    /// The parcel is a part of another one, goes back, or is handed over at another node.
    NotForHandOver "not_for_hand_over" true "merge it or send it on, or take it back";
    /// Others are missing: parts of a merge, or deliveries of an order that is handed over together.
    Incomplete "incomplete" true "wait for the others; parts may be merged without what never comes, or once they have waited long enough";
    /// The parcel was kept as long as it is kept.
    NotKept "not_kept" true "take it back into stock, or send it back";
    /// Less of it is in the parcel.
    NotInside "not_inside" true "name what is in the parcel, at most as much";
    /// Announced supply is not there yet.
    NotArrived "not_arrived" true "wait for it, or report its arrival";
    /// Less is on hand.
    NotOnHand "not_on_hand" true "count the cell, or report what came in";
    /// The sum passes what a cell can hold.
    CellFull "cell_full" true "spread it over several cells";
    /// More is held of the cell than is there, so nothing new is held on it.
    CellShort "cell_short" true "re-plan the holds it is short of, or receive more";
    /// Fewer units are free.
    NotEnough "not_enough" true "ask for less, take it elsewhere, or wait for holds to end";
    /// What is left is kept for other channels.
    Fenced "fenced" true "lower the fence, or open it to the channel";
    /// A departure, day, buffer or hand-over point has no room for it.
    Full "full" true "plan again: what the plan claims was taken meanwhile";
    /// Fewer codes for handling units are left of this company prefix and extension digit.
    CodesUsedUp "codes_used_up" true "use another extension digit, or another company prefix";
    /// Too little time has passed to forget that.
    TooYoung "too_young" true "keep what is younger than three days and than the longest life of a hold";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_malformed_requests_are_not_remembered() {
        let mut names: Vec<&str> = Code::ALL.iter().map(|code| code.code()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(!Code::TooMany.is_remembered() && Code::NotEnough.is_remembered());
    }

    #[test]
    fn a_refusal_says_what_was_asked_and_what_there_is() {
        let refusal = Refusal::new(Code::NotEnough, 3u32, 2u32).on(1);
        assert!(refusal.to_string().starts_with("not_enough (line 1): asked 3, there is 2; ask for less"));
    }
}
