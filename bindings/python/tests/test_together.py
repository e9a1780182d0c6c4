"""Orders that compete, and orders played again."""

import pytest

import volok


@pytest.fixture(scope="module")
def competing() -> volok.Generated:
    return volok.generate("competing", 1, skus=20, storing=6, hand_over=6, orders=60)


def test_orders_decided_together_cost_no_more_than_one_by_one(competing: volok.Generated) -> None:
    world, orders, lines = competing.world, competing.order_table, competing.line_table
    told: list[tuple[int, int]] = []
    batch = world.batch(orders, lines, rounds=40, progress=lambda done, total: told.append((done, total)))
    in_turn = world.plan_many(orders, lines, in_turn=True)
    assert batch.bound <= batch.cost <= sum(row["cost"] for row in in_turn.plans.to_dicts())
    assert batch.cost == sum(row["cost"] for row in batch.plans.plans.to_dicts())
    # Plans fit together, and what was scarce has a price.
    assert len(world.check(batch.plans)) == 0
    assert len(batch.cell_prices) > 0
    assert all(row["price"] > 0 for row in batch.cell_prices.to_dicts())
    assert told[-1] == (40, 40)
    again = world.batch(orders, lines, rounds=40)
    assert again.plans.plans.to_dicts() == batch.plans.plans.to_dicts()


def test_room_that_is_scarce_has_a_price() -> None:
    made = volok.generate("country", 1, skus=40, storing=6, hand_over=4, orders=80, docks=2, limited=True)
    batch = made.world.batch(made.orders, rounds=20)
    assert len(made.world.check(batch.plans)) == 0
    assert {row["kind"] for row in batch.room_prices.to_dicts()} <= {"departure", "day", "buffer", "point"}


def test_policies_side_by_side(competing: volok.Generated) -> None:
    played = competing.world.simulate(competing.orders, policies=["highest-stock"], rounds=5)
    rows = {row["policy"]: row for row in played["rows"]}
    assert len(rows) == 3
    assert all(row["broken"] == 0 for row in rows.values())
    assert all(played["bound"] <= row["score"]["cost"] for row in rows.values())
    with pytest.raises(ValueError, match="priority-walk"):
        competing.world.simulate(competing.orders, policies=["luck"])


def test_what_a_dearer_tariff_costs(competing: volok.Generated) -> None:
    document = competing.document
    for tariff in document["tariffs"]:
        tariff["base"] += 1_000
    changed = volok.World.from_dict(document)
    told = competing.world.what_if(changed, competing.orders, learn=0)
    assert told["orders"] == 60
    assert told["cost"]["changed"] > told["cost"]["base"]
    same = competing.world.what_if(competing.world, competing.orders)
    assert same["cost"]["changed"] == same["cost"]["base"]
