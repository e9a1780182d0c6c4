"""What holds for all worlds and tables that hypothesis can think of."""

from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import volok

PRESETS = st.sampled_from(["small", "crossed", "crowded", "hostile"])
SEEDS = st.integers(0, 5_000)

some = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@some
@given(PRESETS, SEEDS)
def test_plans_are_right_and_no_dearer_than_nothing(preset: str, seed: int) -> None:
    made = volok.generate(preset, seed)
    plans = made.world.plan_many(made.order_table, made.line_table, in_turn=True)
    assert pl.DataFrame(made.world.check(plans)).is_empty()
    for head, order in zip(plans.plans.to_dicts(), made.orders, strict=True):
        assert head["bound"] <= head["cost"]
        nothing = sum(line["qty"] * line["unfilled_penalty"] for line in order["lines"])
        prices = any(row.get("price") for row in made.document.get("stock", []))
        assert prices or head["cost"] <= nothing


@some
@given(PRESETS, SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_rows_cannot_be_seen(preset: str, seed: int, random: Any) -> None:
    made = volok.generate(preset, seed)
    document = made.document
    for section in ("sellers", "skus", "nodes", "lanes", "tariffs", "channels", "stock", "inbound"):
        random.shuffle(document.get(section, []))
    mixed = volok.World.from_dict(document)
    assert mixed.plan(made.orders) == made.world.plan(made.orders)


@some
@given(PRESETS, SEEDS, st.integers(1, 5))
def test_how_a_table_is_cut_cannot_be_seen(preset: str, seed: int, size: int) -> None:
    made = volok.generate(preset, seed)
    orders, lines = pa.table(made.order_table), pa.table(made.line_table)
    cut = [pa.Table.from_batches(table.to_batches(max_chunksize=size)) for table in (orders, lines)]
    whole = made.world.plan_many(orders, lines)
    parts = made.world.plan_many(*cut)
    assert [whole[row] for row in range(len(whole))] == [parts[row] for row in range(len(parts))]


WORLD = volok.generate("small", 1)
STOCK = WORLD.document["stock"]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "seller": st.sampled_from([STOCK[0]["seller"], "nobody", "", None]),
                "sku": st.sampled_from([STOCK[0]["sku"], "nothing", None]),
                "node": st.sampled_from([STOCK[0]["node"], "nowhere", None]),
                "zone": st.sampled_from([STOCK[0]["zone"], "cellar", None]),
                "lot": st.sampled_from(["a", "b", "", None, "ё" * 300]),
                "on_hand": st.one_of(st.integers(-(2**63), 2**63 - 1), st.none(), st.integers(0, 9)),
            }
        ),
        max_size=6,
    )
)
def test_any_table_is_taken_or_told_what_is_wrong_with_it(rows: list[dict[str, Any]]) -> None:
    schema = {name: pl.String for name in ("seller", "sku", "node", "zone", "lot")} | {"on_hand": pl.Int64}
    stock = pl.DataFrame(rows, schema=schema)
    rest = {section: value for section, value in WORLD.document.items() if section != "stock"}
    wrong = {
        f"stock[{number}].{name}"
        for number, row in enumerate(rows)
        for name, value in row.items()
        if (value is None and name != "lot") or value in ("nobody", "", "nothing", "nowhere")
    }
    try:
        volok.World.from_dict(rest, stock=stock)
    except volok.DefectsError as error:
        told = [defect["place"] for defect in error.defects]
        assert wrong <= set(told)
        for defect in error.defects:
            assert defect["place"].startswith("stock[")
            assert defect["row"] is not None
            assert defect["row"] < len(rows)
            assert defect["column"] in schema
            assert defect["right"]
    else:
        assert not wrong


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_bare_problem_costs_no_more_than_leaving_all(data: st.DataObject) -> None:
    lines = data.draw(
        st.lists(st.fixed_dictionaries({"qty": st.integers(1, 4), "skip": st.integers(0, 90)}), min_size=1, max_size=4)
    )
    ways = data.draw(st.lists(st.fixed_dictionaries({"fixed": st.integers(0, 120)}), min_size=1, max_size=3))
    pools = data.draw(st.lists(st.lists(st.integers(0, 3), max_size=3), min_size=1, max_size=4))
    offer = st.fixed_dictionaries(
        {
            "line": st.integers(0, len(lines) - 1),
            "way": st.integers(0, len(ways) - 1),
            "pool": st.integers(0, len(pools) - 1),
            "unit_cost": st.integers(0, 30),
        }
    )
    key = lambda row: (row["line"], row["way"], row["pool"])  # noqa: E731
    offers = data.draw(st.lists(offer, max_size=8, unique_by=key))
    answer = volok.solve_split({"lines": lines, "ways": ways, "pools": pools, "offers": offers})
    assert answer["bound"] <= answer["cost"] <= sum(line["qty"] * line["skip"] for line in lines)
    cost = sum(units * line["skip"] for units, line in zip(answer["skipped"], lines, strict=True))
    taken = [0] * len(lines)
    for parcel in answer["parcels"]:
        cost += ways[parcel["way"]]["fixed"]
        for take in parcel["takes"]:
            chosen = offers[take["offer"]]
            assert (chosen["line"], chosen["way"]) == (take["line"], parcel["way"])
            cost += take["qty"] * chosen["unit_cost"]
            taken[take["line"]] += take["qty"]
    assert cost == answer["cost"]
    assert [units + left for units, left in zip(taken, answer["skipped"], strict=True)] == [row["qty"] for row in lines]


