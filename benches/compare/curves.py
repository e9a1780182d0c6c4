"""Measures and draws how orders that compete are decided: gap against time, and time against orders.

Runs `volok-bench batch`, writes the figures to CSV and the pictures beside them. With `--draw` only the pictures, from the
figures that are kept.
"""

import argparse
import csv
import json
import pathlib
import subprocess

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter

PICTURES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "pictures"
GAP = "batch-gap-against-time"
TIME = "batch-time-against-orders"
COLOURS = ["#1b7f5c", "#3b5b92", "#b5562b", "#7a5195", "#8a7a1f"]

# The same figures give the same bytes: names inside the picture are not drawn by chance, and it has no date. Words stay words.
matplotlib.rcParams.update(
    {
        "svg.hashsalt": "volok",
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "font.sans-serif": ["Helvetica", "Arial", "DejaVu Sans"],
        "font.size": 11,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.axisbelow": True,
        "grid.color": "#dddddd",
    }
)


def figures(options, orders, *more):
    """Figures of one run of the suite, as it tells them."""
    command = [options.bench, "batch", "--json", "--orders", str(orders), "--seed", str(options.seed), *more]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def keep(name, rows):
    """Writes rows as CSV."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with open(PICTURES / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def kept(name):
    """Rows of a CSV, as numbers."""
    with open(PICTURES / f"{name}.csv", newline="", encoding="utf-8") as file:
        return [{column: float(cell) for column, cell in row.items()} for row in csv.DictReader(file)]


def measure_gap(options):
    """Each improvement of the gap, until the rounds are used or the time is."""
    rows = []
    for orders in options.curves:
        more = ["--curve", "--rounds", str(options.rounds), "--seconds", str(options.seconds)]
        for figure in figures(options, orders, *more):
            if figure["case"].endswith("orders, gap"):
                rows.append(
                    {
                        "orders": orders,
                        "seconds": round(figure["seconds"], 3),
                        "gap_percent": round(figure["value"], 4),
                        "cost": figure["cost"],
                        "bound": figure["bound"],
                    }
                )
        print(f"{orders} orders: {rows[-1]['gap_percent']} % after {rows[-1]['seconds']} s", flush=True)
    keep(GAP, rows)


def measure_time(options):
    """Seconds until the gap is small enough, or until the time is over."""
    rows = []
    for orders in options.sizes:
        more = ["--gap", str(round(options.gap * 10_000)), "--rounds", str(options.rounds), "--unchecked"]
        found = figures(options, orders, *more, "--seconds", str(options.seconds))
        figure = next(figure for figure in found if figure["case"].endswith("orders, gap"))
        rows.append(
            {
                "orders": orders,
                "seconds": round(figure["seconds"], 3),
                "gap_percent": round(figure["value"], 4),
                "aim_percent": options.gap,
                "rounds": figure["rounds"],
            }
        )
        print(f"{orders} orders: {rows[-1]['gap_percent']} % after {rows[-1]['seconds']} s", flush=True)
    keep(TIME, rows)


def plain(value, _):
    """A number as people write it."""
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def picture(title, across, up):
    """An empty picture with both scales logarithmic."""
    figure, axes = plt.subplots(figsize=(7.2, 4.2), layout="constrained")
    axes.set(xscale="log", yscale="log", xlabel=across, ylabel=up, title=title)
    axes.xaxis.set_major_formatter(FuncFormatter(plain))
    axes.yaxis.set_major_formatter(FuncFormatter(plain))
    axes.grid(True, which="major")
    return figure, axes


def save(figure, name):
    """Writes a picture."""
    figure.savefig(PICTURES / f"{name}.svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)


def draw_gap():
    """Gap against time, a line for each number of orders."""
    rows = kept(GAP)
    figure, axes = picture("Gap by number of orders that compete", "seconds", "gap, % of cost")
    for number, orders in enumerate(sorted({row["orders"] for row in rows})):
        mine = [row for row in rows if row["orders"] == orders]
        seconds, gaps = [row["seconds"] for row in mine], [row["gap_percent"] for row in mine]
        colour = COLOURS[number % len(COLOURS)]
        axes.step(seconds, gaps, where="post", color=colour, linewidth=1.8)
        axes.plot(seconds[-1], gaps[-1], "o", color=colour, markersize=5)
        # The name where the line begins, the gap where it ends: lines begin apart and end close to one another.
        axes.annotate(
            f"{orders:,.0f}",
            (seconds[0], gaps[0]),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            color=colour,
        )
        axes.annotate(
            f"{gaps[-1]:.2f} %",
            (seconds[-1], gaps[-1]),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=colour,
        )
    low, high = axes.get_xlim()
    axes.set_xlim(low / 1.3, high * 1.5)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * 1.5)
    marks = [mark for mark in (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if axes.get_ylim()[0] <= mark <= axes.get_ylim()[1]]
    axes.set_yticks(marks)
    axes.minorticks_off()
    save(figure, GAP)


def draw_time():
    """Time against orders; hollow where the gap was not reached."""
    rows = kept(TIME)
    aim = rows[0]["aim_percent"]
    figure, axes = picture(f"Orders that compete: time to a gap of {aim:g} %", "orders", "seconds")
    near = [row for row in rows if row["gap_percent"] <= aim]
    axes.plot([row["orders"] for row in near], [row["seconds"] for row in near], color=COLOURS[0], linewidth=1.8)
    for row in rows:
        reached = row["gap_percent"] <= aim
        face = COLOURS[0] if reached else "white"
        axes.plot(row["orders"], row["seconds"], "o", color=COLOURS[0], markerfacecolor=face, markersize=7)
        told = f"{row['seconds']:.2g} s" if row["seconds"] < 10 else f"{row['seconds']:,.0f} s"
        if not reached:
            told += f",\nbut {row['gap_percent']:.2f} %"
        axes.annotate(
            told, (row["orders"], row["seconds"]), xytext=(-8, 6), textcoords="offset points", ha="right"
        )
    low, high = axes.get_xlim()
    axes.set_xlim(low / 1.8, high)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * 1.6)
    axes.set_xticks(sorted({row["orders"] for row in rows}))
    axes.minorticks_off()
    save(figure, TIME)


def numbers(text):
    """Whole numbers with commas between them."""
    return [int(number) for number in text.split(",")]


def main():
    """Measures unless told not to, then draws."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", default="volok-bench", help="the program that measures")
    parser.add_argument("--draw", action="store_true", help="draw the figures that are kept, measure nothing")
    parser.add_argument("--curves", type=numbers, default=[1_000, 3_000, 10_000], help="orders of each curve")
    parser.add_argument(
        "--sizes",
        type=numbers,
        default=[1_000, 3_000, 10_000, 30_000, 100_000],
        help="orders of each time to the gap",
    )
    parser.add_argument("--gap", type=float, default=1.0, help="the gap that is small enough, in percent")
    parser.add_argument("--rounds", type=int, default=400, help="how often each order is planned at most")
    parser.add_argument("--seconds", type=float, default=180.0, help="longest time for each, in seconds")
    parser.add_argument("--seed", type=int, default=1, help="seed of the worlds")
    options = parser.parse_args()
    if not options.draw:
        measure_gap(options)
        measure_time(options)
    draw_gap()
    draw_time()


if __name__ == "__main__":
    main()
