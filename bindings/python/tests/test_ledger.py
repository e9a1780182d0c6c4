"""What was decided becomes binding, and stays so whatever happens to the process."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import volok

from conftest import Clock

def _pens(qty: int, node: str = "north") -> list[dict[str, Any]]:
    return [{"sku": "pen", "qty": qty, "node": node}]


def _held(ledger: volok.Ledger, sku: str, node: str) -> int:
    rows = ledger.cells.to_dicts()
    return sum(row["held"] for row in rows if (row["sku"], row["node"]) == (sku, node))


def test_a_hold_from_placing_to_the_receipt(ledger: volok.Ledger) -> None:
    hold = ledger.place("site", "point", _pens(2), life=3600, customer=7, key="r-1")
    assert (hold["state"], hold["version"], hold["expires_at"]) == ("active", 1, "2026-03-02T11:00:00Z")
    assert _held(ledger, "pen", "north") == 2
    view = ledger.get(hold["hold"])
    assert (view["origin_channel"], view["customer"], view["node"]) == ("site", 7, "point")
    assert [(line["sku"], line["node"], line["held"]) for line in view["lines"]] == [("pen", "north", 2)]
    longer = ledger.extend(hold["hold"], 7200)
    assert longer["expires_at"] == "2026-03-02T12:00:00Z"
    part = ledger.fulfil(hold["hold"], _pens(1), remainder="keep")
    assert (part["state"], part["units"], part["origin_channel"], part["by"]) == ("partial", 1, "site", "point")
    rest = ledger.fulfil(hold["hold"])
    assert (rest["state"], rest["receipt"]) == ("fulfilled", "counter")
    assert ledger.holds.to_dicts()[0]["fulfilled"] == 2
    assert ledger.metrics()["holds"] == {"fulfilled": 1}
    assert ledger.metrics()["units_on_hand"] == 13


def test_swapping_at_the_counter_is_all_or_nothing(ledger: volok.Ledger) -> None:
    hold = ledger.place("site", "point", _pens(2), life=3600)["hold"]
    with pytest.raises(volok.NotEnough) as caught:
        ledger.adjust(hold, drops=_pens(1), adds=_pens(6, "south"))
    assert (caught.value.asked, caught.value.there_is, caught.value.line) == (6, 5, 0)
    assert _held(ledger, "pen", "north") == 2
    ledger.adjust(hold, drops=_pens(1), adds=_pens(5, "south"), version=1)
    assert (_held(ledger, "pen", "north"), _held(ledger, "pen", "south")) == (1, 5)
    with pytest.raises(volok.VersionConflict):
        ledger.release(hold, version=1)
    assert ledger.release(hold, version=2)["state"] == "released"
    with pytest.raises(volok.HoldEnded):
        ledger.extend(hold, 10)


def test_the_same_key_has_one_effect(ledger: volok.Ledger) -> None:
    one = ledger.place("site", "point", _pens(2), life=60, key="r-1")
    assert ledger.place("site", "point", _pens(2), life=60, key="r-1") == one
    assert _held(ledger, "pen", "north") == 2
    with pytest.raises(volok.KeyReused):
        ledger.place("site", "point", _pens(1), life=60, key="r-1")
    told = ledger.operation("r-1")
    assert told is not None
    assert (told["done"], told["hold"]) == (True, one["hold"])
    with pytest.raises(volok.NotEnough):
        ledger.place("site", "point", _pens(4), life=60, key="r-2")
    refused = ledger.operation("r-2")
    assert refused is not None
    assert refused["refused"] == "not_enough"
    assert ledger.operation("r-3") is None


def test_a_hold_ends_at_its_second(ledger: volok.Ledger, clock: Clock) -> None:
    hold = ledger.place("site", "point", _pens(5), life=60)["hold"]
    clock.after(59)
    with pytest.raises(volok.NotEnough):
        ledger.place("site", "point", _pens(1), life=60)
    clock.after(1)
    assert ledger.get(hold)["state"] == "expired"
    ledger.place("site", "point", _pens(5), life=60)


def test_stock_is_reported_once_and_in_order(ledger: volok.Ledger) -> None:
    shelf = {"seller": "anna", "sku": "pen", "node": "north", "zone": "shelf"}
    ledger.register("source", ["till"])
    ledger.place("site", "point", _pens(4), life=60)
    received = ledger.stock("receipt", shelf, 3, source="till", sequence=1)
    assert received == {"known": False, "on_hand": 8, "short": 0}
    assert ledger.stock("receipt", shelf, 3, source="till", sequence=1) == {"known": True}
    with pytest.raises(volok.OutOfOrder):
        ledger.stock("sale", shelf, 1, source="till", sequence=3)
    moved = ledger.stock("move", shelf, 2, into={**shelf, "node": "south"}, source="till", sequence=2)
    assert moved["on_hand"] == 6
    counted = ledger.stock("count", shelf, 1, source="till", sequence=3)
    assert counted["short"] == 3
    cell = next(row["cell"] for row in ledger.cells.to_dicts() if row["short"] == 3)
    with pytest.raises(volok.CellShort):
        ledger.place("site", "point", [{"cell": cell, "qty": 1}], life=60)
    assert ledger.metrics()["cells_short"] == 1
    with pytest.raises(volok.DefectsError, match="announced with `due`"):
        ledger.stock("announced", shelf, 3, source="till", sequence=4)
    with pytest.raises(volok.DefectsError, match="a cell the ledger has"):
        ledger.stock("count", {**shelf, "zone": "fridge"}, 3, source="till", sequence=4)


def test_names_nobody_has_heard_of(ledger: volok.Ledger) -> None:
    with pytest.raises(volok.DefectsError) as caught:
        ledger.place("sight", "point", _pens(1), life=60)
    assert caught.value.defects[0]["place"] == "channel"
    with pytest.raises(volok.DefectsError) as caught:
        ledger.place("site", "point", [{"sku": "pan", "qty": 1}], life=60)
    assert caught.value.defects[0]["place"] == "lines[0].sku"
    with pytest.raises(volok.UnknownHold):
        ledger.get(99)
    with pytest.raises(volok.UnknownHold):
        ledger.fulfil(99)
    with pytest.raises(volok.UnknownTenant):
        volok.Ledger(None).place("site", "point", _pens(1), life=60)


def test_holds_are_a_table(ledger: volok.Ledger) -> None:
    for qty in (1, 2):
        ledger.place("site", "point", _pens(qty), life=60)
    holds = pl.DataFrame(ledger.holds)
    assert holds["held"].to_list() == [1, 2]
    assert holds.columns == ledger.holds.columns
    assert pl.DataFrame(ledger.lines)["requested"].sum() == 3


def test_every_code_of_a_refusal_has_its_exception() -> None:
    codes = dict(volok._volok.refusal_codes())
    assert {refusal.code for refusal in volok._ledger_errors.REFUSALS.values()} == set(codes)
    for code, refusal in volok._ledger_errors.REFUSALS.items():
        assert getattr(volok, refusal.__name__) is refusal
        assert refusal.__name__.lower() == code.replace("_", "")
        assert issubclass(refusal, volok.Refused)


def test_a_refusal_travels(ledger: volok.Ledger) -> None:
    import pickle

    with pytest.raises(volok.NotEnough) as caught:
        ledger.place("site", "point", _pens(9), life=60)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again)) == (volok.NotEnough, str(caught.value))
    assert str(again).startswith("not_enough (line 0): asked 9, there is 5; ")


def test_what_was_answered_is_there_again(world: volok.World, tmp_path: Path) -> None:
    with volok.Ledger(tmp_path, world=world) as ledger:
        hold = ledger.place("site", "point", _pens(2), life=3600)["hold"]
        before = ledger.hash()
        assert ledger.snapshot() > 0
        with pytest.raises(volok.LedgerInUse):
            volok.Ledger(tmp_path)
    assert ledger.closed
    with pytest.raises(ValueError, match="closed"):
        ledger.get(hold)
    with volok.Ledger(tmp_path, world=world) as ledger:
        assert ledger.hash() == before
        assert ledger.get(hold)["lines"][0]["held"] == 2
    verified = volok.Ledger.verify(tmp_path)
    assert (verified["state"], verified["broken"], verified["torn"]) == (before, None, False)


def test_threads_share_a_ledger(ledger: volok.Ledger) -> None:
    held: list[dict[str, Any]] = []
    refused: list[volok.Refused] = []

    def hold() -> None:
        for _ in range(10):
            try:
                held.append(ledger.place("site", "point", _pens(1), life=60))
            except volok.NotEnough as refusal:
                refused.append(refusal)

    threads = [threading.Thread(target=hold) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(held), len(refused)) == (5, 35)


def test_a_forked_child_is_refused_and_the_parent_goes_on(world: volok.World, tmp_path: Path) -> None:
    with volok.Ledger(tmp_path, world=world) as ledger:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                ledger.place("site", "point", _pens(1), life=60)
            except volok.LedgerForked as error:
                code = 0 if error.process == os.getppid() else 2
            del ledger
            os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        ledger.place("site", "point", _pens(1), life=60)
    assert volok.Ledger.verify(tmp_path)["broken"] is None


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_a_process_that_ends_in_the_middle_leaves_the_ledger_whole(
    how: signal.Signals, world_file: Path, tmp_path: Path
) -> None:
    program = """
        import sys, volok
        ledger = volok.Ledger(sys.argv[2], world=volok.World.load(sys.argv[1]))
        number = 0
        while True:
            hold = ledger.place("site", "point", [{"sku": "pen", "qty": 1, "node": "north"}], life=60, key=f"p-{number}")
            print(number, hold["hold"], flush=True)
            ledger.release(hold["hold"], key=f"r-{number}")
            number += 1
    """
    folder = tmp_path / "data"
    folder.mkdir()
    command = [sys.executable, "-c", textwrap.dedent(program), str(world_file), str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    for _ in range(20):
        process.stdout.readline()
    process.send_signal(how)
    told = [line.split() for line in process.stdout.read().splitlines() if len(line.split()) == 2]
    process.wait(timeout=60)
    assert process.returncode != 0
    assert volok.Ledger.verify(folder)["broken"] is None
    with volok.Ledger(folder, world=volok.World.load(world_file)) as ledger:
        # Whoever was told of a hold finds it.
        for number, hold in told[:-1]:
            known = ledger.operation(f"p-{number}")
            assert known is not None
            assert known["hold"] == int(hold)
        rows = ledger.holds.to_dicts()
        assert sum(row["state"] == "active" for row in rows) <= 1
