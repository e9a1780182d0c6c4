"""Batches larger than a machine, on a Ray cluster: ``pip install volok[ray]``.

    >>> import volok.ray
    >>> batch = volok.ray.batch(document, orders, lines, stock=stock, workers=8, progress=True)
    >>> batch.cost, batch.bound, batch.gap

The world, its stock and the orders are shared once, tables as Arrow; each worker lays out a part of the orders. Prices are
found here. The answer is a `volok.Batch`, as `World.batch` gives it, and depends on the number of workers, not on their
speed. A worker that is lost is started again, lays out its part and answers what was asked: that costs time, not the
answer. See docs/batch.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow
import ray

from . import Batch, Part, World

__all__ = ["batch"]

_TABLES = ("sellers", "skus", "stock", "inbound", "ring_fences")


def batch(
    document: Mapping[str, Any],
    orders: Any,
    lines: Any = None,
    *,
    sellers: Any = None,
    skus: Any = None,
    stock: Any = None,
    inbound: Any = None,
    ring_fences: Any = None,
    world: World | None = None,
    workers: int | None = None,
    cpus: int = 1,
    gap: int = 1_000,
    rounds: int = 400,
    seed: int = 1,
    seconds: float | None = None,
    steps: int | None = None,
    progress: bool | Callable[[int, int], object] | None = None,
) -> Batch:
    """Orders that compete, decided together by workers on Ray.

    Parameters
    ----------
    document, sellers, skus, stock, inbound, ring_fences
        A world, as `World.from_dict` takes it: a document, and tables (anything with the Arrow PyCapsule interface) in
        place of its sections.
    world
        The world of these, where it is there already: plans are checked and taken by the world that made them.
    orders, lines
        Orders, as `World.batch` takes them.
    workers
        How many; as many as the cluster has processors for, when absent.
    cpus
        Processors, and threads, of each.
    gap, rounds, seed, seconds, steps, progress
        As of `World.batch`.

    Raises
    ------
    volok.DefectsError
        With every defect of the world or the orders, before any worker is started.
    ray.exceptions.RayError
        When no worker can be had.
    """
    tables = dict(zip(_TABLES, map(_arrow, (sellers, skus, stock, inbound, ring_fences)), strict=True))
    orders, lines = _arrow(orders), _arrow(lines)
    if world is None:
        world = World.from_dict(document, **{name: table for name, table in tables.items() if table is not None})
    if not ray.is_initialized():
        ray.init()
    if workers is None:
        cluster: Any = ray
        workers = max(1, int(cluster.cluster_resources().get("CPU", 1)) // cpus)
    shared = [ray.put(part) for part in (document, tables, orders, lines)]
    actor: Any = ray.remote(num_cpus=cpus, max_restarts=-1, max_task_retries=-1)(_Worker)
    hired: list[Any] = [actor.remote(*shared, steps, cpus) for _ in range(workers)]

    def ask(questions: list[bytes]) -> list[bytes]:
        answers: list[bytes] = ray.get(
            [worker.answer.remote(question) for worker, question in zip(hired, questions, strict=True)]
        )
        return answers

    try:
        return world.batch_in_parts(
            orders,
            lines,
            ask=ask,
            count=workers,
            gap=gap,
            rounds=rounds,
            seed=seed,
            seconds=seconds,
            steps=steps,
            progress=progress,
        )
    finally:
        for worker in hired:
            ray.kill(worker)


def _arrow(table: Any) -> Any:
    """A table as Ray shares it without copying; what is no table stays as it is."""
    if hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__"):
        return pyarrow.table(table)
    return table


class _Worker:
    """A part of the orders, on some machine."""

    def __init__(
        self, document: Any, tables: dict[str, Any], orders: Any, lines: Any, steps: int | None, threads: int
    ) -> None:
        given = {name: table for name, table in tables.items() if table is not None}
        self._part = Part(World.from_dict(document, **given), orders, lines, steps=steps, threads=threads)

    def answer(self, question: bytes) -> bytes:
        """What the part answers."""
        return self._part.answer(question)
