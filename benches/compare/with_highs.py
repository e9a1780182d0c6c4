"""The splits with HiGHS, as mixed-integer programs: an open way a binary, units of an offer an integer.

Each offer has its own bound by its way (x ≤ most · open), which is the tighter of the two usual formulations.
"""

import sys
import time

import highspy
import numpy

from model import Problem, main


def solve(problem: Problem, seconds: float) -> tuple[int, int, int]:
    ways, offers, lines = len(problem.fixed), len(problem.offers), len(problem.lines)
    program = highspy.HighsLp()
    # Columns: ways, then offers, then units left behind of each line.
    program.num_col_ = ways + offers + lines
    program.num_row_ = lines + offers
    program.col_cost_ = numpy.array(
        problem.fixed + [offer.unit_cost for offer in problem.offers] + [skip for _, skip in problem.lines],
        dtype=numpy.float64,
    )
    program.col_lower_ = numpy.zeros(program.num_col_)
    program.col_upper_ = numpy.array(
        [1] * ways + [offer.most for offer in problem.offers] + [qty for qty, _ in problem.lines],
        dtype=numpy.float64,
    )
    starts, index, value, low, high = [0], [], [], [], []
    by_line = [[] for _ in problem.lines]
    for k, offer in enumerate(problem.offers):
        by_line[offer.line].append(ways + k)
    for line, (qty, _) in enumerate(problem.lines):
        index += by_line[line] + [ways + offers + line]
        value += [1] * (len(by_line[line]) + 1)
        starts.append(len(index))
        low.append(qty)
        high.append(qty)
    for k, offer in enumerate(problem.offers):
        index += [offer.way, ways + k]
        value += [-offer.most, 1]
        starts.append(len(index))
        low.append(-highspy.kHighsInf)
        high.append(0)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = numpy.array(starts, dtype=numpy.int32)
    program.a_matrix_.index_ = numpy.array(index, dtype=numpy.int32)
    program.a_matrix_.value_ = numpy.array(value, dtype=numpy.float64)
    program.row_lower_ = numpy.array(low, dtype=numpy.float64)
    program.row_upper_ = numpy.array(high, dtype=numpy.float64)
    program.integrality_ = [highspy.HighsVarType.kInteger] * program.num_col_
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.5)
    highs.setOptionValue("time_limit", seconds)
    highs.passModel(program)
    begin = time.perf_counter_ns()
    highs.run()
    took = time.perf_counter_ns() - begin
    info = highs.getInfo()
    cost = round(info.objective_function_value)
    if highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
        return cost, cost, took
    # Costs are whole, so a bound may be rounded up.
    return cost, -int(-info.mip_dual_bound // 1), took


if __name__ == "__main__":
    sys.exit(main("highs", solve))
