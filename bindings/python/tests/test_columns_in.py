"""Worlds and orders come as columns of any library that has Arrow."""

import copy
from collections.abc import Callable
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import volok

Frame = Any


def _polars(rows: list[dict[str, Any]]) -> Frame:
    return pl.DataFrame(rows)


def _pandas(rows: list[dict[str, Any]]) -> Frame:
    return pd.DataFrame(rows)


def _pyarrow(rows: list[dict[str, Any]]) -> Frame:
    return pa.Table.from_pylist(rows)


def _batch(rows: list[dict[str, Any]]) -> Frame:
    return pa.RecordBatch.from_pylist(rows)


def _duckdb(rows: list[dict[str, Any]]) -> Frame:
    of_rows = pa.Table.from_pylist(rows)
    assert of_rows.num_rows == len(rows)
    return duckdb.sql("SELECT * FROM of_rows")


LIBRARIES = [_polars, _pandas, _pyarrow, _batch, _duckdb]

every_library = pytest.mark.parametrize("frame", LIBRARIES, ids=lambda made: str(made.__name__))


def _without(document: dict[str, Any], *sections: str) -> dict[str, Any]:
    return {name: rows for name, rows in document.items() if name not in sections}


@every_library
def test_a_world_of_columns_is_the_world_of_the_document(
    frame: Callable[[list[dict[str, Any]]], Frame], document: dict[str, Any], order: dict[str, Any]
) -> None:
    expected = volok.World.from_dict(document).plan(order)
    rest = _without(document, "sellers", "skus", "stock")
    tables = {name: frame(document[name]) for name in ("sellers", "skus", "stock")}
    world = volok.World.from_dict(rest, **tables)
    assert repr(world) == "<volok.World: 3 nodes, 2 SKUs, 3 stock cells>"
    assert world.plan(order) == expected


def test_a_part_of_a_pandas_frame_keeps_its_index_to_itself(
    document: dict[str, Any], order: dict[str, Any]
) -> None:
    frame = pd.DataFrame(document["stock"])
    frame = frame[frame["sku"] != "glue"].iloc[[2, 0, 1]]
    world = volok.World.from_dict(_without(document, "stock"), stock=frame)
    assert world.plan(order) == volok.World.from_dict(document).plan(order)
    frame["held"] = [0, None, 0]
    with pytest.raises(volok.DefectsError, match="`Int64` for a pandas column with gaps"):
        volok.World.from_dict(_without(document, "stock"), stock=frame)
    frame["held"] = frame["held"].astype("Int64")
    assert volok.World.from_dict(_without(document, "stock"), stock=frame).plan(order) == world.plan(order)


