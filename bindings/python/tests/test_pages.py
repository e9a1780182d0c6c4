"""What the pages say is true."""

import re
from pathlib import Path

import volok

ROOT = Path(__file__).parents[3]


def test_the_first_five_minutes_run() -> None:
    text = (ROOT / "bindings/python/README.md").read_text(encoding="utf-8")
    program = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    assert "plan_many" in program
    exec(compile(program, "README.md", "exec"), {})


def test_every_column_is_on_the_page(tmp_path: Path) -> None:
    page = (ROOT / "docs/python.md").read_text(encoding="utf-8")
    made = volok.generate("crossed", 1)
    plans = made.world.plan_many(made.orders)
    ledger = volok.Ledger(None, world=made.world)
    tables = [plans.plans, plans.parcels, plans.legs, plans.picks, plans.merges, plans.unfilled, plans.reasons]
    batch = made.world.batch(made.orders)
    tables += [batch.cell_prices, batch.room_prices, batch.progress]
    tables += [made.world.rebatch(batch.plans, now="2030-01-01T00:00:00Z").fates]
    tables += [made.world.check(plans), ledger.holds, ledger.lines, ledger.cells]
    tables += [ledger.parcels, ledger.contents, ledger.sales]
    volok.Ledger(tmp_path, world=made.world).close()
    tables.append(volok.Ledger.history(tmp_path))
    for table in tables:
        for column, about in table.describe().items():
            assert re.search(rf"\| `{column}`\??\s+\| .* \| {re.escape(about)} \|", page), (column, about)
    for table in (made.order_table, made.line_table):
        assert all(f"`{column}`" in page for column in table.columns)
