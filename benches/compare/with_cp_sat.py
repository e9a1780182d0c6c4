"""The splits with CP-SAT, one worker."""

import sys
import time

from ortools.sat.python import cp_model

from model import Problem, main


def solve(problem: Problem, seconds: float) -> tuple[int, int, int]:
    model = cp_model.CpModel()
    opened = [model.new_bool_var("") for _ in problem.fixed]
    left = [model.new_int_var(0, qty, "") for qty, _ in problem.lines]
    taken = []
    by_line = [[] for _ in problem.lines]
    for offer in problem.offers:
        units = model.new_int_var(0, offer.most, "")
        model.add(units <= offer.most * opened[offer.way])
        taken.append(units)
        by_line[offer.line].append(units)
    for (qty, _), units, behind in zip(problem.lines, by_line, left):
        model.add(sum(units) + behind == qty)
    model.minimize(
        sum(fixed * way for fixed, way in zip(problem.fixed, opened))
        + sum(offer.unit_cost * units for offer, units in zip(problem.offers, taken))
        + sum(skip * behind for (_, skip), behind in zip(problem.lines, left))
    )
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    begin = time.perf_counter_ns()
    status = solver.solve(model)
    took = time.perf_counter_ns() - begin
    cost = round(solver.objective_value)
    if status == cp_model.OPTIMAL:
        return cost, cost, took
    # Costs are whole, so a bound may be rounded up.
    return cost, -int(-solver.best_objective_bound // 1), took


if __name__ == "__main__":
    sys.exit(main("cp-sat", solve))
