"""Volok decides where each unit of an order comes from and in which parcels it travels.

    >>> import volok
    >>> world = volok.World.load("world.json")
    >>> plan = world.plan({"id": "1001", "channel": "site", ...})
    >>> plan["cost"], plan["status"]
    (22900, 'optimal')

Many orders come as columns and leave as columns, whatever library has them:

    >>> plans = world.plan_many(orders, lines)      # frames of polars, pandas, pyarrow, a DuckDB relation
    >>> polars.DataFrame(plans.parcels)

One order's plan shows itself in a notebook, and `volok.plot` draws what many have in common.

What was decided becomes binding in a ledger:

    >>> with volok.Ledger("data", world=world) as ledger:
    ...     hold = ledger.place("site", "point", [{"sku": "pen", "qty": 2, "node": "north"}], life=3600, key="r-1")

Documents are those of the command line: ``volok schema world``, ``order``, ``plan`` prints their JSON Schema. Money is
in minor units, moments are RFC 3339 text or timestamps with a zone.
"""

from ._errors import Defect, DefectsError, ReadError
from ._ledger import Desk, Group, Ledger
from ._ledger_errors import (
    AlreadyKnown,
    ArrivedAlready,
    CellFull,
    CellShort,
    ClockOutOfRange,
    CodesUsedUp,
    Crowded,
    Empty,
    Fenced,
    Full,
    GoesNoFurther,
    HandedOverAlready,
    HoldEnded,
    Incomplete,
    KeyReused,
    LedgerDamaged,
    LedgerError,
    LedgerForked,
    LedgerInUse,
    LedgerStopped,
    LifeCapped,
    LimitReached,
    Malformed,
    MergedAlready,
    Mismatch,
    NotArrived,
    NotEnough,
    NotExpectedHere,
    NotForHandOver,
    NotHeld,
    NotHere,
    NotInside,
    NotKept,
    NotOnHand,
    NotPacked,
    NothingLeft,
    NothingToHold,
    OtherCustomer,
    OtherKind,
    OutOfOrder,
    OutOfRange,
    OutcomeUnknown,
    PackedAlready,
    Poisoned,
    Refused,
    SimpleOnly,
    StockChanged,
    TooMany,
    TooYoung,
    Unbound,
    Unknown,
    UnknownHold,
    UnknownParcel,
    UnknownTenant,
    VersionConflict,
    WentBack,
    WouldShorten,
)
from ._plan import Plan
from ._volok import Batch, Generated, Part, Plans, Prices, Rebatched, Table, World, __version__, generate, solve_split

__all__ = [
    "Batch",
    "AlreadyKnown",
    "ArrivedAlready",
    "CellFull",
    "CellShort",
    "ClockOutOfRange",
    "CodesUsedUp",
    "Crowded",
    "Defect",
    "DefectsError",
    "Desk",
    "Empty",
    "Fenced",
    "Full",
    "Generated",
    "GoesNoFurther",
    "Group",
    "HandedOverAlready",
    "HoldEnded",
    "Incomplete",
    "KeyReused",
    "Ledger",
    "LedgerDamaged",
    "LedgerError",
    "LedgerForked",
    "LedgerInUse",
    "LedgerStopped",
    "LifeCapped",
    "LimitReached",
    "Malformed",
    "MergedAlready",
    "Mismatch",
    "NotArrived",
    "NotEnough",
    "NotExpectedHere",
    "NotForHandOver",
    "NotHeld",
    "NotHere",
    "NotInside",
    "NotKept",
    "NotOnHand",
    "NotPacked",
    "NothingLeft",
    "NothingToHold",
    "OtherCustomer",
    "OtherKind",
    "OutOfOrder",
    "OutOfRange",
    "OutcomeUnknown",
    "PackedAlready",
    "Part",
    "Plan",
    "Plans",
    "Poisoned",
    "Prices",
    "ReadError",
    "Rebatched",
    "Refused",
    "SimpleOnly",
    "StockChanged",
    "Table",
    "TooMany",
    "TooYoung",
    "Unbound",
    "Unknown",
    "UnknownHold",
    "UnknownParcel",
    "UnknownTenant",
    "VersionConflict",
    "WentBack",
    "World",
    "WouldShorten",
    "__version__",
    "generate",
    "solve_split",
]
"""Public names."""