@pytest.mark.parametrize(
    "text",
    [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())],
    ids=str,
)
@pytest.mark.parametrize("number", [pa.int8(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint64()], ids=str)
def test_every_type_of_text_and_number(
    text: pa.DataType, number: pa.DataType, document: dict[str, Any], order: dict[str, Any]
) -> None:
    expected = volok.World.from_dict(document).plan(order)
    rows = document["stock"]
    keys = ("seller", "sku", "node", "zone")
    columns = {key: pa.array([row[key] for row in rows], pa.string()).cast(text) for key in keys}
    columns["on_hand"] = pa.array([row["on_hand"] for row in rows], number)
    columns["lot"] = pa.nulls(len(rows))
    stock = pa.table(columns)
    assert volok.World.from_dict(_without(document, "stock"), stock=stock).plan(order) == expected
    parts = pa.Table.from_batches(stock.to_batches(max_chunksize=1))
    assert volok.World.from_dict(_without(document, "stock"), stock=parts).plan(order) == expected


def test_everything_that_is_wrong_with_tables_comes_at_once(document: dict[str, Any]) -> None:
    rest = _without(document, "skus", "stock")
    skus = pl.DataFrame({"id": ["pen", "notebook"], "grams": [12, -300]})
    stock = pl.DataFrame(
        {
            "seller": ["anna", "anna", None, "anna", "anna"],
            "sku": ["pen", "pan", "pen", "notebook", "notebook"],
            "node": ["north", "north", "north", "south", "south"],
            "zone": ["shelf", "shelf", "shelf", "fridge", "shelf"],
            "on_hand": [2**64 - 1, 5, -5, 5, 2**33],
        },
        schema_overrides={"on_hand": pl.Int128},
    )
    halves = [row % 2 == 0 for row in range(5)]
    stock = stock.with_columns(on_hand=pl.Series([2**64 - 1, 5, 5, 5, 2**33], dtype=pl.UInt64), colour=pl.Series(halves))
    with pytest.raises(volok.DefectsError) as caught:
        volok.World.from_dict(rest, skus=skus, stock=stock)
    found = [(defect["place"], defect["code"]) for defect in caught.value.defects]
    assert found == [
        ("stock[2].seller", "missing"),
        ("stock[0].on_hand", "out_of_range"),
        ("stock.colour", "unknown"),
        ("skus[1].grams", "out_of_range"),
        ("stock[1].sku", "unknown"),
        ("stock[3].zone", "unknown"),
        ("stock[4].on_hand", "out_of_range"),
    ]
    by_place = {defect["place"]: defect for defect in caught.value.defects}
    assert (by_place["stock[1].sku"]["row"], by_place["stock[1].sku"]["column"]) == (1, "sku")
    assert "pen" in by_place["stock[1].sku"]["right"]
    assert (by_place["stock.colour"]["row"], by_place["stock.colour"]["column"]) == (None, "colour")
    assert by_place["stock[0].on_hand"]["found"] == str(2**64 - 1)


def test_columns_that_are_missing_or_of_another_type(document: dict[str, Any]) -> None:
    stock = pl.DataFrame({"seller": ["anna"], "sku": [7], "node": ["north"], "on_hand": [1.5]})
    orders = pl.DataFrame({"order": ["1"], "placed_at": [pd.Timestamp("2026-03-02")]})
    with pytest.raises(volok.DefectsError) as caught:
        volok.World.from_dict(_without(document, "stock"), stock=stock)
    found = [(defect["place"], defect["code"]) for defect in caught.value.defects]
    assert found == [("stock.sku", "wrong_type"), ("stock.zone", "missing"), ("stock.on_hand", "wrong_type")]
    with pytest.raises(volok.DefectsError) as caught:
        volok.World.from_dict(document).plan_many(orders)
    assert ("orders.placed_at", "wrong_type") in {(one["place"], one["code"]) for one in caught.value.defects}
    assert "local time alone names no moment" in str(caught.value)


def test_a_section_comes_as_rows_or_as_a_table_not_as_both(document: dict[str, Any]) -> None:
    with pytest.raises(volok.DefectsError) as caught:
        volok.World.from_dict(document, stock=pl.DataFrame(document["stock"]))
    assert [(defect["place"], defect["code"]) for defect in caught.value.defects] == [("stock", "conflict")]


def test_what_is_no_table(document: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="a table is any object with `__arrow_c_stream__`"):
        volok.World.from_dict(_without(document, "stock"), stock=7)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a table that cannot be read"):
        volok.World.from_dict(_without(document, "stock"), stock=pl.Series([1]))


def _orders() -> list[dict[str, Any]]:
    """Three orders that differ in everything an order may say."""
    plain = {"id": "1", "channel": "site", "placed_at": "2026-03-02T10:00:00Z", "to": "point"}
    line = {"sku": "pen", "qty": 1, "unfilled_penalty": 5000}
    return [
        {**plain, "lines": [line, {**line, "sku": "notebook", "qty": 2}]},
        {
            **plain,
            "id": "2",
            "customer": "olga",
            "deadline": "2026-03-05T10:00:00Z",
            "promise": "2026-03-02T10:30:00Z",
            "late_per_hour": 7,
            "priority": 3,
            "policy": {
                "partial": False,
                "max_deliveries": 1,
                "delivery_penalty": 9,
                "quantity_split": False,
                "latest_useful_hours": 90,
                "together": [[1, 3]],
            },
            "lines": [
                {**line, "sellers": ["anna"], "min_shelf_life_days": 1, "unit_value": 8},
                {**line, "sku": "notebook"},
                {**line, "qty": 2},
            ],
        },
        {**plain, "id": "3", "lines": [{**line, "qty": 50}]},
    ]


def _columns(orders: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The same as rows of two tables."""
    heads, lines = [], []
    for order in orders:
        policy = dict(order.get("policy", {}))
        groups = policy.pop("together", [])
        heads.append({key: order[key] for key in order if key not in ("lines", "policy")} | policy)
        for number, line in enumerate(order["lines"], 1):
            group = next((k for k, group in enumerate(groups) if number in group), None)
            lines.append({"order": order["id"], **line, "together": group})
    def every(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        names = {name: None for row in rows for name in row}
        return [{name: row.get(name) for name in names} for row in rows]
    return every(heads), every(lines)


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    moments = [name for name in ("placed_at", "deadline", "promise") if name in rows[0]]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns(pl.col(name).str.to_datetime(time_zone="UTC") for name in moments)


def test_orders_of_two_tables_or_of_one_are_the_orders_of_the_documents(world: volok.World) -> None:
    documents = _orders()
    expected = world.plan(documents)
    heads, lines = _columns(documents)
    two = world.plan_many(_frame(heads), _frame(lines))
    assert [two[row] for row in range(3)] == expected
    mixed = world.plan_many(_frame(heads), _frame(lines[::-1]).reverse())
    assert [mixed["1"], mixed["2"], mixed["3"]] == expected
    by_id = {head["id"]: head for head in heads}
    together = [{**by_id[line["order"]], **line} for line in lines]
    for row in together:
        del row["id"]
    one = world.plan_many(_frame(together))
    assert [one[row] for row in range(3)] == expected
    assert world.plan_many(documents)[2] == expected[2]
    # Text says moments as well as timestamps do.
    assert world.plan_many(pl.DataFrame(heads), pl.DataFrame(lines, infer_schema_length=None))[1] == expected[1]


def test_everything_that_is_wrong_with_orders_in_columns(world: volok.World) -> None:
    heads, lines = _columns(_orders())
    heads[1]["channel"], heads[1]["max_deliveries"] = "sight", 0
    heads[2]["to"] = None
    heads.append({**heads[0], "id": "4"})
    heads.append({**heads[0], "id": "1"})
    lines[1]["qty"], lines[2]["sku"] = -2, "pan"
    lines.append({**lines[0], "order": "5"})
    with pytest.raises(volok.DefectsError) as caught:
        world.plan_many(pl.DataFrame(heads), pl.DataFrame(lines, infer_schema_length=None))
    assert sorted((defect["place"], defect["code"]) for defect in caught.value.defects) == [
        ("lines[1].qty", "out_of_range"),
        ("lines[2].sku", "unknown"),
        ("lines[6].order", "unknown"),
        ("orders[1].channel", "unknown"),
        ("orders[1].max_deliveries", "out_of_range"),
        ("orders[2].to", "missing"),
        ("orders[3].lines", "empty"),
        ("orders[4].id", "duplicate"),
        ("orders[4].lines", "empty"),
    ]


def test_lines_of_one_order_say_the_same_of_it(world: volok.World) -> None:
    line: dict[str, Any] = {"order": "1", "channel": "site", "placed_at": "2026-03-02T10:00:00Z", "to": "point"}
    line |= {"sku": "pen", "qty": 1, "unfilled_penalty": 5}
    rows = pl.DataFrame([line, copy.copy(line) | {"to": "north"}])
    with pytest.raises(volok.DefectsError) as caught:
        world.plan_many(rows)
    assert [(defect["place"], defect["code"]) for defect in caught.value.defects] == [("orders[1].to", "conflict")]


def test_orders_are_told_apart_by_their_ids(world: volok.World, order: dict[str, Any]) -> None:
    with pytest.raises(volok.DefectsError) as caught:
        world.plan_many([order, order])
    assert [(defect["place"], defect["code"]) for defect in caught.value.defects] == [("orders[1].id", "duplicate")]
