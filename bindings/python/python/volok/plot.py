"""Pictures of what many orders have in common, drawn with matplotlib: ``pip install 'volok[plot]'``.

    >>> import volok.plot
    >>> volok.plot.gap(batch)
    >>> volok.plot.policies(world.simulate(orders))

Each function draws into `axes`, or into axes of its own, and returns them; in a notebook the picture appears under the cell.
Colours can be told apart by those who do not see all of them (Okabe and Ito's).
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from ._volok import Batch, Prices, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["difference", "gap", "policies", "prices"]

_BLUE, _ORANGE, _GREEN, _PURPLE, _GOLD = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B8860B"
_COLOURS = (_BLUE, _ORANGE, _GREEN, _PURPLE, _GOLD)
_GREY = "#5f6b76"
_LEAST_GAP = 1e-4
"""Per cent at which a gap of nothing is drawn: the axis is logarithmic."""


def _axes(axes: Axes | None, rows: int = 0) -> Axes:
    """Axes to draw into; new ones are as high as so many rows need."""
    if axes is None:
        try:
            pyplot = importlib.import_module("matplotlib.pyplot")
        except ImportError as error:
            raise ImportError("pictures are drawn with matplotlib: pip install 'volok[plot]'") from error
        height = 1.6 + 0.38 * rows if rows else 4.0
        _, axes = pyplot.subplots(figsize=(8, height), layout="constrained")
    assert axes is not None
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    return axes


def _title(axes: Axes, text: str) -> None:
    axes.set_title(text, loc="left", fontweight="bold", fontsize=11)


def _percent(value: float) -> str:
    return f"{value:.3g} %"


def _short(text: str, most: int = 44) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def gap(
    batch: Batch | Mapping[str, Batch],
    *,
    against: Literal["seconds", "rounds"] = "seconds",
    axes: Axes | None = None,
) -> Axes:
    """How far from the best the answer of a batch could still be, in per cent of its cost, as time passed or as rounds were
    done: of one batch, or of several by name.

    Rounds are the same on every machine, seconds are those of this run.
    """
    axes = _axes(axes)
    batches = {"": batch} if isinstance(batch, Batch) else dict(batch)
    ends: list[tuple[float, float, str, str]] = []
    for number, (name, each) in enumerate(batches.items()):
        rows = each.progress.to_dicts()
        if not rows:
            continue
        at = [row["milliseconds"] / 1000 if against == "seconds" else row["round"] for row in rows]
        gaps = [100 * (row["cost"] - row["bound"]) / max(abs(row["cost"]), 1) for row in rows]
        shown = [max(value, _LEAST_GAP) for value in gaps]
        colour = _COLOURS[number % len(_COLOURS)]
        axes.step(at, shown, where="post", color=colour, linewidth=1.8, linestyle=("-", "--", "-.", ":")[number // 5 % 4])
        axes.plot(at[-1], shown[-1], "o", color=colour, markersize=5)
        left = f"{_percent(gaps[-1])} left" if gaps[-1] > 0 else "proven best"
        ends.append((at[-1], shown[-1], f"{name}: {left}" if name else left, colour))
    axes.set_yscale("log")
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylabel("gap, % of cost")
    axes.set_xlabel("seconds" if against == "seconds" else "rounds: how often each order was planned")
    axes.grid(True, axis="y", which="major", color="#dddddd")
    axes.set_xlim(left=0)
    axes.margins(x=0.02, y=0.12)
    _end_labels(axes, ends)
    _title(axes, "How far from the best the answer can be at most")
    return axes


def _end_labels(axes: Axes, ends: list[tuple[float, float, str, str]]) -> None:
    """Names lines where they end, one line of text above the other where ends lie close together."""
    if not ends:
        return
    figure = axes.figure
    axes.set_xlim(right=axes.get_xlim()[1] * 1.32)
    free = float("-inf")
    for at, value, text, colour in sorted(ends, key=lambda end: end[1]):
        up = axes.transData.transform((at, value))[1]
        step = 14 * figure.dpi / 72
        lifted = max(up, free)
        free = lifted + step
        axes.annotate(
            text,
            (at, value),
            xytext=(8, (lifted - up) * 72 / figure.dpi),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=9,
        )


def policies(played: Mapping[str, Any], *, axes: Axes | None = None) -> Axes:
    """What `World.simulate` answered: how much dearer each policy is than what no policy undercuts, in per cent.

    `hindsight` knows all orders before they come; between it and the bound lies what was not found or cannot be had.
    """
    rows = sorted(played["rows"], key=lambda row: (-row["score"]["cost"], row["policy"]))
    axes = _axes(axes, len(rows))
    bound = played["bound"]
    dearer = [100 * (row["score"]["cost"] - bound) / max(abs(bound), 1) for row in rows]
    names = [row["policy"] for row in rows]
    colours = {"hindsight": _GREEN, "myopic exact": _ORANGE}
    most = max([*dearer, 1e-9])
    for at, (name, value, row) in enumerate(zip(names, dearer, rows, strict=True)):
        colour = colours.get(name, _BLUE)
        axes.barh(at, value, color=colour, height=0.62)
        late, unfilled = row["score"]["late_hours"], row["score"]["unfilled"]
        text = f"{value:.2f} %   {late:,} h late, {unfilled:,} not delivered"
        axes.annotate(text, (value, at), xytext=(6, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_yticks(range(len(names)), [_short(name) for name in names])
    axes.set_xlim(0, most * 1.9)
    axes.set_xlabel("dearer than what no policy undercuts, %")
    axes.grid(True, axis="x", color="#dddddd")
    _title(axes, f"The same {played['orders']:,} orders under {len(rows)} policies")
    return axes


def prices(found: Prices | Batch, *, most: int = 15, axes: Axes | None = None) -> Axes:
    """What was scarce: what one more of it would have saved, the dearest `most` things, with how many orders wanted some and
    how many got some. Stock and room have colours of their own."""
    held = found.prices if isinstance(found, Batch) else found
    things = [(row["price"], f"{row['sku']} at {row['node']}", row, _BLUE) for row in _rows(held.cells)]
    things += [(row["price"], _room(row), row, _ORANGE) for row in _rows(held.rooms)]
    things.sort(key=lambda thing: (-thing[0], thing[1]))
    shown = things[:most][::-1]
    axes = _axes(axes, len(shown))
    for at, (price, _, row, colour) in enumerate(shown):
        axes.barh(at, price, color=colour, height=0.62)
        text = f"{price:,}   {row['wanted']} wanted, {row['got']} got some"
        axes.annotate(text, (price, at), xytext=(6, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_yticks(range(len(shown)), [_short(name) for _, name, _, _ in shown])
    axes.set_xlim(0, max([price for price, *_ in shown], default=1) * 1.9)
    axes.set_xlabel("what one more would have saved, about, minor units")
    axes.grid(True, axis="x", color="#dddddd")
    if {colour for *_, colour in shown} == {_BLUE, _ORANGE}:
        from matplotlib.patches import Patch

        kinds = [Patch(color=_BLUE, label="one unit of stock"), Patch(color=_ORANGE, label="room")]
        axes.legend(handles=kinds, frameon=False, fontsize=9, loc="lower right")
    more = f", {len(shown)} of {len(things)}" if len(things) > len(shown) else ""
    _title(axes, f"What was scarce{more}")
    return axes


def _rows(table: Table) -> list[dict[str, Any]]:
    return table.to_dicts()


def _room(row: Mapping[str, Any]) -> str:
    at = f"{row['at']:%d %b %H:%M}" if row["at"] is not None else ""
    where = row["lane"] if row["kind"] == "departure" else row["node"]
    return f"{row['kind']} {where} {at} ({row['counts']})"


_MEASURES = {
    "cost": "cost, minor units",
    "parcels": "parcels handed over",
    "late_parcels": "parcels handed over late",
    "late_hours": "hours late",
    "unfilled": "units not delivered",
}


def difference(
    told: Mapping[str, Any],
    *,
    measure: Literal["cost", "parcels", "late_parcels", "late_hours", "unfilled"] = "cost",
    axes: Axes | None = None,
) -> Axes:
    """What a changed world makes of one order on average, with 95 % confidence: the answer of `World.what_if`, or several
    answers by name. An interval that spans zero does not tell which way the change goes."""
    several: dict[str, Any] = {"": told} if "per_order" in told.get("cost", {}) else dict(told)
    axes = _axes(axes, len(several))
    for at, (_, each) in enumerate(reversed(several.items())):
        paired = each[measure]
        found = paired["per_order"]
        whole = f"{paired['changed'] - paired['base']:+,} of {paired['base']:,} in all"
        if found is None:
            text = f"{whole}, too few orders for an interval"
            axes.annotate(text, (0, at), xytext=(0, 6), textcoords="offset points", va="bottom", ha="center", fontsize=9)
            continue
        sure = found["low"] > 0 or found["high"] < 0
        colour = _BLUE if sure else _GREY
        axes.plot([found["low"], found["high"]], [at, at], color=colour, linewidth=2.4, solid_capstyle="butt")
        axes.plot(found["mean"], at, "o", color=colour, markersize=7, markerfacecolor=colour if sure else "white")
        axes.annotate(
            f"{found['mean']:+,.2f} an order; {whole}",
            (found["mean"], at),
            xytext=(0, 8),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=9,
            color=colour,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )
    axes.axvline(0, color="#1c2733", linewidth=1, zorder=1)
    names = [_short(name) for name in reversed(several)]
    axes.set_yticks(range(len(names)), names)
    if names == [""]:
        axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.6, len(names) - 0.2)
    axes.margins(x=0.4)
    axes.set_xlabel(f"{_MEASURES[measure]}: change of one order, mean and 95 % interval")
    axes.grid(True, axis="x", color="#dddddd")
    _title(axes, "What the change is worth")
    return axes
