"""What a table is: anything that hands over Arrow columns."""

from typing import Any, Protocol


class ArrowStream(Protocol):
    """A table in parts: a frame of polars, pandas or pyarrow, a DuckDB relation, a `volok.Table`."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """A capsule named ``arrow_array_stream``."""


class ArrowArray(Protocol):
    """A table in one part, as a record batch of pyarrow."""

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
        """Capsules named ``arrow_schema`` and ``arrow_array``."""
