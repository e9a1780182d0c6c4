"""Why the ledger says no, or cannot answer: an exception for each code of a refusal, and those of a ledger that failed."""

from typing import ClassVar


class LedgerError(Exception):
    """The ledger cannot answer."""


class LedgerInUse(LedgerError):
    """Another process, or another `Ledger` of this one, has it open."""


class LedgerDamaged(LedgerError):
    """What is in the log is not what was written; it is never repaired in silence."""


class OutcomeUnknown(LedgerError):
    """The store failed while the request was written: it is wholly done or not at all. Open the ledger again, and send
    the same key."""


class LedgerStopped(LedgerError):
    """The ledger stopped because it found itself broken; open it again."""


class LedgerForked(LedgerError):
    """This process is a child of the one that opened the ledger. Open it in one process only."""

    def __init__(self, process: int) -> None:
        super().__init__(process)
        self.process = process

    def __str__(self) -> str:
        return f"the ledger was opened by process {self.process}, of which this one is a child; open it in one process"


class NothingToHold(LedgerError):
    """The plan of an order delivers nothing, so nothing is held; the plan says why."""


class StockChanged(LedgerError):
    """Others took, each time, what a plan counted on; try again."""


class Unbound(LedgerError):
    """A world has something the ledger has not heard of; register it first."""


class Refused(Exception):
    """The ledger says no: nothing changed. Each code has a class of its own."""

    code: ClassVar[str]
    """Stable code, as ``not_enough``."""

    line: int
    """The line or row that was refused, from 0."""
    asked: int
    """The number asked for."""
    there_is: int
    """The number there is."""
    advice: str
    """What would help."""
    command: int | None
    """Which command of a group was refused, from 0; None where it was none of a group."""

    def __init__(
        self, line: int = 0, asked: int = 0, there_is: int = 0, advice: str = "", command: int | None = None
    ) -> None:
        super().__init__(line, asked, there_is, advice, command)
        self.line = line
        self.asked = asked
        self.there_is = there_is
        self.advice = advice
        self.command = command

    def __str__(self) -> str:
        where = f"command {self.command}: " if self.command is not None else ""
        return f"{where}{self.code} (line {self.line}): asked {self.asked}, there is {self.there_is}; {self.advice}"


class Poisoned(Refused):
    """The ledger found itself broken and takes nothing more."""

    code = "poisoned"


class ClockOutOfRange(Refused):
    """The clock shows a moment the ledger has no number for."""

    code = "clock_out_of_range"


class UnknownTenant(Refused):
    """Nobody opened a book for the tenant."""

    code = "unknown_tenant"


class Empty(Refused):
    """Nothing is asked for."""

    code = "empty"


class TooMany(Refused):
    """More lines, claims or rows than one command may have."""

    code = "too_many"


class OutOfRange(Refused):
    """A quantity of zero or beyond the limit, or a life, window or count beyond its limit."""

    code = "out_of_range"


class Malformed(Refused):
    """A list is not rising, a name is empty or too long, or a rule makes no sense."""

    code = "malformed"


class KeyReused(Refused):
    """The key was used for another request."""

    code = "key_reused"


class Unknown(Refused):
    """A number was never given."""

    code = "unknown"


class AlreadyKnown(Refused):
    """The name or the cell is there already."""

    code = "already_known"


class Mismatch(Refused):
    """The cells of a move are not of one SKU and owner."""

    code = "mismatch"


class Crowded(Refused):
    """A table, or a hold, has no room for more rows."""

    code = "crowded"


class OutOfOrder(Refused):
    """A report arrived before the one that precedes it."""

    code = "out_of_order"


class UnknownHold(Refused):
    """There is no such hold."""

    code = "unknown_hold"


class UnknownParcel(Refused):
    """There is no such parcel."""

    code = "unknown_parcel"


class HoldEnded(Refused):
    """The hold has ended."""

    code = "hold_ended"


class VersionConflict(Refused):
    """The hold changed since the client saw it."""

    code = "version_conflict"


class OtherCustomer(Refused):
    """The hold belongs to someone else."""

    code = "other_customer"


class SimpleOnly(Refused):
    """The channel takes simple holds only."""

    code = "simple_only"


class LimitReached(Refused):
    """A rule against repeated holding."""

    code = "limit_reached"


class WouldShorten(Refused):
    """The hold would end earlier than it does."""

    code = "would_shorten"


class LifeCapped(Refused):
    """The hold would live longer than holds may."""

    code = "life_capped"


class NotHeld(Refused):
    """The hold holds less of it."""

    code = "not_held"


class NothingLeft(Refused):
    """Nothing would be held any more."""

    code = "nothing_left"


class OtherKind(Refused):
    """A parcel that is packed is not merged, and one that is merged is not packed."""

    code = "other_kind"


class PackedAlready(Refused):
    """The parcel is packed, or merged out of its parts."""

    code = "packed_already"


class NotPacked(Refused):
    """The parcel was not packed yet, or not merged out of its parts."""

    code = "not_packed"


class MergedAlready(Refused):
    """The parcel is in another one."""

    code = "merged_already"


class HandedOverAlready(Refused):
    """All of the parcel was handed over, but for what went back."""

    code = "handed_over_already"


class WentBack(Refused):
    """All of the parcel went back."""

    code = "went_back"


class ArrivedAlready(Refused):
    """The parcel stands at this node since an earlier report."""

    code = "arrived_already"


class NotExpectedHere(Refused):
    """The parcel is expected, or stands, elsewhere."""

    code = "not_expected_here"


class NotHere(Refused):
    """The parcel is on its way."""

    code = "not_here"


class GoesNoFurther(Refused):
    """The parcel is where it ends."""

    code = "goes_no_further"


class NotForHandOver(Refused):
    """The parcel is a part of another one, goes back, or is handed over at another node."""

    code = "not_for_hand_over"


class Incomplete(Refused):
    """Others are missing: parts of a merge, or deliveries of an order that is handed over together."""

    code = "incomplete"


class NotKept(Refused):
    """The parcel was kept as long as it is kept."""

    code = "not_kept"


class NotInside(Refused):
    """Less of it is in the parcel."""

    code = "not_inside"


class NotArrived(Refused):
    """Announced supply is not there yet."""

    code = "not_arrived"


class NotOnHand(Refused):
    """Less is on hand."""

    code = "not_on_hand"


class CellFull(Refused):
    """The sum passes what a cell can hold."""

    code = "cell_full"


class CellShort(Refused):
    """More is held of the cell than is there, so nothing new is held on it."""

    code = "cell_short"


class NotEnough(Refused):
    """Fewer units are free."""

    code = "not_enough"


class Fenced(Refused):
    """What is left is kept for other channels."""

    code = "fenced"


class Full(Refused):
    """A departure, day, buffer or hand-over point has no room for it."""

    code = "full"


class CodesUsedUp(Refused):
    """Fewer codes for handling units are left of this company prefix and extension digit."""

    code = "codes_used_up"


class TooYoung(Refused):
    """Too little time has passed to forget that."""

    code = "too_young"


REFUSALS: dict[str, type[Refused]] = {refusal.code: refusal for refusal in Refused.__subclasses__()}
"""The class of each code."""


def _refused(code: str, line: int, asked: int, there_is: int, advice: str, command: int | None) -> Refused:
    return REFUSALS[code](line, asked, there_is, advice, command)
