"""What can be wrong with a document."""

from typing import TypedDict


class Defect(TypedDict):
    """One thing that is wrong with a document."""

    place: str
    """Where, as a path into the document: ``lines[2].sku``; of a list of orders, ``orders[3].lines[2].sku``; of a
    table, ``stock[3].on_hand``, or ``stock.on_hand`` for the column as a whole."""
    row: int | None
    """Row of the section or table, from 0; None when it is not about one row."""
    column: str | None
    """Column of the table, or field of the row; None when it is not about one."""
    code: str
    """Stable code: ``unknown``, ``duplicate``, ``out_of_range``, ``empty``, ``malformed``, ``conflict``, ``too_many``,
    ``missing`` (also a null), ``wrong_type`` (of a column)."""
    found: str
    """What stands there, shortened when long."""
    right: str
    """What would be right."""


class DefectsError(ValueError):
    """A document contradicts the world or itself; ``defects`` lists everything that is wrong with it."""

    defects: list[Defect]

    def __init__(self, defects: list[Defect]) -> None:
        super().__init__(defects)
        self.defects = defects

    def __str__(self) -> str:
        return "\n".join(
            f"{defect['place']}: found {defect['found']}; {defect['right']}"
            if defect["found"]
            else f"{defect['place']}: {defect['right']}"
            for defect in self.defects
        )


class ReadError(ValueError):
    """A text has not the shape of its document: where, and what was expected."""

    line: int
    column: int
    place: str
    text: str

    def __init__(self, line: int, column: int, place: str, text: str) -> None:
        super().__init__(line, column, place, text)
        self.line = line
        self.column = column
        self.place = place
        self.text = text

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}, {self.place}: {self.text}"
