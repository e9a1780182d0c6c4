"""Volok decides where each unit of an order comes from and in which parcels it travels.

    >>> import volok
    >>> world = volok.World.load("world.json")
    >>> plan = world.plan({"id": "1001", "channel": "site", ...})
    >>> plan["cost"], plan["status"]
    (22900, 'optimal')

Documents are those of the command line: ``volok schema world``, ``order``, ``plan`` prints their JSON Schema. Money is
in minor units, moments are RFC 3339 text.
"""

from ._errors import Defect, DefectsError, ReadError
from ._volok import World, __version__

__all__ = ["Defect", "DefectsError", "ReadError", "World", "__version__"]
