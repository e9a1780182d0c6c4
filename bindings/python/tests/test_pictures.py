"""What people look at: a plan in a notebook, and pictures of many orders."""

import copy
import pickle
import sys
import xml.etree.ElementTree as ElementTree
from typing import Any

import matplotlib
import pytest

import volok
import volok.plot

matplotlib.use("agg")


def _texts(axes: Any) -> list[str]:
    """Every word of a picture."""
    ticks = [tick.get_text() for tick in (*axes.get_xticklabels(), *axes.get_yticklabels())]
    more = [text.get_text() for text in axes.texts]
    return [axes.get_title("left"), axes.get_xlabel(), axes.get_ylabel(), *ticks, *more]


def _inside(axes: Any) -> None:
    """Words of lines and bars stay within the picture, and do not lie on each other."""
    axes.figure.canvas.draw()
    width = axes.figure.bbox.width
    boxes = [text.get_window_extent() for text in axes.texts]
    assert all(box.x0 >= 0 and box.x1 <= width for box in boxes)
    for number, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


def test_a_plan_shows_itself(world: volok.World, order: dict[str, Any]) -> None:
    plan = world.plan(order)
    assert isinstance(plan, volok.Plan)
    html = plan._repr_html_()
    assert html is not None
    picture = html.removeprefix(html[: html.index("<svg")]).removesuffix("</div>")
    root = ElementTree.fromstring(picture)
    assert root.get("class") == "volok"
    assert "1001-A" in "".join(root.itertext())
    # What stands around it in a page is not touched, and nothing is asked for from elsewhere.
    style = root.findtext("{http://www.w3.org/2000/svg}style")
    assert style is not None
    rules = style.replace("@media (prefers-color-scheme:dark){", "").split("}")
    assert all(".volok " in rule for rule in rules if rule)
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "")
    page = plan.html()
    assert page.startswith("<!DOCTYPE html>")
    assert "Why these parcels" in page or "<pre>" in page
    # The plans of many show themselves one by one.
    assert world.plan_many([order])["1001"].svg() == plan.svg() == world.plan([order])[0].svg()


def test_a_copied_plan_is_a_document(world: volok.World, order: dict[str, Any]) -> None:
    plan = world.plan(order)
    for again in (copy.deepcopy(plan), pickle.loads(pickle.dumps(plan)), volok.Plan(plan)):
        assert again == plan
        assert again._repr_html_() is None
        with pytest.raises(ValueError, match="read_plan"):
            again.svg()
        assert world.read_plan(order, again).svg() == plan.svg()
    with pytest.raises(volok.DefectsError, match="plan.parcels"):
        world.read_plan(order, {**plan, "parcels": [{**plan["parcels"][0], "node": "nowhere"}]})


@pytest.fixture(scope="module")
def competing() -> volok.Generated:
    return volok.generate("competing", 1, skus=20, storing=6, hand_over=6, orders=60)


@pytest.fixture(scope="module")
def batch(competing: volok.Generated) -> volok.Batch:
    return competing.world.batch(competing.orders, rounds=40)


def test_gap_curves(competing: volok.Generated, batch: volok.Batch) -> None:
    rows = batch.progress.to_dicts()
    assert (rows[-1]["cost"], rows[-1]["bound"]) == (batch.cost, batch.bound)
    assert [row["round"] for row in rows] == sorted(row["round"] for row in rows)
    axes = volok.plot.gap(batch)
    assert f"{100 * (batch.cost - batch.bound) / batch.cost:.3g} % left" in _texts(axes)
    assert {"seconds", "gap, % of cost"} <= set(_texts(axes))
    begun = competing.world.batch(competing.orders, rounds=40, prices=batch.prices)
    axes = volok.plot.gap({"from nothing": batch, "from prices": begun, "again": batch}, against="rounds")
    assert sum("left" in text for text in _texts(axes)) == 3
    _inside(axes)


def test_a_batch_that_is_proven(world: volok.World, order: dict[str, Any]) -> None:
    batch = world.batch([order])
    assert batch.gap == 0
    assert "proven best" in _texts(volok.plot.gap(batch))


def test_policies_side_by_side(competing: volok.Generated) -> None:
    played = competing.world.simulate(competing.orders, policies=["highest-stock", "priced"], rounds=5)
    axes = volok.plot.policies(played)
    texts = _texts(axes)
    # The cheapest stands on top.
    names = [row["policy"] for row in sorted(played["rows"], key=lambda row: -row["score"]["cost"])]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == names
    assert "dearer than what no policy undercuts, %" in texts
    _inside(axes)


def test_prices(batch: volok.Batch) -> None:
    axes = volok.plot.prices(batch, most=5)
    dearest = max(batch.cell_prices.to_dicts(), key=lambda row: row["price"])
    labels = [tick.get_text() for tick in axes.get_yticklabels()]
    assert labels[-1] == f"{dearest['sku']} at {dearest['node']}"
    assert len(labels) == 5
    _inside(axes)
    assert len(volok.plot.prices(batch.prices, most=1000).patches) == len(batch.cell_prices)


def test_rooms_have_a_colour_of_their_own(document: dict[str, Any], order: dict[str, Any]) -> None:
    # Three want pens from the north, which packs two parcels a day; three notebooks are wanted, and there is one.
    document["nodes"][0]["stores"]["parcels_per_day"] = 2
    document["stock"][2]["on_hand"] = 1
    pen, notebook = ([line] for line in order["lines"])
    orders = [{**order, "id": f"p{number}", "lines": pen} for number in range(3)]
    orders += [{**order, "id": f"n{number}", "lines": notebook} for number in range(3)]
    batch = volok.World.from_dict(document).batch(orders)
    assert [row["kind"] for row in batch.room_prices.to_dicts()] == ["day"]
    axes = volok.plot.prices(batch)
    assert len({patch.get_facecolor() for patch in axes.patches}) == 2
    assert axes.get_legend() is not None
    assert "day north 02 Mar 00:00 (parcels)" in _texts(axes)
    _inside(axes)


def test_what_a_change_is_worth(competing: volok.Generated) -> None:
    document = competing.document
    for tariff in document["tariffs"]:
        tariff["base"] += 1_000
    dearer = competing.world.what_if(volok.World.from_dict(document), competing.orders, learn=0)
    same = competing.world.what_if(competing.world, competing.orders, learn=0)
    axes = volok.plot.difference({"dearer": dearer, "the same": same})
    texts = _texts(axes)
    mean = dearer["cost"]["per_order"]["mean"]
    assert any(text.startswith(f"{mean:+,.2f} an order") for text in texts)
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["the same", "dearer"]
    few = competing.world.what_if(competing.world, competing.orders[:12], learn=0)
    assert any("too few orders" in text for text in _texts(volok.plot.difference(few, measure="parcels")))


def test_own_axes_are_drawn_into(batch: volok.Batch) -> None:
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    assert volok.plot.gap(batch, axes=axes) is axes


def test_without_matplotlib_it_says_what_to_install(batch: volok.Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"pip install 'volok\[plot\]'"):
        volok.plot.gap(batch)
