"""Decided again: what was promised is kept, and what went wrong is planned anew."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

import volok

FOLDER = Path(__file__).parents[3] / "examples" / "scenarios"
STORIES = sorted(path.stem for path in FOLDER.glob("replan_*.json"))


def _documents(value: Any) -> Any:
    """Without search steps, which say how and not what."""
    if isinstance(value, dict):
        return {name: _documents(part) for name, part in value.items() if name != "steps"}
    return [_documents(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", STORIES)
def test_an_order_planned_again_as_in_rust(name: str) -> None:
    story = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    world, (order, *_) = volok.World.from_dict(story["world"]), story["orders"]
    plans = [outcome["plan"] for outcome in story["expect"] if "plan" in outcome]
    expected = next(outcome["replanned"] for outcome in story["expect"] if "replanned" in outcome)
    happened = {name: value for name, value in story["disruption"].items() if name != "volok"}
    told = world.replan(order, plans[0], **happened)
    assert _documents({"volok": 1, **told}) == _documents(expected)
    assert isinstance(told["plan"], volok.Plan)
    assert "<svg" in told["plan"].svg()


def test_what_cannot_have_happened_is_told(world: volok.World, order: dict[str, Any]) -> None:
    plan = world.plan(order)
    with pytest.raises(volok.DefectsError) as caught:
        world.replan(
            order, plan, now="2026-03-02T10:10:00Z", closed=[{"node": "nowhere"}], missed=[{"parcel": "1001-Z"}]
        )
    assert [defect["place"] for defect in caught.value.defects] == ["closed[0].node", "missed[0].parcel"]
    with pytest.raises(volok.ReadError, match="burnt"):
        world.replan(order, plan, now="2026-03-02T10:10:00Z", burnt=[{"node": "south"}])


def _placed(order: dict[str, Any]) -> datetime.datetime:
    return datetime.datetime.fromisoformat(order["placed_at"].replace("Z", "+00:00"))


@pytest.fixture(scope="module")
def competing() -> volok.Generated:
    return volok.generate("competing", 2, skus=20, storing=6, hand_over=6, orders=60)


def test_a_day_decided_in_two_parts(competing: volok.Generated) -> None:
    world, orders = competing.world, sorted(competing.orders, key=_placed)
    early, late = orders[:40], orders[40:]
    first = world.batch(early, rounds=30)
    now = early[-1]["placed_at"]
    again = world.rebatch(first.plans, late, now=now, change_price=100, rounds=30, prices=first.prices)
    fates = {row["order"]: row for row in again.fates.to_dicts()}
    assert len(again.plans) == 60
    assert {fates[order["id"]]["fate"] for order in late} == {"new"}
    assert {fates[order["id"]]["fate"] for order in early} <= {"kept", "changed", "left"}
    assert again.changes == 100 * sum(row["changed"] for row in fates.values())
    assert again.bound <= again.cost == again.batch.cost + again.changes
    assert len(world.check(again.plans)) == 0
    # What was promised is kept, and what stays is what it was.
    for order in early:
        was, now_planned = first.plans[order["id"]], again.plans[order["id"]]
        if was.get("completes_at"):
            assert now_planned["completes_at"] <= was["completes_at"]
        if fates[order["id"]]["fate"] in ("kept", "left"):
            assert now_planned["parcels"] == was["parcels"]
    # The next time begins where this one ended, with nothing new.
    later = world.rebatch(again.plans, now=now, change_price=100, rounds=5)
    unserved = [row["order"] for row in later.fates.to_dicts() if row["fate"] == "new"]
    assert len(unserved) < 20
    assert all(not again.plans[order]["parcels"] for order in unserved)


def test_what_cannot_be_decided_again(competing: volok.Generated, world: volok.World) -> None:
    batch = competing.world.batch(competing.orders[:5], rounds=5)
    with pytest.raises(TypeError, match="of this world"):
        world.rebatch(batch.plans, now="2026-03-02T10:10:00Z")
    with pytest.raises(ValueError, match="now"):
        competing.world.rebatch(batch.plans, now="noon")
    with pytest.raises(ValueError, match="by"):
        competing.world.rebatch(batch.plans, now="2026-03-02T10:10:00Z", by={competing.orders[0]["id"]: "noon"})
    with pytest.raises(volok.DefectsError, match="duplicate|id of its own"):
        competing.world.rebatch(batch.plans, competing.orders[:1], now="2026-03-02T10:10:00Z")


def test_what_was_taken_is_gone(world: volok.World, order: dict[str, Any]) -> None:
    order["lines"][1]["qty"] = 5
    plans = world.plan_many([order])
    left = world.take(plans)
    assert "unfilled" not in world.plan(order)
    assert left.plan(order)["unfilled"][0]["qty"] == 5
    # Plans of one family of worlds can be judged by any of it, but not taken twice.
    assert len(world.check(left.plan_many([order]), alone=True)) == 0
    with pytest.raises(ValueError, match="fewer units left"):
        left.take(plans)
    with pytest.raises(TypeError, match="of this world"):
        volok.generate("three-items").world.take(plans)


def test_prices_leave_to_others_what_those_need_more(world: volok.World, order: dict[str, Any]) -> None:
    # Nine want the five notebooks there are.
    many = [{**order, "id": str(number), "lines": [{**order["lines"][1], "qty": 1}]} for number in range(9)]
    prices = world.forecast([many, [{**one, "id": f"b-{one['id']}"} for one in many]], rounds=50)
    assert prices.cells.to_dicts()[0]["sku"] == "notebook"
    price = prices.cells.to_dicts()[0]["price"]
    assert price > 0
    priced = world.with_prices(prices)
    # Someone whom it hurts more to go without takes one all the same, and is charged what it is worth to the others.
    eager = {**many[0], "lines": [{**many[0]["lines"][0], "unfilled_penalty": 50_000}]}
    assert priced.plan(eager)["costs"]["stock"] == price
    assert "stock" not in world.plan(eager)["costs"]
    # The only source of an SKU has nobody to steer from.
    between = world.with_prices(prices.between_sources())
    assert between.plan(many[0])["cost"] == world.plan(many[0])["cost"]
    assert repr(prices) == f"<volok.Prices: {len(prices.cells)} of stock, {len(prices.rooms)} of room>"
    with pytest.raises(TypeError, match="the world they were made in"):
        volok.generate("three-items").world.with_prices(prices)


def test_scenarios_are_lists_or_tables(competing: volok.Generated) -> None:
    world, orders = competing.world, competing.orders
    of_tables = world.forecast([(competing.order_table, competing.line_table)], rounds=10)
    assert of_tables.cells.to_dicts() == world.forecast([orders], rounds=10).cells.to_dicts()
