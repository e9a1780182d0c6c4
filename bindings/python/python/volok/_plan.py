"""A plan of one order: a document that shows itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._volok import Drawing


class Plan(dict[str, Any]):
    """The document of a plan (``volok schema plan``), as a dict; in a notebook it is shown as a map and a timeline.

    What was copied or unpickled is a document only and has no picture any more: `World.read_plan` gives it one again.
    """

    __slots__ = ("_drawing",)

    def __init__(self, document: Mapping[str, Any], drawing: Drawing | None = None) -> None:
        super().__init__(document)
        self._drawing = drawing

    def svg(self) -> str:
        """Map and timeline as an SVG document that needs nothing else, readable on light and on dark paper.

        Raises `ValueError` for a plan without a picture.
        """
        return self._drawn().svg()

    def html(self) -> str:
        """A page that needs nothing else: the picture, costs, why these parcels, and the plan in words.

        Raises `ValueError` for a plan without a picture.
        """
        return self._drawn().html()

    def _drawn(self) -> Drawing:
        if self._drawing is None:
            raise ValueError("this plan is a document only; `world.read_plan(order, plan)` can draw it")
        return self._drawing

    def _repr_html_(self) -> str | None:
        if self._drawing is None:
            return None
        return f'<div style="max-width:960px;overflow-x:auto">{self._drawing.svg()}</div>'

    def __reduce__(self) -> tuple[Any, ...]:
        return (Plan, (dict(self),))
