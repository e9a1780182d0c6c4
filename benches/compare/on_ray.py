"""A batch on Ray beside the same batch in one process: gap, cost and time, and what a killed worker costs.

Usage: python benches/compare/on_ray.py; the package `volok[ray]` of a release build. Prints a line of JSON for each figure.
Ray is started on this machine, with a worker for each processor, and ended.
"""

import argparse
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import polars as pl
import ray
import volok
import volok.ray


def told(case: str, batch: Any, seconds: float, **facts: Any) -> None:
    """A figure as a line of JSON."""
    figure = {"suite": "on-ray", "case": case, "seconds": round(seconds, 1), "cost": batch.cost, "bound": batch.bound}
    print(json.dumps({**figure, "gap_percent": round(batch.gap / 10_000, 3), **facts}), flush=True)


def workers() -> list[int]:
    """Processes of workers: Ray names them by what they do."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.joinpath("cmdline").read_bytes().startswith(b"ray::_Worker"):
                found.append(int(process.name))
        except OSError:
            pass
    return found


def main() -> None:
    """Measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=None, help="of each batch; as many rounds as --rounds otherwise")
    parser.add_argument("--rounds", type=int, default=140)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--kill", action="store_true", help="once more, with a worker killed in the middle")
    asked = parser.parse_args()
    made = volok.generate("competing", 1, skus=asked.orders // 10, storing=24, hand_over=24, orders=asked.orders)
    orders, lines = pl.DataFrame(made.order_table), pl.DataFrame(made.line_table)
    document = {name: rows for name, rows in made.document.items() if name != "stock"}
    stock = pl.DataFrame(made.document["stock"], infer_schema_length=None)
    terms: dict[str, Any] = {"rounds": asked.rounds, "seconds": asked.seconds, "gap": 0}

    begin = time.perf_counter()
    told("one process", made.world.batch(orders, lines, **terms), time.perf_counter() - begin, orders=asked.orders)

    ray.init(num_cpus=asked.workers, include_dashboard=False, log_to_driver=False)
    terms["workers"] = asked.workers
    begin = time.perf_counter()
    calm = volok.ray.batch(document, orders, lines, stock=stock, **terms)
    told("on Ray", calm, time.perf_counter() - begin, workers=asked.workers)
    if asked.kill:
        killed: list[int] = []

        def kill(done: int, total: int) -> None:
            if not killed and done > total // 4 and (there := workers()):
                killed.append(there[0])
                os.kill(there[0], signal.SIGKILL)

        begin = time.perf_counter()
        shaken = volok.ray.batch(document, orders, lines, stock=stock, progress=kill, **terms)
        same = (shaken.cost, shaken.bound) == (calm.cost, calm.bound)
        told("on Ray, a worker killed", shaken, time.perf_counter() - begin, killed=len(killed), same_answer=same)
    ray.shutdown()


if __name__ == "__main__":
    main()
