"""A world small enough to plan by hand: two shops, one point, a pen and a notebook."""

import json
from pathlib import Path
from typing import Any

import pytest

import volok


def _document() -> dict[str, Any]:
    def shop(key: str, packing: int) -> dict[str, Any]:
        zones = [{"id": "shelf", "temperature": [15, 25], "lead_minutes": 30}]
        return {"id": key, "stores": {"cost_per_parcel": packing, "zones": zones}}

    def lane(start: str, tariff: str) -> dict[str, Any]:
        return {
            "id": f"{start}-point",
            "from": start,
            "to": "point",
            "compartments": [{"id": "body", "temperature": [15, 25]}],
            "schedule": {"on_demand": {}},
            "transit_minutes": 60,
            "tariff": tariff,
        }

    def stock(sku: str, node: str, on_hand: int) -> dict[str, Any]:
        return {"seller": "anna", "sku": sku, "node": node, "zone": "shelf", "on_hand": on_hand}

    point = {"storages": [{"id": "shelf", "temperature": [15, 25]}], "cost_per_parcel": 100}
    return {
        "volok": 1,
        "currency": "EUR",
        "sellers": [{"id": "anna"}],
        "skus": [{"id": "pen", "grams": 12}, {"id": "notebook", "grams": 300}],
        "tariffs": [{"id": "near", "base": 500}, {"id": "far", "base": 900}],
        "nodes": [shop("north", 50), shop("south", 50), {"id": "point", "hands_over": point}],
        "lanes": [lane("north", "near"), lane("south", "far")],
        "channels": [{"id": "site"}],
        "stock": [stock("pen", "north", 5), stock("pen", "south", 5), stock("notebook", "south", 5)],
    }


@pytest.fixture
def document() -> dict[str, Any]:
    return _document()


@pytest.fixture
def world(document: dict[str, Any]) -> volok.World:
    return volok.World.from_dict(document)


@pytest.fixture
def world_file(document: dict[str, Any], tmp_path: Path) -> Path:
    path = tmp_path / "world.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.fixture
def order() -> dict[str, Any]:
    return _order("1001", "pen", "notebook")


def _order(key: str, *skus: str) -> dict[str, Any]:
    lines = [{"sku": sku, "qty": 1, "unfilled_penalty": 5000} for sku in skus]
    return {"id": key, "channel": "site", "placed_at": "2026-03-02T10:00:00Z", "to": "point", "lines": lines}


START = 1_772_445_600 * 10**9
"""2026-03-02T10:00:00Z."""


class Clock:
    """A clock that goes on when told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now

    def after(self, seconds: int) -> None:
        self.now += seconds * 10**9


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(world: volok.World, clock: Clock) -> volok.Ledger:
    """North has five pens, south five pens and five notebooks."""
    return volok.Ledger(None, world=world, clock=clock)
