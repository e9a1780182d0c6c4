"""The ledger: what was decided becomes binding."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from types import TracebackType
from typing import Any, Literal

from ._commands import Commands, Key, number, rows
from ._volok import DeskCore, LedgerCore, Table, World

class Ledger(Commands):
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

    @staticmethod
    def history(path: str | PathLike[str]) -> Table:
        """Every operation of a log in its order, refusals too: one row each. No process may have the ledger open.

        Raises `LedgerInUse`, `LedgerDamaged`. O(operations).
        """
        return LedgerCore.history(path)

    def _do(self, command: dict[str, Any], key: Key) -> dict[str, Any]:
        return self._core.submit(command, key=number(key))

    def group(self, *, key: Key = None) -> Group:
        """Several commands as one: all of them, or nothing. See `Group`."""
        return Group(self, key)

    def desk(self, world: World) -> Desk:
        """Where plans of a world become holds of this ledger. Raises `Unbound` for what the ledger has not heard of."""
        return Desk(self._core.desk(world))

    def register(self, kind: str, names: Iterable[str], *, key: Key = None) -> int:
        """Gives the next numbers to names of a kind (`source`, `sku`, `seller`, `node`, `zone`, `lot`, `channel`,
        `lane`, `entity`); the first of them. What a world has is registered already; systems that report stock are
        `source`s."""
        first: int = self._do({"do": "register", "kind": kind, "names": list(names)}, key)["first"]
        return first

    def open_cells(self, cells: Iterable[Mapping[str, str]], *, key: Key = None) -> int:
        """Opens empty cells, which get the next numbers; the first of them. Each is `{"seller", "sku", "node", "zone"}`
        and, where it has them, `"lot"`, `"expires"` and `"due"` (RFC 3339). Raises `AlreadyKnown`."""
        first: int = self._do({"do": "open_cells", "cells": rows(cells)}, key)["first"]
        return first

    def settings(self, *, longest_life: int = 30 * 86_400, rules: Iterable[Mapping[str, Any]] = (), key: Key = None) -> None:
        """How holds are treated from now on: the seconds from placing after which a hold ends whatever its extensions, and
        rules against repeated holding, in the order in which they are asked.

        A rule is `{"scope", "measure", "window", "limit"}`: of the holds of a `customer_sku`, a `customer` or (everyone
        on) an `sku` in the last `window` seconds, `unbought` ones in a row, `holds`, or `units`, the one asked for
        included, are at most `limit`; else `LimitReached`.
        """
        self._do({"do": "settings", "longest_life": longest_life, "rules": rows(rules)}, key)

    def channel(
        self,
        channel: str,
        *,
        mode: Literal["simple", "multi"] = "multi",
        prefix: str = "",
        entity: str | None = None,
        prepaid: bool = False,
        without_receipt: bool = False,
        key: Key = None,
    ) -> None:
        """How holds of a channel are treated from now on: `simple` ones hold one item and are never adjusted; what its order
        codes begin with; the legal entity that has the contract; whether the customer has paid before, and whether a node
        of another entity may hand prepaid goods over without a receipt. All of it is set anew."""
        command = {"do": "channel", "channel": channel, "multi": mode == "multi", "prefix": prefix, "entity": entity}
        self._do({**command, "prepaid": prepaid, "without_receipt": without_receipt}, key)

    def node(self, node: str, entity: str, *, key: Key = None) -> None:
        """Which legal entity signs for what a node hands over."""
        self._do({"do": "node", "node": node, "entity": entity}, key)

    def fence(
        self, sku: str, channels: Iterable[str], qty: int, *, seller: str, node: str, key: Key = None
    ) -> None:
        """Keeps `qty` units for some channels, those held out of the fence included, or changes how many."""
        command = {"do": "fence", "sku": sku, "seller": seller, "node": node}
        self._do({**command, "channels": list(channels), "qty": qty}, key)

    def fenced(self, sku: str, channels: Iterable[str], *, seller: str, node: str) -> int | None:
        """Units that a fence for exactly these channels keeps now; None where there is none."""
        return self._core.fenced(sku, seller, node, list(channels))

    def forget(self, before: str, *, most: int = 100_000, key: Key = None) -> dict[str, Any]:
        """Forgets keys, sales, ended holds and orders that are over before a moment (RFC 3339), of `most` entries looked at.
        Returns how many `keys`, `holds`, `sales` and `orders`. Raises `TooYoung`."""
        return self._do({"do": "forget", "before": before, "most": most}, key)

    def trial(self, *, scope: str, measure: str, window: int, limit: int) -> dict[str, Any]:
        """What a rule against repeated holding would have refused of the holds there were: nothing is changed.

        `holds` there were, `refused` of them, their `units` and `unit_seconds` unsold, and how many were `bought` after all
        (`bought_units`). See `settings`.
        """
        return self._core.trial({"scope": scope, "measure": measure, "window": window, "limit": limit})

    def confirm_clock(self, *, key: Key = None) -> None:
        """The clock is right although it jumped forward; until then nothing expires."""
        self._do({"do": "confirm_clock"}, key)

    def get(self, hold: int) -> dict[str, Any]:
        """A hold as it is now, with its lines: `requested = held + fulfilled + released + expired`.

        Raises `UnknownHold`.
        """
        view: dict[str, Any] = self._core.get(hold)
        return view

    def operation(self, key: str | int) -> dict[str, Any] | None:
        """What a key was answered, say after a lost answer; None when the ledger has not heard of it.

        `at_nanoseconds`, whether it was `done`, its `answer` in today's names, the `hold` it names, or as what it was
        `refused` (a code).
        """
        return self._core.operation(number(key))

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

    @property
    def parcels(self) -> Table:
        """All parcels not forgotten, as of now."""
        return self._core.parcels

    @property
    def contents(self) -> Table:
        """What came into parcels, by parcel and cell."""
        return self._core.contents

    @property
    def sales(self) -> Table:
        """Records of units sold, not forgotten."""
        return self._core.sales

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


class Group(Commands):
    """Up to a hundred commands on stock, holds and parcels as one: all of them, or nothing.

    They are collected, and done in turn when the block ends; each sees those before it. The first that is refused undoes
    all: the refusal's `command` says which it was. A block that raises sends nothing.

        >>> with ledger.group(key="swap-17") as group:
        ...     group.release(old)
        ...     group.place("site", "point", [{"sku": "pen", "qty": 2, "node": "north"}], life=3600)
        >>> group.answers[1]["hold"]
    """

    answers: list[dict[str, Any]]
    """What each command was answered, in their order, once the block has ended."""

    def __init__(self, ledger: Ledger, key: Key) -> None:
        self._ledger, self._key = ledger, key
        self._commands: list[dict[str, Any]] = []
        self.answers = []

    def _do(self, command: dict[str, Any], key: Key) -> dict[str, Any]:
        if key is not None:
            raise TypeError("a group has one key, and its commands have none")
        self._commands.append(command)
        return {}

    def __enter__(self) -> Group:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            answer = self._ledger._do({"do": "group", "commands": self._commands}, self._key)
            self.answers = answer["answers"]

    def __repr__(self) -> str:
        return f"<volok.Group: {len(self._commands)} commands, {'answered' if self.answers else 'not sent'}>"


class Desk:
    """Where plans of a world become holds of a ledger: planned on what the ledger shows, and planned again where someone was
    quicker. Threads may share one, and take turns; a desk each is faster."""

    def __init__(self, core: DeskCore) -> None:
        self._core = core

    def plan_and_hold(
        self,
        order: str | Mapping[str, Any],
        *,
        life: int,
        customer: int | None = None,
        instead_of: int | None = None,
        tries: int = 3,
        steps: int | None = None,
        key: Key = None,
    ) -> dict[str, Any]:
        """Plans an order on the ledger's newest state and holds the plan for `life` seconds, its capacities too; where the
        ledger finds that someone was quicker, plans again, `tries` times at most, with keys that rise by one.

        Returns `hold`, `version`, `state`, `expires_at` and `plan` (a `volok.Plan`; None when the key was answered before).
        Raises `NothingToHold`, `StockChanged`, subclasses of `Refused`, and as `World.plan`.
        """
        terms = {"life": life, "customer": customer, "instead_of": instead_of, "tries": tries}
        return self._core.plan_and_hold(order, terms, steps, key=number(key))

    def replan_and_hold(
        self,
        held: Sequence[tuple[int, Any, Any]],
        *,
        now: str,
        change_price: int = 0,
        tries: int = 3,
        steps: int | None = None,
        key: Key = None,
    ) -> list[dict[str, Any]]:
        """Plans again the orders of holds that short cells cannot serve, those who go first first, and adjusts each hold to
        its new plan: all of it or nothing.

        `held` are triples of a hold's number, its order and its plan. `now` (RFC 3339) and `change_price` are as in
        `World.replan`. Returns for each `hold`, `order` and its `fate`: `untouched`; `adjusted`; `same_units` (the new plan
        takes the very units it holds), `nothing` (it takes nothing: release the hold), `other_claims` (place a new hold
        instead), `not_as_planned` (it holds something else than its plan takes), or `failed` with the `error`; with a new plan also `plan`, `changed` (parcels), `cost` and `bound`.
        """
        triples = [(hold, order, plan) for hold, order, plan in held]
        return self._core.replan_and_hold(triples, now, change_price, tries, steps, key=number(key))

    def parcels(
        self,
        hold: int,
        order: str | Mapping[str, Any],
        plan: str | Mapping[str, Any],
        *,
        together: bool = False,
        patience: int | None = None,
        kept: int = 7 * 86_400,
        labels: Mapping[str, Any] | None = None,
        key: Key = None,
    ) -> dict[str, Any]:
        """Writes the parcels of a plan that is held down, with the codes of the plan.

        `together`: nothing is handed over before all parcels have come that still come. `patience`: seconds parts wait for
        each other beyond the moment at which they should be merged (None: for ever). `kept`: seconds a parcel is kept at a
        point that does not say how long it keeps parcels. `labels`: `{"prefix": …, "extension": …}`, the range of their
        codes (SSCC). Returns `parcels` (codes) and `labels`.
        """
        policy = {"hold": hold, "together": together, "patience": patience, "kept": kept}
        range_of = None if labels is None else dict(labels)
        return self._core.parcels(order, plan, {**policy, "labels": range_of}, key=number(key))
