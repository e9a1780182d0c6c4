"""Orders that compete, decided by HiGHS as one mixed-integer program: what it costs, what is proven, in how long.

Ways of an order are binaries, units of an offer integers; an offer brings units only by a way that is open. What there is
of a thing bounds what all offers of all orders take of it; parcels of an order after the first cost its penalty.
"""

import argparse
import json
import time

import highspy
import numpy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problem", help="as `volok-bench batch --export` writes it")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--gap", type=float, default=0.0, help="relative gap that is small enough")
    arguments = parser.parse_args()
    with open(arguments.problem, encoding="utf-8") as file:
        most = json.loads(next(file))["most"]
        orders = [json.loads(line) for line in file]

    cost: list[float] = []
    upper: list[float] = []
    rows: list[tuple[list[int], list[float], float, float]] = []
    taken: list[list[int]] = [[] for _ in most]

    def column(price: float, high: float) -> int:
        cost.append(price)
        upper.append(high)
        return len(cost) - 1

    infinite = highspy.kHighsInf
    for order in orders:
        ways = [column(fixed, 1) for fixed in order["ways"]]
        lines: list[list[int]] = [[column(skip, qty)] for qty, skip in order["lines"]]
        for line, way, thing, high, price in order["offers"]:
            units = column(price, high)
            lines[line].append(units)
            taken[thing].append(units)
            rows.append(([units, ways[way]], [1, -high], -infinite, 0))
        for columns, (qty, _) in zip(lines, order["lines"]):
            rows.append((columns, [1] * len(columns), qty, qty))
        if order["penalty"] and ways:
            after = column(order["penalty"], max(len(ways) - 1, 0))
            rows.append((ways + [after], [1] * len(ways) + [-1], -infinite, 1))
    for columns, there in zip(taken, most):
        rows.append((columns, [1] * len(columns), -infinite, there))

    program = highspy.HighsLp()
    program.num_col_ = len(cost)
    program.num_row_ = len(rows)
    program.col_cost_ = numpy.array(cost, dtype=numpy.float64)
    program.col_lower_ = numpy.zeros(len(cost))
    program.col_upper_ = numpy.array(upper, dtype=numpy.float64)
    starts = numpy.cumsum([0] + [len(row[0]) for row in rows])
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = starts.astype(numpy.int32)
    program.a_matrix_.index_ = numpy.array([k for row in rows for k in row[0]], dtype=numpy.int32)
    program.a_matrix_.value_ = numpy.array([v for row in rows for v in row[1]], dtype=numpy.float64)
    program.row_lower_ = numpy.array([row[2] for row in rows], dtype=numpy.float64)
    program.row_upper_ = numpy.array([row[3] for row in rows], dtype=numpy.float64)
    program.integrality_ = [highspy.HighsVarType.kInteger] * len(cost)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("mip_rel_gap", arguments.gap)
    highs.setOptionValue("time_limit", arguments.seconds)
    highs.passModel(program)
    began = time.perf_counter()
    highs.run()
    seconds = time.perf_counter() - began
    info = highs.getInfo()
    found, bound = info.objective_function_value, info.mip_dual_bound
    figure = {
        "suite": "batch",
        "case": f"{len(orders)} orders, HiGHS, gap",
        "value": 100 * (found - bound) / found if found else 0.0,
        "unit": "%",
        "n": 1,
        "seconds": seconds,
        "cost": found,
        "bound": bound,
    }
    print(json.dumps(figure))


if __name__ == "__main__":
    main()
