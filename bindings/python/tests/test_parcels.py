"""From a plan to the customer's hands: desks, parcels, groups, rules, and what the log tells afterwards."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import Clock

import volok

FOLDER = Path(__file__).parents[3] / "examples" / "scenarios"
SHELF = {"seller": "anna", "sku": "pen", "node": "north", "zone": "shelf"}


@pytest.fixture
def desk(ledger: volok.Ledger, world: volok.World) -> volok.Desk:
    return ledger.desk(world)


def _pens(qty: int, node: str = "north") -> list[dict[str, Any]]:
    return [{"sku": "pen", "qty": qty, "node": node}]


def _stages(ledger: volok.Ledger) -> dict[str, str]:
    return {row["parcel"]: row["stage"] for row in ledger.parcels.to_dicts()}


def test_planned_and_held_in_one(
    desk: volok.Desk, ledger: volok.Ledger, world: volok.World, order: dict[str, Any]
) -> None:
    held = desk.plan_and_hold(order, life=3600, customer=7, key="o-1001")
    assert held["plan"] == world.plan(order)
    assert held["plan"]._repr_html_() is not None
    view = ledger.get(held["hold"])
    assert (view["customer"], [(line["node"], line["held"]) for line in view["lines"]]) == (7, [("south", 1)] * 2)
    # Sent again it is the same hold; what was planned then is not told twice.
    again = desk.plan_and_hold(order, life=3600, customer=7, key="o-1001")
    assert (again["hold"], again["plan"]) == (held["hold"], None)
    # The next one is planned on what is left, the customer's own hold in nobody's way.
    order["lines"][1]["qty"] = 5
    instead = desk.plan_and_hold(order, life=3600, customer=7, instead_of=held["hold"])
    assert "unfilled" not in instead["plan"]
    assert ledger.get(held["hold"])["state"] == "released"
    other = desk.plan_and_hold({**order, "id": "1002"}, life=3600)
    assert other["plan"]["unfilled"][0]["qty"] == 5
    with pytest.raises(volok.NothingToHold, match="1003"):
        desk.plan_and_hold({**order, "id": "1003", "lines": order["lines"][1:]}, life=3600)


def test_a_world_the_ledger_has_not_heard_of(ledger: volok.Ledger) -> None:
    with pytest.raises(volok.Unbound, match="register it first"):
        ledger.desk(volok.generate("three-items").world)


def test_a_shortage_is_served_elsewhere(
    desk: volok.Desk, ledger: volok.Ledger, world: volok.World, order: dict[str, Any]
) -> None:
    ledger.register("source", ["till"])
    order["lines"] = order["lines"][:1]
    held = [desk.plan_and_hold({**order, "id": str(number)}, life=3600) for number in range(2)]
    triples = [(hold["hold"], {**order, "id": str(number)}, hold["plan"]) for number, hold in enumerate(held)]
    now = "2026-03-02T10:01:00Z"
    assert {fate["fate"] for fate in desk.replan_and_hold(triples, now=now)} == {"untouched"}
    # One pen is left where two are held: who was first keeps it.
    ledger.stock("count", SHELF, 1, source="till", sequence=1)
    kept, moved = desk.replan_and_hold(triples, now=now, change_price=10)
    assert (kept["fate"], moved["fate"], moved["changed"]) == ("untouched", "adjusted", 1)
    assert moved["plan"]["parcels"][0]["node"] == "south"
    assert [line["node"] for line in ledger.get(moved["hold"])["lines"] if line["held"]] == ["south"]
    assert ledger.metrics()["cells_short"] == 0
    with pytest.raises(volok.DefectsError, match="now"):
        desk.replan_and_hold(triples, now="noon")


def test_a_parcel_from_the_shelf_to_the_customer_and_back(
    desk: volok.Desk, ledger: volok.Ledger, clock: Clock, order: dict[str, Any]
) -> None:
    order["lines"][0]["qty"] = 2
    held = desk.plan_and_hold(order, life=3600)
    codes: dict[str, Any] = {"prefix": "4012345", "extension": 3}
    written = desk.parcels(held["hold"], order, held["plan"], kept=60, labels=codes)
    assert written["parcels"] == [parcel["code"] for parcel in held["plan"]["parcels"]] == ["1001-A"]
    assert written["labels"] == ["340123450000000000"]
    assert ledger.labels(1, **codes)["labels"] == ["340123450000000017"]
    with pytest.raises(volok.NotPacked):
        ledger.arrive("1001-A")
    packed = ledger.pack("1001-A")
    assert (packed["parcel"], packed["stage"]) == ("1001-A", "under_way")
    with pytest.raises(volok.PackedAlready):
        ledger.pack("1001-A")
    with pytest.raises(volok.NotExpectedHere):
        ledger.arrive("1001-A", "north")
    with pytest.raises(volok.NotHere):
        ledger.hand_over("1001-A")
    clock.after(30)
    assert ledger.arrive("1001-A")["stage"] == "here"
    with pytest.raises(volok.ArrivedAlready):
        ledger.arrive("1001-A")
    with pytest.raises(volok.GoesNoFurther):
        ledger.send_on("1001-A")
    row = ledger.parcels.to_dicts()[0]
    assert (row["label"], row["node"], row["inside"]) == (written["labels"][0], "point", 3)
    # The customer takes one pen; the rest goes back where it came from.
    sold = ledger.hand_over("1001-A", [{"sku": "pen", "qty": 1}], to="south")
    assert (sold["units"], sold["origin_channel"], sold["by"], sold["back"]) == (1, "site", "point", "1001-B")
    assert _stages(ledger) == {"1001-A": "handed_over", "1001-B": "under_way"}
    ledger.arrive("1001-B")
    shelf = {**SHELF, "node": "south"}
    with pytest.raises(volok.DefectsError, match="the parcel"):
        ledger.back("1001-B", [{"sku": "pen", "qty": 9}], into=[shelf])
    back = ledger.back("1001-B", into=[shelf, {**shelf, "sku": "notebook"}])
    assert back["stage"] == "returned"
    assert {row["sku"]: row["gone_back"] for row in ledger.contents.to_dicts() if row["parcel"] == "1001-B"} == {
        "pen": 1,
        "notebook": 1,
    }
    on_hand = {(row["sku"], row["node"]): row["on_hand"] for row in ledger.cells.to_dicts()}
    assert (on_hand["pen", "south"], on_hand["notebook", "south"]) == (4, 5)
    sale = ledger.sales.to_dicts()[0]
    assert (sale["hold"], sale["units"], sale["by"], sale["receipt"]) == (held["hold"], 1, "point", "counter")
    with pytest.raises(volok.UnknownParcel):
        ledger.pack("1001-Z")
    with pytest.raises(volok.UnknownParcel):
        ledger.merge("no code at all")
    with pytest.raises(volok.DefectsError, match="go `into`"):
        ledger.back("1001-A")


def test_parts_are_merged_at_the_cross_dock() -> None:
    story = json.loads((FOLDER / "merged_at_the_centre.json").read_text(encoding="utf-8"))
    world, order = volok.World.from_dict(story["world"]), story["orders"][0]
    ledger = volok.Ledger(None, world=world)
    desk = ledger.desk(world)
    held = desk.plan_and_hold(order, life=30 * 86_400)
    desk.parcels(held["hold"], order, held["plan"], patience=3600)
    parcels = {row["parcel"]: row for row in ledger.parcels.to_dicts()}
    whole = next(code for code, row in parcels.items() if row["into"] is None and parts_of(parcels, code))
    parts = parts_of(parcels, whole)
    with pytest.raises(volok.OtherKind):
        ledger.pack(whole)
    for part in parts:
        ledger.pack(part)
        with pytest.raises(volok.Incomplete):
            ledger.merge(whole)
        while _stages(ledger)[part] == "under_way":
            ledger.arrive(part)
            if parcels[part]["last_node"] != next(
                row["node"] for row in ledger.parcels.to_dicts() if row["parcel"] == part
            ):
                ledger.send_on(part)
    assert ledger.merge(whole)["stage"] in ("here", "waiting", "under_way")
    assert {_stages(ledger)[part] for part in parts} == {"merged"}


def parts_of(parcels: dict[str, dict[str, Any]], whole: str) -> list[str]:
    """Codes of what is merged into a parcel."""
    return [code for code, row in parcels.items() if row["into"] == whole]


def test_a_group_is_all_or_nothing(ledger: volok.Ledger) -> None:
    old = ledger.place("site", "point", _pens(5), life=60)["hold"]
    with ledger.group(key="g-1") as group:
        assert group.release(old) == {}
        group.place("site", "point", _pens(4), life=60)
    assert [answer["state"] for answer in group.answers] == ["released", "active"]
    assert repr(group) == "<volok.Group: 2 commands, answered>"
    new = group.answers[1]["hold"]
    before = ledger.hash()
    with pytest.raises(volok.NotEnough) as caught, ledger.group(key="g-2") as group:
        group.release(new)
        group.place("site", "point", _pens(6), life=60)
    assert (caught.value.command, caught.value.asked, caught.value.there_is) == (1, 6, 5)
    assert (ledger.get(new)["state"], group.answers) == ("active", [])
    assert ledger.hash() != before  # the refusal is remembered
    told = ledger.operation("g-1")
    assert told is not None
    assert told["answer"]["answers"][1]["hold"] == new
    with pytest.raises(RuntimeError, match="changed my mind"), ledger.group() as group:
        group.release(new)
        raise RuntimeError("changed my mind")
    assert ledger.get(new)["state"] == "active"
    with pytest.raises(TypeError, match="one key"), ledger.group() as group:
        group.release(new, key="r-1")
    with pytest.raises(volok.DefectsError) as wrong, ledger.group() as group:
        group.release(new)
        group.place("sight", "point", _pens(1), life=60)
    assert wrong.value.defects[0]["place"] == "commands[1].channel"


def test_rules_against_holding_again_and_again(ledger: volok.Ledger, clock: Clock) -> None:
    for _ in range(4):
        ledger.place("site", "point", _pens(1), life=60, customer=7)
        clock.after(120)
    rule: dict[str, Any] = {"scope": "customer", "measure": "unbought", "window": 86_400, "limit": 2}
    tried = ledger.trial(**rule)
    assert (tried["holds"], tried["refused"], tried["bought"]) == (4, 2, 0)
    # From now on it counts.
    ledger.settings(longest_life=7200, rules=[rule])
    for _ in range(2):
        ledger.place("site", "point", _pens(1), life=60, customer=7)
        clock.after(120)
    with pytest.raises(volok.LimitReached) as caught:
        ledger.place("site", "point", _pens(1), life=60, customer=7)
    assert caught.value.there_is == 2
    ledger.place("site", "point", _pens(1), life=60, customer=8)
    with pytest.raises(volok.LifeCapped):
        ledger.place("site", "point", _pens(1), life=7201, customer=8)
    with pytest.raises(volok.DefectsError) as wrong:
        ledger.settings(rules=[{**rule, "scope": "moon"}])
    assert wrong.value.defects[0]["place"] == "rules[0].scope"


def test_set_up_by_hand(ledger: volok.Ledger) -> None:
    ledger.register("channel", ["shop"])
    ledger.register("entity", ["anna ltd"])
    ledger.channel("shop", mode="simple", prefix="S-", entity="anna ltd", prepaid=True)
    ledger.node("point", "anna ltd")
    hold = ledger.place("shop", "point", _pens(1), life=60)["hold"]
    assert ledger.get(hold)["code"].startswith("S-")
    with pytest.raises(volok.SimpleOnly):
        ledger.adjust(hold, adds=_pens(1, "south"))
    assert ledger.fulfil(hold)["receipt"] == "online"
    ledger.fence("pen", ["shop"], 3, seller="anna", node="south")
    assert ledger.fenced("pen", ["shop"], seller="anna", node="south") == 3
    assert ledger.fenced("pen", ["site"], seller="anna", node="south") is None
    with pytest.raises(volok.Fenced):
        ledger.place("site", "point", _pens(3, "south"), life=60)
    ledger.safety(SHELF, 4)
    with pytest.raises(volok.NotEnough):
        ledger.place("shop", "point", _pens(1), life=60)
    ledger.register("lot", ["2026-07"])
    cell = ledger.open_cells([{**SHELF, "lot": "2026-07", "expires": "2026-07-31T00:00:00Z"}])
    row = ledger.cells.to_dicts()[cell]
    assert (row["lot"], row["on_hand"]) == ("2026-07", 0)
    with pytest.raises(volok.AlreadyKnown):
        ledger.open_cells([{**SHELF, "lot": "2026-07", "expires": "2026-07-31T00:00:00Z"}])
    with pytest.raises(volok.TooYoung):
        ledger.forget("2026-03-02T09:00:00Z")


def test_the_log_as_a_table(world: volok.World, tmp_path: Path, clock: Clock) -> None:
    with volok.Ledger(tmp_path, world=world, clock=clock) as ledger:
        hold = ledger.place("site", "point", _pens(2), life=60, key="r-1")["hold"]
        with pytest.raises(volok.NotEnough):
            ledger.place("site", "point", _pens(9), life=60)
        ledger.release(hold)
        with pytest.raises(volok.LedgerInUse):
            volok.Ledger.history(tmp_path)
    told = pl.DataFrame(volok.Ledger.history(tmp_path))
    last = told.tail(3)
    assert last["asked"].to_list() == ["place", "place", "release"]
    assert last["refused"].to_list() == [None, "not_enough", None]
    assert last["hold"].to_list() == [hold, None, hold]
    assert last.select("wanted", "there_is").row(1) == (9, 3)
    assert told["operation"].to_list() == list(range(1, len(told) + 1))
    assert told["at_nanoseconds"].is_sorted()
