"""What can be asked of a world, and what can be played with."""

import copy
import json
import random
from collections import Counter
from typing import Any

import polars as pl
import pytest

import volok


def test_a_quote_takes_nothing_and_has_the_plans_cost(world: volok.World, order: dict[str, Any]) -> None:
    quote, plan = world.quote(order), world.plan(order)
    assert (quote["order"], quote["cost"], quote["completes_at"]) == ("1001", plan["cost"], plan["completes_at"])
    assert quote["frontier"][0]["cost"] == quote["cost"]


def test_what_a_product_page_promises(world: volok.World) -> None:
    asked: dict[str, Any] = {"to": "point", "channel": "site", "placed_at": "2026-03-02T10:00:00Z"}
    promise = world.promise("pen", 2, **asked)
    assert promise is not None
    # Packing 50, carriage 500, hand-over 100.
    assert promise["cheapest"]["cost"] == 650
    assert promise["earliest"]["completes_at"] <= promise["cheapest"]["completes_at"]
    assert world.promise("pen", 200, **asked) is None
    with pytest.raises(volok.DefectsError) as caught:
        world.promise("pan", 0, to="point", channel="sight", placed_at="now")
    assert [defect["place"] for defect in caught.value.defects] == ["sku", "channel", "placed_at", "qty"]


def test_a_plan_is_explained(world: volok.World, order: dict[str, Any]) -> None:
    advice = world.explain(order)
    assert advice["order"] == "1001"
    assert len(advice["because"]) == 2
    assert world.explain(order, world.plan(order)) == advice
    with pytest.raises(volok.DefectsError) as caught:
        plan = world.plan(order)
        plan["parcels"][0]["node"] = "nowhere"
        world.explain(order, plan)
    assert caught.value.defects[0]["place"].startswith("plan.parcels[0]")


def test_the_judge_finds_nothing_in_own_plans_and_everything_in_bad_ones(
    world: volok.World, order: dict[str, Any]
) -> None:
    plan = world.plan(order)
    assert len(world.check(plan, order)) == 0
    assert len(world.check([json.dumps(plan)], [order])) == 0
    plan["costs"]["carriage"] -= 1
    plan["cost"] = plan["bound"] = plan["cost"] - 1
    plan["parcels"][0]["picks"][0]["qty"] = 2
    found = world.check(plan, order).to_dicts()
    assert {"F1", "F10"} <= {row["rule"] for row in found}
    assert {row["order"] for row in found} == {"1001"}
    assert "1001-A" in {row["parcel"] for row in found}


def test_plans_made_alone_may_take_the_same_units(world: volok.World, order: dict[str, Any]) -> None:
    order["lines"][1]["qty"] = 4
    plans = world.plan_many([order, {**order, "id": "1002"}])
    assert len(world.check(plans, alone=True)) == 0
    assert {row["rule"] for row in world.check(plans).to_dicts()} == {"F2"}
    in_turn = world.plan_many([order, {**order, "id": "1002"}], in_turn=True)
    assert len(world.check(in_turn)) == 0


def test_what_cannot_be_judged(world: volok.World, document: dict[str, Any], order: dict[str, Any]) -> None:
    plan = world.plan(order)
    with pytest.raises(TypeError, match="with the `orders`"):
        world.check(plan)
    with pytest.raises(TypeError, match="by the world that made them"):
        volok.World.from_dict(document).check(world.plan_many([order]))
    other = copy.deepcopy(plan) | {"order": "7"}
    with pytest.raises(volok.DefectsError) as caught:
        world.check([plan, other, plan], [order])
    assert [(one["place"], one["code"]) for one in caught.value.defects] == [
        ("plans[1].order", "unknown"),
        ("plans[2].order", "duplicate"),
    ]


def test_the_same_seed_makes_the_same_world() -> None:
    one, other = (volok.generate("grocery", 3, orders=5, skus=60) for _ in range(2))
    assert (one.document, one.orders) == (other.document, other.orders)
    assert len(one.orders) == 5
    assert one.world is one.world
    assert one.orders != volok.generate("grocery", 4, orders=5, skus=60).orders
    assert volok.World.from_dict(one.document).plan(one.orders) == one.world.plan(one.orders)
    with pytest.raises(ValueError, match="three-items"):
        volok.generate("nowhere")


