"""The stories of `examples/scenarios` give the same answers as in Rust, from documents and from columns."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import volok

FOLDER = Path(__file__).parents[3] / "examples" / "scenarios"


def _stories() -> dict[str, dict[str, Any]]:
    read = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
    return {name: story for name, story in read.items() if "story" in story}


STORIES = _stories()

each_story = pytest.mark.parametrize("name", STORIES)


def _documents(story: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The world and the orders."""
    if "preset" in story:
        made = volok.generate(story["preset"]["name"], story["preset"].get("seed", 0))
        return made.document, story.get("orders") or made.orders
    world = story["world"] if "world" in story else json.loads((FOLDER / story["file"]).read_text(encoding="utf-8"))
    return world, story["orders"] if "orders" in story else []


def _lines(error: volok.DefectsError) -> list[str]:
    """Defects as Rust writes them."""
    return [f"{one['place']}: found {one['found']}; {one['right']}" for one in error.defects]


def _without_steps(plan: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plan.items() if name != "steps"}


def _settle(world: volok.World, orders: list[dict[str, Any]], expect: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Orders without defects; what is wrong with the others is what the story says."""
    good, plans = [], []
    for order, expected in zip(orders, expect, strict=True):
        if "error" in expected:
            with pytest.raises(volok.DefectsError) as caught:
                world.plan(order)
            assert _lines(caught.value) == expected["error"]
        else:
            good.append(order)
            plans.append(expected["plan"])
    in_turn = sorted(good, key=lambda order: (volok_moment(order["placed_at"]), order["id"])) == good
    if not in_turn:
        # Only what nobody took from can be compared.
        good, plans = good[:1], plans[:1]
    if good:
        answers = world.plan_many(good, in_turn=True)
        assert [_without_steps(answers[row]) for row in range(len(good))] == [_without_steps(plan) for plan in plans]
        assert len(world.check(answers)) == 0
    return good


def volok_moment(text: str) -> float:
    """A moment of a document, to sort by."""
    import datetime

    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


@each_story
def test_from_documents(name: str) -> None:
    story = STORIES[name]
    document, orders = _documents(story)
    # What is planned again is told by Rust.
    expect = [outcome for outcome in story["expect"] if "replanned" not in outcome]
    try:
        world = volok.World.from_dict(document)
    except volok.DefectsError as error:
        assert [{"error": _lines(error)}] == expect
        return
    _settle(world, orders, expect[: len(orders)])


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    names = {name: None for row in rows for name in row}
    return pl.DataFrame([{name: row.get(name) for name in names} for row in rows], infer_schema_length=None)


def _sku(sku: dict[str, Any]) -> dict[str, Any]:
    flat = {name: value for name, value in sku.items() if name not in ("size_mm", "temperature")}
    flat |= dict(zip(("length_mm", "width_mm", "height_mm"), sku.get("size_mm") or [None] * 3, strict=True))
    return flat | dict(zip(("temperature_lo", "temperature_hi"), sku.get("temperature") or [None] * 2, strict=True))


@each_story
def test_from_columns(name: str) -> None:
    story = STORIES[name]
    document, orders = _documents(story)
    if any("error" in outcome for outcome in story["expect"]):
        pytest.skip("what is wrong with columns is told by other tests")
    if not document.get("skus"):
        pytest.skip("a table of no rows has no columns")
    tables: dict[str, Any] = {"sellers": _frame(document["sellers"])}
    tables["skus"] = _frame([_sku(sku) for sku in document["skus"]])
    for section in ("stock", "inbound", "ring_fences"):
        if document.get(section):
            tables[section] = _frame(document[section])
    rest = {section: rows for section, rows in document.items() if section not in tables}
    world = volok.World.from_dict(rest, **tables)
    whole = volok.World.from_dict(document)
    assert repr(world) == repr(whole)
    assert world.plan(orders) == whole.plan(orders)
