"""Plans leave as columns that every library takes, with the same answers as documents."""

import datetime
import subprocess
import sys
import textwrap
import threading
import time
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import volok


@pytest.fixture(scope="module")
def crossed() -> list[volok.Generated]:
    """Small worlds in which parcels are merged."""
    return [volok.generate("crossed", seed) for seed in range(12)]


def _moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def test_tables_say_what_documents_say(crossed: list[volok.Generated]) -> None:
    merged = behind = 0
    for made in crossed:
        plans = made.world.plan_many(made.order_table, made.line_table)
        documents = made.world.plan(made.orders)
        assert [plans[row] for row in range(len(plans))] == documents
        heads, parcels = plans.plans.to_dicts(), plans.parcels.to_dicts()
        legs, picks = plans.legs.to_dicts(), plans.picks.to_dicts()
        merges, unfilled, reasons = plans.merges.to_dicts(), plans.unfilled.to_dicts(), plans.reasons.to_dicts()
        for head, document in zip(heads, documents, strict=True):
            for name in ("order", "cost", "bound", "status", "steps"):
                assert head[name] == document[name]
            costs = {("unfilled_cost" if name == "unfilled" else name): cost for name, cost in document["costs"].items()}
            assert {name: head[name] for name in costs} == costs
            assert sum(head[name] or 0 for name in costs) == head["cost"]
            at = document.get("completes_at")
            assert head["completes_at"] == (at and _moment(at))
            assert head["error"] is None
        expected = [(plan["order"], parcel) for plan in documents for parcel in plan["parcels"]]
        for row, (order, parcel) in zip(parcels, expected, strict=True):
            assert (row["order"], row["parcel"], row["node"]) == (order, parcel["code"], parcel["node"])
            assert [row["temperature_lo"], row["temperature_hi"]] == parcel["temperature"]
            assert (row["grams"], row["cm3"]) == (parcel["grams"], parcel["cm3"])
            assert row["ready_at"] == _moment(parcel["ready_at"])
            assert row["merged"] == bool(parcel.get("parts"))
            assert (row["merged_into"] is None) == ("hand_over_at" in parcel)
        assert [(row["parcel"], row["lane"], row["cost"]) for row in legs] == [
            (parcel["code"], leg["lane"], leg["cost"]) for _, parcel in expected for leg in parcel.get("legs", [])
        ]
        assert [(row["parcel"], row["line"], row["sku"], row["seller"], row["lot"], row["qty"]) for row in picks] == [
            (parcel["code"], pick["line"], pick["sku"], pick["seller"], pick.get("lot"), pick["qty"])
            for _, parcel in expected
            for pick in parcel.get("picks", [])
        ]
        assert [(row["parcel"], row["part"]) for row in merges] == [
            (parcel["code"], part) for _, parcel in expected for part in parcel.get("parts", [])
        ]
        lines = [(plan["order"], line) for plan in documents for line in plan.get("unfilled", [])]
        assert [(row["order"], row["line"], row["sku"], row["qty"]) for row in unfilled] == [
            (order, line["line"], line["sku"], line["qty"]) for order, line in lines
        ]
        assert [(row["order"], row["code"], row["text"]) for row in reasons] == [
            (order, reason["code"], reason["text"]) for order, line in lines for reason in line["reasons"]
        ]
        merged, behind = merged + len(merges), behind + len(unfilled)
    # The worlds are worth something only if these happen in them.
    assert merged > 0
    assert behind > 0


def test_every_library_takes_a_table(crossed: list[volok.Generated]) -> None:
    tables = (made.world.plan_many(made.orders).picks for made in crossed)
    table = next(table for table in tables if len(table) > 1)
    rows = table.to_dicts()
    assert pl.DataFrame(table).to_dicts() == rows
    assert pa.table(table).to_pylist() == rows
    of_picks = pa.table(table)
    units = duckdb.sql("SELECT sum(qty) AS units FROM of_picks")
    assert units is not None
    assert units.fetchall() == [(sum(row["qty"] for row in rows),)]
    assert of_picks.num_rows == len(table)
    frame: pd.DataFrame = pa.table(table).to_pandas()
    assert list(frame.columns) == table.columns
    assert pa.schema(table).field("qty").metadata == {b"description": b"units"}
    assert repr(table).startswith(f"<volok.Table: {len(rows)} rows of order, parcel")


