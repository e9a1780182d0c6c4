"""Batches on Ray: a cluster of this machine, started and ended here."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import volok

ray = pytest.importorskip("ray", reason="Ray is not installed: `pip install volok[ray]`")
pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed: `pip install volok[ray]`")


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def competing() -> volok.Generated:
    return volok.generate("competing", 1, skus=20, storing=6, hand_over=6, orders=60)


def _workers() -> list[int]:
    """Processes of workers: Ray names them by what they do."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            named = process.joinpath("cmdline").read_bytes()
        except OSError:
            continue
        if named.startswith(b"ray::_Worker"):
            found.append(int(process.name))
    return found


@pytest.mark.usefixtures("cluster")
def test_a_killed_worker_costs_time_and_not_the_answer(competing: volok.Generated) -> None:
    import volok.ray

    document = {name: rows for name, rows in competing.document.items() if name != "stock"}
    given = {"stock": pyarrow.Table.from_pylist(competing.document["stock"])}
    world = volok.World.from_dict(document, **given)
    asked: dict[str, Any] = {**given, "world": world, "workers": 2, "rounds": 60, "gap": 0}
    orders, lines = competing.order_table, competing.line_table
    calm = volok.ray.batch(document, orders, lines, **asked)
    assert len(world.check(calm.plans)) == 0
    assert calm.cost <= 1.05 * world.batch(orders, lines, rounds=60).cost

    killed: list[int] = []

    def kill_one(done: int, total: int) -> None:
        if not killed and 0 < done < total and (workers := _workers()):
            killed.append(workers[0])
            os.kill(workers[0], signal.SIGKILL)

    shaken = volok.ray.batch(document, orders, lines, **asked, progress=kill_one)
    assert killed, "a worker was there to be killed"
    assert shaken.plans.plans.to_dicts() == calm.plans.plans.to_dicts()
    assert (shaken.cost, shaken.bound) == (calm.cost, calm.bound)


@pytest.mark.usefixtures("cluster")
def test_a_wrong_world_is_told_before_anyone_is_hired(competing: volok.Generated) -> None:
    import volok.ray

    with pytest.raises(volok.DefectsError):
        volok.ray.batch({**competing.document, "currency": ""}, competing.orders, workers=2)
