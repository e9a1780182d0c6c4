from collections.abc import Mapping
from os import PathLike
from typing import Any, Final, final, overload

__all__ = ["World", "__version__"]

__version__: Final[str]

@final
class World:
    """A network with its catalogue and stock. Threads may share one: planning changes nothing."""

    @staticmethod
    def load(path: str | PathLike[str]) -> World:
        """The world of a JSON file."""

    @staticmethod
    def from_json(text: str) -> World:
        """The world of a JSON text."""

    @staticmethod
    def from_dict(document: Mapping[str, Any]) -> World:
        """The world of a document made of dicts, lists, strings and numbers."""

    @overload
    def plan(self, orders: str | Mapping[str, Any], *, steps: int | None = None) -> dict[str, Any]: ...
    @overload
    def plan(self, orders: list[Any] | tuple[Any, ...], *, steps: int | None = None) -> list[dict[str, Any]]:
        """The cheapest plan of an order, or of each order of a list, as documents.

        An order is a dict or a JSON text. Each order is planned alone against the stock as it is: nothing is taken.
        A list is planned on all cores, and other Python threads run meanwhile. `steps` bounds the search of each order.

        Raises `ReadError` for a text that is no order and `DefectsError` with every defect of all orders.
        """