def test_columns_are_not_copied(world: volok.World, order: dict[str, Any]) -> None:
    table = world.plan_many([order]).picks
    one, other = (pa.table(table).column("qty").chunk(0).buffers()[1].address for _ in range(2))
    assert one == other


def test_an_empty_table_has_its_columns(world: volok.World) -> None:
    plans = world.plan_many([])
    assert len(plans) == len(plans.plans) == 0
    assert pl.DataFrame(plans.parcels).columns == plans.parcels.columns


def test_every_column_says_what_it_is(world: volok.World, order: dict[str, Any]) -> None:
    plans = world.plan_many([order])
    for name in ("plans", "parcels", "legs", "picks", "merges", "unfilled", "reasons"):
        table = getattr(plans, name)
        assert list(table.describe()) == table.columns
        assert all(table.describe().values())
        assert getattr(plans, name) is table


def test_plans_are_found_by_number_and_by_key(world: volok.World, order: dict[str, Any]) -> None:
    plans = world.plan_many([order, {**order, "id": "2"}])
    assert plans["2"] == plans[1] == plans[-1]
    assert plans.explain("1001") == world.explain(order)
    with pytest.raises(KeyError):
        plans["3"]
    with pytest.raises(IndexError):
        plans[2]
    assert repr(plans) == "<volok.Plans: 2 orders, 2 proven optimal, cost 2100>"


def test_in_turn_each_order_takes_its_stock(world: volok.World, order: dict[str, Any]) -> None:
    order["lines"] = [{"sku": "notebook", "qty": 3, "unfilled_penalty": 5000}]
    two = [order, {**order, "id": "1002", "placed_at": "2026-03-02T09:00:00Z"}]
    assert [row["unfilled"] for row in world.plan_many(two).plans.to_dicts()] == [0, 0]
    # The other one came first; there are five notebooks.
    assert [row["unfilled"] for row in world.plan_many(two, in_turn=True).plans.to_dicts()] == [1, 0]
    assert [row["unfilled"] for row in world.plan_many(two).plans.to_dicts()] == [0, 0]


def test_progress_is_told_and_may_raise(world: volok.World, order: dict[str, Any]) -> None:
    orders = [{**order, "id": str(number)} for number in range(50)]
    told: list[tuple[int, int]] = []
    world.plan_many(orders, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (50, 50)
    world.plan_many(orders, progress=True)

    def enough(done: int, total: int) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        world.plan_many(orders, progress=enough)


def test_other_threads_run_meanwhile() -> None:
    made = volok.generate("country", 1, skus=200, storing=24, hand_over=20, orders=4_000)
    world, orders, lines = made.world, made.order_table, made.line_table
    ticks = 0
    planned = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not planned.is_set():
            ticks += 1
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    world.plan_many(orders, lines)
    planned.set()
    thread.join()
    assert ticks > 5


@pytest.mark.parametrize(
    "call",
    ["world.plan_many(orders, lines)", "world.simulate(orders, lines)", "world.what_if(world, orders, lines)"],
    ids=["plan_many", "simulate", "what_if"],
)
def test_ctrl_c_ends_it_at_once(call: str) -> None:
    program = f"""
        import os, signal, threading, time, volok
        made = volok.generate("country", 1, skus=500, storing=32, hand_over=20, orders=20_000)
        world, orders, lines = made.world, made.order_table, made.line_table
        sent = []
        def send():
            time.sleep(0.3)
            sent.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)
        threading.Thread(target=send).start()
        try:
            while True:
                {call}
        except KeyboardInterrupt:
            print(time.monotonic() - sent[0])
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=120, check=True
    )
    # A fraction of a second on a machine that does nothing else; here others may run. A simulation of all orders takes minutes.
    assert float(done.stdout) < 30


def test_a_forked_child_plans_too(world: volok.World, order: dict[str, Any]) -> None:
    import multiprocessing

    orders = [{**order, "id": str(number)} for number in range(40)]
    expected = world.plan_many(orders)[0]
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=lambda: answers.put(world.plan_many(orders)[0]))
    child.start()
    assert answers.get(timeout=60) == expected
    child.join(timeout=60)
    assert child.exitcode == 0
