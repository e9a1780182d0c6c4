"""What both solvers share: reading problems, holding answers against Volok's, printing figures.

A problem: choose ways to open (fixed charges) and units of each line by each offer, at most `most` of it and only by
open ways; a unit left behind costs the line's penalty. All numbers are whole.
"""

import argparse
import json
import pathlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Offer:
    line: int
    way: int
    most: int
    unit_cost: int


@dataclass(frozen=True)
class Problem:
    seed: int
    fixed: list[int]
    lines: list[tuple[int, int]]
    """Units wanted, cost of each unit left behind."""
    offers: list[Offer]
    cost: int
    bound: int
    nanoseconds: int


def read(path: pathlib.Path, most: int) -> Iterator[Problem]:
    """The first problems of a file."""
    with path.open(encoding="utf-8") as rows:
        for _, row in zip(range(most), rows):
            fact = json.loads(row)
            yield Problem(
                seed=fact["seed"],
                fixed=fact["fixed"],
                lines=[(qty, skip) for qty, skip in fact["lines"]],
                offers=[Offer(*offer) for offer in fact["offers"]],
                cost=fact["volok"]["cost"],
                bound=fact["volok"]["bound"],
                nanoseconds=fact["volok"]["ns"],
            )


def quantile(values: list[int], part: int, whole: int) -> int:
    ordered = sorted(values)
    return ordered[-(-(len(ordered) - 1) * part // whole)]


def figure(suite: str, case: str, times: list[int], **facts: int) -> None:
    """One line of JSON, times in nanoseconds."""
    p50 = quantile(times, 1, 2)
    row = {"suite": suite, "case": case, "value": p50, "unit": "ns", "n": len(times), "p50": p50}
    row |= {"p99": quantile(times, 99, 100), **facts}
    print(json.dumps(row), flush=True)


Solve = Callable[[Problem, float], tuple[int, int, int]]
"""Of a problem and seconds: cost, bound and nanoseconds of the search alone."""


def main(name: str, solve: Solve) -> int:
    """Solves the files given and compares; 1 when any proven cost differs."""
    arguments = argparse.ArgumentParser(description=f"Solves exported splits with {name}, one thread.")
    arguments.add_argument("files", nargs="+", type=pathlib.Path)
    arguments.add_argument("--problems", type=int, default=20, help="most problems of a file")
    arguments.add_argument("--seconds", type=float, default=30.0, help="most seconds for a problem")
    options = arguments.parse_args()
    wrong = 0
    for path in options.files:
        theirs, ours, proven, ours_proven, agreed = [], [], 0, 0, 0
        for problem in read(path, options.problems):
            begin = time.perf_counter_ns()
            cost, bound, search = solve(problem, options.seconds)
            whole = time.perf_counter_ns() - begin
            theirs.append(search)
            ours.append(problem.nanoseconds)
            proven += cost == bound
            ours_proven += problem.cost == problem.bound
            fits = problem.bound <= cost and bound <= problem.cost
            if cost == bound and problem.cost == problem.bound:
                fits = cost == problem.cost
                agreed += fits
            if not fits:
                wrong += 1
                print(
                    f"{path.name} seed {problem.seed}: {name} {bound}..{cost}, "
                    f"volok {problem.bound}..{problem.cost} ({whole} ns)",
                    file=sys.stderr,
                )
        if not theirs:
            continue
        figure("compare", f"{path.stem} {name}", theirs, proven=proven, agreed=agreed)
        ratio = quantile(theirs, 1, 2) // max(quantile(ours, 1, 2), 1)
        figure("compare", f"{path.stem} volok", ours, proven=ours_proven, times_faster=ratio)
    return 1 if wrong else 0