def test_the_bare_problem() -> None:
    # One unit of each of two lines. Way 0 brings the first for 10, way 1 both for 15: one parcel is cheapest.
    problem: dict[str, Any] = {
        "lines": [{"qty": 1, "skip": 100}, {"qty": 1, "skip": 100}],
        "ways": [{"fixed": 10}, {"fixed": 15}],
        "pools": [[1], [1], [1]],
        "offers": [
            {"line": 1, "way": 1, "pool": 2},
            {"line": 0, "way": 0, "pool": 0},
            {"line": 0, "way": 1, "pool": 1, "unit_cost": 3},
        ],
    }
    answer = volok.solve_split(problem)
    assert (answer["cost"], answer["bound"], answer["skipped"]) == (18, 18, [0, 0])
    assert [(take["offer"], take["line"], take["qty"]) for take in answer["parcels"][0]["takes"]] == [(2, 0, 1), (0, 1, 1)]
    # Kept apart, each rides alone; with a tariff by weight, the second is left behind.
    assert volok.solve_split({**problem, "apart": [[0, 1]]})["cost"] == 25
    problem["staircases"] = [{"base": 200}]
    problem["ways"][1]["staircase"] = 0
    assert volok.solve_split(problem)["cost"] == 110
    assert volok.solve_split(problem)["skipped"] == [0, 1]


def test_what_is_no_problem() -> None:
    problem: dict[str, Any] = {
        "lines": [{"qty": 0, "skip": -1}],
        "ways": [{"fixed": 1, "staircase": 0}],
        "pools": [[1] * 65],
        "offers": [{"line": 1, "way": 0, "pool": 0}],
    }
    with pytest.raises(volok.DefectsError) as caught:
        volok.solve_split(problem)
    places = [defect["place"] for defect in caught.value.defects]
    assert places == ["lines[0].qty", "lines[0].skip", "ways[0].staircase", "pools[0]", "offers[0].line"]
    with pytest.raises(ValueError, match="missing field"):
        volok.solve_split({})


def test_rows_in_any_order_are_the_same_cells(document: dict[str, Any]) -> None:
    # Enough SKUs that several threads sort, few enough places that many rows share one.
    chance = random.Random(1)
    skus = [f"sku-{number:05}" for number in range(9_000)]
    days = [f"2026-07-{day:02}T00:00:00Z" for day in (1, 2)]
    stock: list[dict[str, Any]] = []
    inbound: list[dict[str, Any]] = []
    for sku in skus:
        for node, lot in chance.sample([(node, lot) for node in ("north", "south") for lot in ("", "a", "b")], 3):
            row: dict[str, Any] = {"seller": "anna", "sku": sku, "node": node, "zone": "shelf"}
            batch = {"lot": lot, "expires": days[lot == "b"]} if lot else {}
            stock.append({**row, **batch, "on_hand": chance.randrange(9)})
            if chance.random() < 0.5:
                # Announced twice for the same moment is one supply.
                for qty in (1, 2)[: chance.randint(1, 2)]:
                    inbound.append({**row, **batch, "available_at": chance.choice(days), "qty": qty})
    sums: Counter[tuple[Any, ...]] = Counter()
    for row in [*stock, *inbound]:
        # Within a place, what expires first goes first; what never expires goes last.
        key = (row["sku"], row["node"], row.get("expires", "9"), row.get("available_at", ""), row.get("lot", "~"))
        sums[key] += row["on_hand"] if "on_hand" in row else row["qty"]
    rest = {name: rows for name, rows in document.items() if name not in ("skus", "stock")}
    for turn in range(2):
        chance.shuffle(stock)
        chance.shuffle(inbound)
        tables = {"stock": pl.DataFrame(stock, infer_schema_length=None), "inbound": pl.DataFrame(inbound, infer_schema_length=None)}
        world = volok.World.from_dict(rest, skus=pl.DataFrame({"id": skus, "grams": [100] * len(skus)}), **tables)
        cells = volok.Ledger(None, world=world).cells.to_dicts()
        text = "{:%Y-%m-%dT%H:%M:%SZ}".format
        found = [
            (
                row["sku"],
                row["node"],
                text(row["expires"]) if row["expires"] else "9",
                text(row["due"]) if row["due"] else "",
                row["lot"] or "~",
            )
            for row in cells
        ]
        assert found == sorted(sums), turn
        assert [row["on_hand"] for row in cells] == [sums[key] for key in found]
