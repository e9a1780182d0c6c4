"""Orders in, plans out."""

import copy
import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

import volok


def test_one_order_is_planned_and_proven(world: volok.World, order: dict[str, Any]) -> None:
    plan = world.plan(order)
    # South has both: packing 50, carriage 900, hand-over 100. North for the pen would cost a parcel more.
    assert plan["cost"] == plan["bound"] == 1050
    assert plan["status"] == "optimal"
    assert [parcel["code"] for parcel in plan["parcels"]] == ["1001-A"]
    assert plan["parcels"][0]["node"] == "south"


def test_a_pen_alone_comes_from_near(world: volok.World, order: dict[str, Any]) -> None:
    order["lines"] = order["lines"][:1]
    plan = world.plan(order)
    assert (plan["cost"], plan["parcels"][0]["node"]) == (650, "north")


def test_json_text_and_dict_are_the_same(world: volok.World, order: dict[str, Any]) -> None:
    assert world.plan(json.dumps(order)) == world.plan(order)


def test_a_list_gives_a_list_in_its_order(world: volok.World, order: dict[str, Any]) -> None:
    other = copy.deepcopy(order) | {"id": "1002"}
    plans = world.plan([other, json.dumps(order)])
    assert [plan["order"] for plan in plans] == ["1002", "1001"]
    assert world.plan([]) == []


def test_nothing_is_taken(world: volok.World, order: dict[str, Any]) -> None:
    order["lines"][1]["qty"] = 5
    first = world.plan(order)
    assert "unfilled" not in first
    assert world.plan(order) == first


def test_a_world_is_loaded_from_a_file(world_file: Path, order: dict[str, Any]) -> None:
    assert volok.World.load(world_file).plan(order)["cost"] == 1050
    assert volok.World.load(str(world_file)).plan(order)["cost"] == 1050
    assert repr(volok.World.load(world_file)) == "<volok.World: 3 nodes, 2 SKUs, 3 stock cells>"


def test_threads_share_a_world(world: volok.World, order: dict[str, Any]) -> None:
    expected = world.plan(order)
    found: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda: found.extend(world.plan([order] * 50))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 200


def test_the_command_line_answers_the_same(world_file: Path, order: dict[str, Any]) -> None:
    volok_binary = os.environ.get("VOLOK")
    if volok_binary is None:
        pytest.skip("VOLOK names no binary to compare with")
    command = [volok_binary, "plan", "--world", str(world_file), "--orders", "-", "--format", "json"]
    done = subprocess.run(command, input=json.dumps(order), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == volok.World.load(world_file).plan(order)
