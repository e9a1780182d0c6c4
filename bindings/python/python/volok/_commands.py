"""Commands on goods, in names: what a ledger does at once, and what a group does as one."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Protocol

Key = str | int | None
"""What a client calls a request: sent again with the same key it has one effect. Text is digested to 128 bits; None
makes a new key, so that nothing can be sent again."""

Cell = int | Mapping[str, str]
"""A stock cell: its number, or `{"seller", "sku", "node", "zone"}` and, where it has them, `"lot"` and `"due"`."""

Lines = Iterable[Mapping[str, Any]]
"""Units: each `{"sku": …, "qty": …}` or `{"cell": number, "qty": …}`."""


def number(key: Key) -> int:
    """The number of a key."""
    if key is None:
        return uuid.uuid4().int
    if isinstance(key, str):
        return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=16).digest(), "big")
    return key


def rows(lines: Lines) -> list[dict[str, Any]]:
    """Lines as plain dicts."""
    return [dict(line) for line in lines]


def plain(asked: Cell) -> Any:
    """A cell as a plain value."""
    return asked if isinstance(asked, int) else dict(asked)


def _back(into: Iterable[Cell] | None, to: str | None, labels: Mapping[str, Any] | None) -> dict[str, Any]:
    cells = None if into is None else [plain(one) for one in into]
    return {"into": cells, "node": to, "labels": None if labels is None else dict(labels)}


class _Does(Protocol):
    def _do(self, command: dict[str, Any], key: Key) -> dict[str, Any]: ...


class Commands(_Does):
    """What is done with goods. In a group answers come at the end; what is returned until then is empty."""

    def place(
        self,
        channel: str,
        node: str,
        lines: Lines,
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
        command = {"do": "place", "channel": channel, "node": node, "lines": rows(lines), "life": life}
        return self._do({**command, "customer": customer, "priority": priority, "instead_of": instead_of}, key)

    def adjust(
        self, hold: int, *, drops: Lines = (), adds: Lines = (), version: int | None = None, key: Key = None
    ) -> dict[str, Any]:
        """Swaps, adds and drops lines in one instant; the hold's own units stand in nobody's way. All of it or nothing.

        Lines as in `place`. `version` is the one the caller saw; another one is `VersionConflict`.
        """
        return self._do(
            {"do": "adjust", "hold": hold, "drops": rows(drops), "adds": rows(adds), "version": version}, key
        )

    def extend(self, hold: int, life: int, *, version: int | None = None, key: Key = None) -> dict[str, Any]:
        """Lets a hold live `life` seconds from now on: never shorter than before (`WouldShorten`)."""
        return self._do({"do": "extend", "hold": hold, "life": life, "version": version}, key)

    def fulfil(
        self,
        hold: int,
        lines: Lines = (),
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
        command = {"do": "fulfil", "hold": hold, "lines": rows(lines), "by": by, "keep": remainder == "keep"}
        return self._do({**command, "version": version}, key)

    def release(self, hold: int, *, version: int | None = None, key: Key = None) -> dict[str, Any]:
        """Ends a hold and gives back what it holds."""
        return self._do({"do": "release", "hold": hold, "version": version}, key)

    def safety(self, cell: Cell, qty: int, *, key: Key = None) -> dict[str, Any]:
        """Units of a cell that are never promised, from now on."""
        return self._do({"do": "safety", "cell": plain(cell), "qty": qty}, key)

    def stock(
        self,
        what: Literal["receipt", "sale", "return", "write_off", "count", "arrived", "move", "announced"],
        cell: Cell,
        qty: int,
        *,
        source: str,
        sequence: int,
        into: Cell | None = None,
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
        command = {"do": "stock", "what": what, "cell": plain(cell), "qty": qty, "source": source}
        goal = None if into is None else plain(into)
        return self._do({**command, "sequence": sequence, "into": goal, "due": due}, key)

    def labels(self, count: int, *, prefix: str, extension: int, key: Key = None) -> dict[str, Any]:
        """The next codes (SSCC) for handling units that are no parcels, out of the range of a company `prefix` (7 to 10
        digits) and an `extension` digit. Returns `labels`. Raises `CodesUsedUp`."""
        return self._do({"do": "labels", "labels": {"prefix": prefix, "extension": extension}, "count": count}, key)

    def pack(self, parcel: str, *, version: int | None = None, key: Key = None) -> dict[str, Any]:
        """A parcel was packed: its units leave their cells and the hold, and are in it.

        Parcels are named by their code (`"1001-A"`); `Desk.parcels` writes them down. Returns `parcel`, `version` and
        `stage`: see docs/ledger.md. Raises `UnknownParcel`, `PackedAlready`, `NotOnHand` …
        """
        return self._do({"do": "pack", "parcel": parcel, "version": version}, key)

    def arrive(
        self, parcel: str, node: str | None = None, *, version: int | None = None, key: Key = None
    ) -> dict[str, Any]:
        """A parcel came to `node`, or to its next stop when None. Raises `NotExpectedHere`, `ArrivedAlready`, `NotPacked`."""
        return self._do({"do": "arrive", "parcel": parcel, "node": node, "version": version}, key)

    def send_on(self, parcel: str, *, version: int | None = None, key: Key = None) -> dict[str, Any]:
        """A parcel left for its next stop. Raises `NotHere`, `GoesNoFurther`."""
        return self._do({"do": "send_on", "parcel": parcel, "version": version}, key)

    def merge(
        self, parcel: str, *, without_missing: bool = False, version: int | None = None, key: Key = None
    ) -> dict[str, Any]:
        """Parts became one parcel: all of them, or `without_missing` those that came in time. Raises `Incomplete`."""
        command = {"do": "merge", "parcel": parcel, "without_missing": without_missing}
        return self._do({**command, "version": version}, key)

    def hand_over(
        self,
        parcel: str,
        units: Lines = (),
        *,
        by: str | None = None,
        into: Iterable[Cell] | None = None,
        to: str | None = None,
        labels: Mapping[str, Any] | None = None,
        version: int | None = None,
        key: Key = None,
    ) -> dict[str, Any]:
        """The customer has all of a parcel, or these `units` of it; writes the sale down.

        The rest stays in the parcel, or goes back: `into` cells of the node, or `to` another node in a parcel of its own
        (with `labels`: `{"prefix": …, "extension": …}`). `by` is the node that hands over, the one where it stands when
        None. Returns `parcel`, `version`, `stage`, the record as `fulfil` does, and `back`: the code of the parcel in which
        the rest goes. Raises `NotHere`, `Incomplete`, `NotKept`, `NotInside` …
        """
        rest = None if into is None and to is None else _back(into, to, labels)
        command = {"do": "hand_over", "parcel": parcel, "units": rows(units), "by": by}
        return self._do({**command, "rest": rest, "version": version}, key)

    def back(
        self,
        parcel: str,
        units: Lines = (),
        *,
        into: Iterable[Cell] | None = None,
        to: str | None = None,
        labels: Mapping[str, Any] | None = None,
        version: int | None = None,
        key: Key = None,
    ) -> dict[str, Any]:
        """All of a parcel, or these `units` of it, go back: refused by the customer, or kept long enough.

        They go `into` cells of the node where the parcel stands (each unit into the first of its SKU, owner and batch), or
        `to` another node in a parcel of their own. Returns `parcel`, `version`, `stage`, and `back`: the code of that parcel.
        """
        command = {"do": "back", "parcel": parcel, "units": rows(units), "to": _back(into, to, labels)}
        return self._do({**command, "version": version}, key)
