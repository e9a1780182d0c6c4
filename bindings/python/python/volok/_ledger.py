"""The ledger: what was decided becomes binding."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from types import TracebackType
from typing import Any, Literal

from ._volok import LedgerCore, Table, World

Key = str | int | None
"""What a client calls a request: sent again with the same key it has one effect. Text is digested to 128 bits; None
makes a new key, so that nothing can be sent again."""


def _number(key: Key) -> int:
    if key is None:
        return uuid.uuid4().int
    if isinstance(key, str):
        return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=16).digest(), "big")
    return key


class Ledger:
    """Stock, holds on it, and the keys of requests that were answered, in a log on disk.

    What a method returned is safe: it survives any crash. A refusal is an exception, one class for each code (all of
    them `volok.Refused`); then nothing changed. One process has a ledger open at a time. Threads share it; a forked
    child may not use it (`LedgerForked`).

        >>> with volok.Ledger("data", world=world) as ledger:
        ...     hold = ledger.place("site", "point", [{"sku": "pen", "qty": 2, "node": "north"}], life=3600, key="r-1")
        ...     ledger.fulfil(hold["hold"], key="r-2")
    """

    def __init__(
        self,
        path: str | PathLike[str] | None,
        *,
        world: World | None = None,
        tenant: int = 0,
        clock: Callable[[], int] | None = None,
    ) -> None:
        """Opens the ledger in a folder, or begins one there; None keeps it in memory and loses it at the end.

        `world` is written into the tenant's book where it has none: names, cells and what is on hand. Later the book
        goes its own way, and `world` is not looked at. `clock` returns nanoseconds since 1970 (`time.time_ns`).

        Raises `LedgerInUse`, `LedgerDamaged`, `LedgerError`.
        """
        self._core = LedgerCore(path, world=world, tenant=tenant, clock=clock or time.time_ns)

    @staticmethod
    def verify(path: str | PathLike[str]) -> dict[str, Any]:
        """Does a whole log again and compares each answer, the snapshot and every sum; changes nothing.

        `operations`, hashes `log` and `state`, the operation the `snapshot` is as of, whether the end is `torn`, and
        which invariant is `broken` (None when all is well). No process may have the ledger open.
        """
        verified: dict[str, Any] = LedgerCore.verify(path)
        return verified

    def place(
        self,
        channel: str,
        node: str,
        lines: Iterable[Mapping[str, Any]],
        *,
        life: int,
        customer: int | None = None,
        priority: int = 0,
        instead_of: int | None = None,
        key: Key = None,
    ) -> dict[str, Any]:
        """Holds units for `life` seconds: all lines or none.

        A line is `{"sku": …, "qty": …}`, of what expires first at `node` (or at the line's own `"node"`), or
        `{"cell": number, "qty": …}`. `instead_of` names a hold of the same customer that ends in the same instant.

        Returns `hold` (its number), `version`, `state`, `expires_at`. Raises a subclass of `Refused`: `NotEnough`,
        `Fenced`, `CellShort`, `LimitReached` …; `DefectsError` for a name the ledger has not heard of.
        """
        place = {
            "channel": channel,
            "node": node,
            "lines": [dict(line) for line in lines],
            "life": life,
            "customer": customer,
            "priority": priority,
            "instead_of": instead_of,
        }
        return self._core.place(place, key=_number(key))

    def adjust(
        self,
        hold: int,
        *,
        drops: Iterable[Mapping[str, Any]] = (),
        adds: Iterable[Mapping[str, Any]] = (),
        version: int | None = None,
        key: Key = None,
    ) -> dict[str, Any]:
        """Swaps, adds and drops lines in one instant; the hold's own units stand in nobody's way. All of it or nothing.

        Lines as in `place`. `version` is the one the caller saw; another one is `VersionConflict`.
        """
        dropped, added = [dict(line) for line in drops], [dict(line) for line in adds]
        return self._core.adjust(hold, dropped, added, version, key=_number(key))

    def extend(self, hold: int, life: int, *, version: int | None = None, key: Key = None) -> dict[str, Any]:
        """Lets a hold live `life` seconds from now on: never shorter than before (`WouldShorten`)."""
        return self._core.extend(hold, life, version, key=_number(key))

    def fulfil(
        self,
        hold: int,
        lines: Iterable[Mapping[str, Any]] = (),
        *,
        by: str | None = None,
        remainder: Literal["keep", "release"] = "release",
        version: int | None = None,
        key: Key = None,
    ) -> dict[str, Any]:
        """Hands units over at node `by` (the hold's own when None): no lines means all that is held.

        Returns `hold`, `version`, `state` and the record: `sale` (its number), `units`, `origin_channel` and `by`, which
        are both credited, and the `receipt` that is due (`online`, `counter`, `none`, or None where nobody said who
        signs) with its `entity`.
        """
        given, keep = [dict(line) for line in lines], remainder == "keep"
        return self._core.fulfil(hold, given, by, keep, version, key=_number(key))

    def release(self, hold: int, *, version: int | None = None, key: Key = None) -> dict[str, Any]:
        """Ends a hold and gives back what it holds."""
        return self._core.release(hold, version, key=_number(key))

    def register(self, kind: str, names: Iterable[str], *, key: Key = None) -> int:
        """Gives the next numbers to names of a kind (`source`, `sku`, `seller`, `node`, `zone`, `lot`, `channel`,
        `lane`, `entity`); the first of them. What a world has is registered already; systems that report stock are
        `source`s."""
        return self._core.register(kind, list(names), key=_number(key))

    def stock(
        self,
        what: Literal["receipt", "sale", "return", "write_off", "count", "arrived", "move", "announced"],
        cell: int | Mapping[str, str],
        qty: int,
        *,
        source: str,
        sequence: int,
        into: int | Mapping[str, str] | None = None,
        due: str | None = None,
        key: Key = None,
    ) -> dict[str, Any]:
        """Something happened to stock: taken as it is, once.

        A cell is its number or `{"seller", "sku", "node", "zone"}` and, where it has them, `"lot"` and `"due"`. Each
        source numbers its reports from 1 without gaps (`OutOfOrder`); one that is known changes nothing. `move` says
        `into` which cell, `announced` when it is `due` (RFC 3339). A `count` below what is held leaves the cell short:
        nothing new is held on it.

        Returns `known`, and for a new report `on_hand` (of a move, in the cell they left) and `short`.
        """
        place: Any = cell if isinstance(cell, int) else dict(cell)
        goal: Any = into if into is None or isinstance(into, int) else dict(into)
        event = {
            "what": what,
            "cell": place,
            "qty": qty,
            "source": source,
            "sequence": sequence,
            "into": goal,
            "due": due,
        }
        return self._core.stock(event, key=_number(key))

    def confirm_clock(self, *, key: Key = None) -> None:
        """The clock is right although it jumped forward; until then nothing expires."""
        self._core.confirm_clock(key=_number(key))

    def get(self, hold: int) -> dict[str, Any]:
        """A hold as it is now, with its lines: `requested = held + fulfilled + released + expired`.

        Raises `UnknownHold`.
        """
        view: dict[str, Any] = self._core.get(hold)
        return view

    def operation(self, key: str | int) -> dict[str, Any] | None:
        """What a key was answered, say after a lost answer; None when the ledger has not heard of it."""
        return self._core.operation(_number(key))

    @property
    def holds(self) -> Table:
        """All holds not forgotten, as of now."""
        return self._core.holds

    @property
    def lines(self) -> Table:
        """Lines of all holds not forgotten, as of now."""
        return self._core.lines

    @property
    def cells(self) -> Table:
        """All stock cells, as of now."""
        return self._core.cells

    def metrics(self) -> dict[str, Any]:
        """Counts: `operations`, `at` (RFC 3339), `holds` by state, `units_held`, `units_on_hand`, `cells`,
        `cells_short`. O(holds + cells)."""
        metrics: dict[str, Any] = self._core.metrics()
        return metrics

    def hash(self) -> str:
        """A hash of everything the ledger knows: the same for the same log, wherever it was recovered."""
        return self._core.hash()

    def snapshot(self) -> int:
        """Writes a snapshot, so that the next opening is short; the operation it is as of."""
        return self._core.snapshot()

    def close(self) -> None:
        """Closes the log. What was answered is safe with or without it."""
        self._core.close()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._core.closed

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<volok.Ledger: closed>" if self.closed else "<volok.Ledger: open>"
