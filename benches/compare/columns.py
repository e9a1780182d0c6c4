"""Columns in and columns out, beside the library alone: the same orders in turn, in one run.

Usage: python benches/compare/columns.py PROGRAM, where PROGRAM is `volok-bench-alone` of a release build; the package
`volok` is one of a release build too. Prints a line of JSON for each figure. `--stock ROWS` loads so many rows of stock of
a million SKUs instead.
"""

import argparse
import json
import random
import statistics
import subprocess
import time
from typing import Any

import polars as pl
import volok


def told(case: str, value: float, unit: str, n: int, **facts: Any) -> None:
    """A figure as a line of JSON."""
    print(json.dumps({"suite": "columns", "case": case, "value": value, "unit": unit, "n": n, **facts}), flush=True)


def plans(program: str, orders: int, runs: int) -> None:
    """`plan_many` from frames of polars, and all its tables, beside the library alone."""
    made = volok.generate("country", 1, skus=2_000, storing=64, hand_over=80, orders=orders)
    world, heads, lines = made.world, pl.DataFrame(made.order_table), pl.DataFrame(made.line_table)
    alone, planned, tables = [], [], []
    for _ in range(runs):
        command = [program, "--orders", str(orders), "--runs", "3"]
        figure = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        alone.append(figure["milliseconds"])
        begin = time.perf_counter()
        answer = world.plan_many(heads, lines)
        planned.append(1_000 * (time.perf_counter() - begin))
        begin = time.perf_counter()
        made_tables = [answer.plans, answer.parcels, answer.legs, answer.picks, answer.merges, answer.unfilled]
        tables.append(1_000 * (time.perf_counter() - begin))
        del answer, made_tables
    base = statistics.median(alone)
    told("library alone", round(base), "ms", runs, orders=orders)
    told("plan_many", round(statistics.median(planned)), "ms", runs, ratio=round(statistics.median(planned) / base, 2))
    whole = statistics.median(one + other for one, other in zip(planned, tables, strict=True))
    told("plan_many and six tables", round(whole), "ms", runs, ratio=round(whole / base, 2))


def stock(rows: int, runs: int) -> None:
    """A world of a million SKUs with so many rows of stock in columns, sorted by node and in no order."""
    made = volok.generate("country", 1, skus=100, storing=64, hand_over=80, orders=1)
    document = made.document
    storing = [node for node in document["nodes"] if node.get("stores")]
    seller = document["sellers"][0]["id"]
    keys = [f"sku-{number:07}" for number in range(1_000_000)]
    skus = pl.DataFrame({"id": keys, "grams": [100] * len(keys)})
    rest = {name: section for name, section in document.items() if name not in ("skus", "stock", "inbound", "ring_fences")}
    chance = random.Random(1)
    each = rows // len(storing)
    parts = [
        pl.DataFrame(
            {
                "sku": chance.sample(keys, each),
                "on_hand": [1 + number % 50 for number in range(each)],
            }
        ).with_columns(node=pl.lit(node["id"]), zone=pl.lit(node["stores"]["zones"][0]["id"]), seller=pl.lit(seller))
        for node in storing
    ]
    by_node = pl.concat(parts).rechunk()
    mixed = by_node.sample(fraction=1.0, shuffle=True, seed=1)
    none = by_node.head(0)
    for case, frame in (("no stock", none), ("by node", by_node), ("in no order", mixed)):
        times = []
        for _ in range(runs):
            begin = time.perf_counter()
            volok.World.from_dict(rest, skus=skus, stock=frame)
            times.append(time.perf_counter() - begin)
        told(f"a million SKUs, stock {case}", round(statistics.median(times), 2), "s", runs, rows=len(frame))


def main() -> None:
    """Measures what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", nargs="?")
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--stock", type=int)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    if asked.stock:
        stock(asked.stock, asked.runs)
    else:
        plans(asked.program, asked.orders, asked.runs)


if __name__ == "__main__":
    main()
