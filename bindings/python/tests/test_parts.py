"""Orders that compete, decided together, their problems laid out in parts elsewhere."""

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

import volok


@pytest.fixture(scope="module")
def competing() -> volok.Generated:
    return volok.generate("competing", 1, skus=20, storing=6, hand_over=6, orders=60)


def asking(parts: list[volok.Part]) -> Callable[[list[bytes]], list[bytes]]:
    def ask(questions: list[bytes]) -> list[bytes]:
        with ThreadPoolExecutor(len(parts)) as pool:
            return list(pool.map(lambda part, question: part.answer(question), parts, questions))

    return ask


def test_parts_decide_about_as_well_as_the_whole(competing: volok.Generated) -> None:
    world, orders, lines = competing.world, competing.order_table, competing.line_table
    parts = [volok.Part(world, orders, lines, threads=1) for _ in range(2)]
    told: list[tuple[int, int]] = []
    batch = world.batch_in_parts(
        orders, lines, ask=asking(parts), count=2, rounds=60, progress=lambda done, total: told.append((done, total))
    )
    whole = world.batch(orders, lines, rounds=60)
    assert len(world.check(batch.plans)) == 0
    assert batch.bound <= whole.cost
    assert batch.cost <= 1.05 * whole.cost
    assert batch.cost == sum(row["cost"] for row in batch.plans.plans.to_dicts())
    assert len(batch.cell_prices) > 0
    assert all(row["price"] > 0 for row in batch.cell_prices.to_dicts())
    assert told[-1] == (60, 60)


def test_whoever_answers_answers_the_same(competing: volok.Generated) -> None:
    world, orders = competing.world, competing.orders

    def hired_for_one_question(questions: list[bytes]) -> list[bytes]:
        return [volok.Part(world, orders, threads=1).answer(question) for question in questions]

    parts = [volok.Part(world, orders, threads=1) for _ in range(3)]
    lasting = world.batch_in_parts(orders, ask=asking(parts), count=3, rounds=12)
    passing = world.batch_in_parts(orders, ask=hired_for_one_question, count=3, rounds=12)
    assert passing.plans.plans.to_dicts() == lasting.plans.plans.to_dicts()
    assert (passing.cost, passing.bound) == (lasting.cost, lasting.bound)


def test_what_ask_raises_is_raised(competing: volok.Generated) -> None:
    world, orders = competing.world, competing.orders

    def gone(_: list[bytes]) -> list[bytes]:
        raise ConnectionError("the cluster has gone")

    with pytest.raises(ConnectionError, match="the cluster has gone"):
        world.batch_in_parts(orders, ask=gone, count=2)
    with pytest.raises(ValueError, match="no answer of a `Part`"):
        world.batch_in_parts(orders, ask=lambda questions: [b"{}" for _ in questions], count=2)
    with pytest.raises(ValueError, match="at least 1"):
        world.batch_in_parts(orders, ask=gone, count=0)
    stranger = volok.Part(world, orders[:10], threads=1)
    with pytest.raises(RuntimeError, match="another world or other orders"):
        world.batch_in_parts(orders, ask=lambda questions: [stranger.answer(question) for question in questions], count=2)


def test_a_part_knows_what_is_no_question(competing: volok.Generated) -> None:
    part = volok.Part(competing.world, competing.orders, threads=1)
    with pytest.raises(ValueError, match="no question"):
        part.answer(b"what?")


def _asked_in_a_child(part: volok.Part) -> None:
    try:
        part.answer(b'{"orders":[0],"taken":[],"work":{"wishes":{"prices":[]}}}')
    except RuntimeError as error:
        os._exit(7 if "after the fork" in str(error) else 8)
    os._exit(9)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_part_is_of_the_process_that_made_it(competing: volok.Generated) -> None:
    part = volok.Part(competing.world, competing.orders, threads=1)
    child = multiprocessing.get_context("fork").Process(target=_asked_in_a_child, args=(part,))
    child.start()
    child.join(30)
    assert child.exitcode == 7
