"""How far a long call is, for people who watch."""

import importlib
from collections.abc import Callable
from typing import Any


class _Bar:
    """A bar of tqdm: in a terminal and in a notebook alike."""

    def __init__(self, tqdm: Any, total: int) -> None:
        self._bar = tqdm(total=total, unit=" orders", delay=0.2)

    def __call__(self, done: int, total: int) -> None:
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        self._bar.close()


def reporter(asked: bool | Callable[[int, int], object], total: int) -> Callable[[int, int], object] | None:
    """What is called with (done, total): the function asked for, a bar, or nothing."""
    if callable(asked):
        return asked
    if not asked:
        return None
    try:
        auto = importlib.import_module("tqdm.auto")
    except ImportError:
        return None
    return _Bar(auto.tqdm, total)
