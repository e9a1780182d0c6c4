//! All bugs that can be planted, each in a sentence.

use crate::ledger::book::Book;
use crate::ledger::command::{Body, Command, Place};
use crate::ledger::number::Key;
use crate::ledger::outcome::Outcome;
use std::sync::LazyLock;

macro_rules! bugs {
    ($($(#[$meta:meta])* $name:ident $called:literal;)*) => {
        /// A bug. Its sentence says what the ledger does wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(in crate::ledger) enum Bug {
            $($(#[$meta])* $name,)*
        }

        /// All of them, by what the environment calls them.
        const ALL: &[(&str, Bug)] = &[$(($called, Bug::$name)),*];
    };
}

bugs! {
    /// Lines on one cell are each checked alone, not as their sum.
    SkipSum "skip-sum";
    /// A hold takes a short cell's units although there are too few already.
    HoldsOnShortCell "holds-on-short-cell";
    /// A cell with less than is held of it does not say so.
    ShortageUnseen "shortage-unseen";
    /// Safety stock is promised.
    SafetyIgnored "safety-ignored";
    /// A batch that has expired is given to whoever asks for the SKU.
    ExpiredLotGiven "expired-lot-given";
    /// What expires first does not leave first.
    LatestLotFirst "latest-lot-first";
    /// A move takes units from one cell and gives them to none.
    MoveLosesUnits "move-loses-units";
    /// A report that was taken is taken again.
    ReportTwice "report-twice";
    /// A report is taken although one before it is missing.
    GapInReports "gap-in-reports";

    /// A hold ends a second before its time.
    ExpiresEarly "expires-early";
    /// A hold still holds at the second at which it ends.
    ExpiresLate "expires-late";
    /// A cell counts an ended hold for one second more.
    CellHoldsOn "cell-holds-on";
    /// A hold that has ended is changed as if it lived.
    EndedLives "ended-lives";
    /// A change does not count the version up.
    VersionStays "version-stays";
    /// The version the client saw is not looked at.
    VersionUnread "version-unread";
    /// A release gives the units back twice.
    DoubleRelease "double-release";
    /// Units dropped by an adjust stand in the way of those it adds.
    OwnUnitsBlock "own-units-block";
    /// A refused adjust drops what it was to drop all the same.
    AdjustByHalves "adjust-by-halves";
    /// A refused group keeps what it did before the refusal.
    GroupByHalves "group-by-halves";
    /// A channel of simple holds lets them be adjusted.
    SimpleAdjusted "simple-adjusted";
    /// The hold that a new one replaces lives on.
    OldHoldStays "old-hold-stays";
    /// A new hold replaces one of another customer.
    AnyonesHoldReplaced "anyones-hold-replaced";
    /// A hold is placed for longer than any may live.
    LifeUncapped "life-uncapped";
    /// Extensions go on past the longest life.
    ExtensionsUncapped "extensions-uncapped";
    /// An extension to an earlier end is taken.
    ExtendShortens "extend-shortens";
    /// The number of a forgotten hold opens the hold that has it now.
    OldNumberOpens "old-number-opens";

    /// Units handed over stay held.
    SaleLeavesHeld "sale-leaves-held";
    /// Units handed over stay on hand.
    SaleLeavesOnHand "sale-leaves-on-hand";
    /// Announced units are handed over before they are there.
    SoldBeforeArrival "sold-before-arrival";
    /// What is not handed over is given back twice.
    RemainderTwice "remainder-twice";
    /// The receipt names an entity that has no contract with the customer.
    ReceiptOfAnother "receipt-of-another";

    /// A fence keeps nobody out.
    FenceIgnored "fence-ignored";
    /// A fence keeps out those it is for.
    FenceInverted "fence-inverted";
    /// Units sold out of a fence are still kept by it.
    SoldStaysFenced "sold-stays-fenced";
    /// Room claimed by a hold is not given back when the hold expires.
    ClaimOutlivesHold "claim-outlives-hold";
    /// Room claimed by a hold is not given back when it is released.
    ClaimsStay "claims-stay";
    /// One more than there is room for is let in.
    ClaimOverByOne "claim-over-by-one";

    /// A limit of one customer counts the holds of another.
    LimitOfAnyone "limit-of-anyone";
    /// Holds that ran out do not count as unbought.
    ExpiredNotCounted "expired-not-counted";
    /// A request sent again counts against the limit once more.
    ReplayCounts "replay-counts";

    /// Keys are forgotten at once.
    KeyForgotten "key-forgotten";
    /// Keys of refused requests are forgotten at once.
    RefusalForgotten "refusal-forgotten";
    /// Another request under a known key gets the known answer.
    AnyBodyUnderKey "any-body-under-key";
    /// A key of one tenant answers for another.
    KeysShared "keys-shared";
    /// What is younger than three days is forgotten.
    ForgetsTheYoung "forgets-the-young";

    /// Ledger time follows a clock that goes back.
    TimeFollowsBack "time-follows-back";
    /// A clock that jumps far forward is believed.
    JumpBelieved "jump-believed";

    /// Requests are answered although the store failed to write them.
    AnswersUnsafe "answers-unsafe";
    /// After the store failed the ledger goes on.
    GoesOnAfterFailure "goes-on-after-failure";
    /// A broken invariant does not stop the ledger.
    PoisonIgnored "poison-ignored";
    /// An append returns before it is safe.
    FlushDropped "flush-dropped";
    /// The file is not flushed at a commit.
    SynchronousOff "synchronous-off";
    /// Two handles write to one file.
    SecondOpens "second-opens";
    /// An append is taken although the log ends elsewhere.
    AppendsAnywhere "appends-anywhere";

    /// A torn end is told and left where it is.
    TornEndStays "torn-end-stays";
    /// Damage with more behind it is taken for a torn end.
    DamageTakenForTorn "damage-taken-for-torn";
    /// A changed bit of a group is not noticed by its hash.
    BitsUnchecked "bits-unchecked";
    /// A missing group is not noticed by its place.
    HoleUnseen "hole-unseen";
    /// A group of another log is read as one of this.
    OtherLogTaken "other-log-taken";
    /// An operation done again may have another answer than it had.
    AnswersNotCompared "answers-not-compared";
    /// A damaged snapshot is believed.
    SnapshotUnchecked "snapshot-unchecked";
    /// Snapshots leave out safety stock.
    SnapshotWithoutSafety "snapshot-without-safety";
    /// Snapshots leave out the capacity that holds claim.
    SnapshotWithoutClaims "snapshot-without-claims";
    /// Snapshots leave out what repeat rules remember.
    SnapshotWithoutHistory "snapshot-without-history";

    /// Planners see what expired as still held.
    ViewForgetsExpiry "view-forgets-expiry";
    /// Holds that a short cell cannot serve are told without regard to who goes first.
    HitsIgnorePriority "hits-ignore-priority";
}

/// The one that the environment names.
static PLANTED: LazyLock<Option<Bug>> = LazyLock::new(|| {
    let name = std::env::var("VOLOK_PLANTED").ok()?;
    let found = ALL.iter().find(|bug| bug.0 == name);
    // A run that plants nothing by mistake would look as if nothing had been noticed.
    Some(found.unwrap_or_else(|| panic!("VOLOK_PLANTED: no bug is called {name}")).1)
});

/// Whether it is this one.
pub(in crate::ledger) fn is_planted(bug: Bug) -> bool {
    *PLANTED == Some(bug)
}

/// What a key was answered in any book.
pub(in crate::ledger) fn any(books: &[Option<Box<Book>>], key: Key) -> Option<Outcome> {
    books.iter().flatten().find_map(|book| book.answered(key))
}

/// Counts the last hold of the customer who asks once more.
pub(in crate::ledger) fn count_again(books: &mut [Option<Box<Book>>], command: &Command) {
    let Body::Place(Place { customer: Some(customer), .. }) = command.body else { return };
    let book = books.get_mut(usize::from(command.tenant.0)).and_then(Option::as_mut);
    if let Some(past) = book.and_then(|book| book.history.customers.get_mut(&customer)) {
        past.extend(past.back().cloned());
    }
}
