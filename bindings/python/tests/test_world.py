"""What can be asked of a world, and what can be played with."""

import copy
import json
from typing import Any

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
