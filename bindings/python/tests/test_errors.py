"""What is wrong is told with its place, all of it at once."""

import copy
from pathlib import Path
from typing import Any

import pytest

import volok


def test_every_defect_of_a_world(document: dict[str, Any]) -> None:
    document["skus"][0]["grams"] = -1
    document["lanes"][1]["from"] = "sout"
    with pytest.raises(volok.DefectsError) as caught:
        volok.World.from_dict(document)
    found = [(defect["place"], defect["code"]) for defect in caught.value.defects]
    assert found == [("skus[0].grams", "out_of_range"), ("lanes[1].from", "unknown")]
    assert "skus[0].grams: found -1" in str(caught.value)


def test_every_defect_of_every_order(world: volok.World, order: dict[str, Any]) -> None:
    bad = copy.deepcopy(order)
    bad["to"] = "north"
    bad["lines"][1]["sku"] = "notebok"
    with pytest.raises(volok.DefectsError) as caught:
        world.plan([order, bad])
    places = [defect["place"] for defect in caught.value.defects]
    assert places == ["orders[1].to", "orders[1].lines[1].sku"]
    assert "notebook" in caught.value.defects[1]["right"]
    assert isinstance(caught.value, ValueError)


def test_a_text_that_is_no_order(world: volok.World) -> None:
    with pytest.raises(volok.ReadError) as caught:
        world.plan('{"id": "1001",\n "channel": 7}')
    assert (caught.value.line, caught.value.place) == (2, "channel")
    with pytest.raises(volok.ReadError) as caught:
        world.plan(["{"])
    assert caught.value.place.startswith("orders[0]")


def test_what_is_no_order_at_all(world: volok.World) -> None:
    with pytest.raises(TypeError, match="an order is a dict or a JSON text"):
        world.plan(7)  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        world.plan([7])


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        volok.World.load(tmp_path / "nowhere.json")
    assert caught.value.filename == str(tmp_path / "nowhere.json")


def test_errors_travel(world: volok.World) -> None:
    import pickle

    with pytest.raises(volok.ReadError) as caught:
        world.plan("")
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    defect: volok.Defect = {
        "place": "to",
        "row": None,
        "column": None,
        "code": "unknown",
        "found": '"x"',
        "right": "the id of a node",
    }
    error = volok.DefectsError([defect])
    assert pickle.loads(pickle.dumps(error)).defects == error.defects