class Counter(RuleBasedStateMachine):
    """A ledger beside three plain numbers for each hold: nobody ever holds more than there is."""

    @initialize()
    def begin(self) -> None:
        shelf = {"id": "shelf", "temperature": [0, 30]}
        document = {
            "volok": 1,
            "sellers": [{"id": "anna"}],
            "skus": [{"id": "pen", "grams": 1}],
            "nodes": [{"id": "shop", "stores": {"zones": [shelf]}, "hands_over": {"storages": [shelf]}}],
            "channels": [{"id": "site"}],
            "stock": [{"seller": "anna", "sku": "pen", "node": "shop", "zone": "shelf", "on_hand": 9}],
        }
        self.now = 1_772_445_600
        self.ledger = volok.Ledger(None, world=volok.World.from_dict(document), clock=lambda: self.now * 10**9)
        self.on_hand = 9
        self.held: dict[int, list[int]] = {}

    def free(self) -> int:
        return self.on_hand - sum(units for units, ends in self.held.values())

    def live(self) -> None:
        self.held = {hold: row for hold, row in self.held.items() if row[0] > 0 and row[1] > self.now}

    @rule(qty=st.integers(1, 6), life=st.integers(1, 90))
    def place(self, qty: int, life: int) -> None:
        try:
            hold = self.ledger.place("site", "shop", [{"sku": "pen", "qty": qty}], life=life)
        except volok.NotEnough as refusal:
            assert (refusal.asked, refusal.there_is) == (qty, self.free())
            assert qty > self.free()
        else:
            assert qty <= self.free()
            self.held[hold["hold"]] = [qty, self.now + life]

    @precondition(lambda self: bool(self.held))
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        hold = data.draw(st.sampled_from(sorted(self.held)))
        self.ledger.release(hold)
        del self.held[hold]

    @precondition(lambda self: bool(self.held))
    @rule(data=st.data(), qty=st.integers(1, 6))
    def fulfil(self, data: st.DataObject, qty: int) -> None:
        hold = data.draw(st.sampled_from(sorted(self.held)))
        there = self.held[hold][0]
        try:
            self.ledger.fulfil(hold, [{"sku": "pen", "qty": qty}], remainder="keep")
        except volok.NotHeld:
            assert qty > there
        else:
            assert qty <= there
            self.on_hand -= qty
            self.held[hold][0] -= qty
            self.live()

    @rule(seconds=st.integers(1, 60))
    def wait(self, seconds: int) -> None:
        self.now += seconds
        self.live()

    @invariant()
    def sums_are_those_of_the_plain_numbers(self) -> None:
        cell = self.ledger.cells.to_dicts()[0]
        assert (cell["on_hand"], cell["free"], cell["short"]) == (self.on_hand, self.free(), 0)


TestCounter = pytest.mark.filterwarnings("ignore")(Counter.TestCase)
TestCounter.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
