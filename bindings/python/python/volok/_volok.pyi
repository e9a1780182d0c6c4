from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from typing import Any, Final, final, overload

from ._plan import Plan
from ._tables import ArrowArray, ArrowStream

__all__ = [
    "Batch",
    "DeskCore",
    "Drawing",
    "Generated",
    "LedgerCore",
    "Part",
    "Plans",
    "Prices",
    "Rebatched",
    "Table",
    "World",
    "__version__",
    "generate",
    "refusal_codes",
    "solve_split",
]

__version__: Final[str]

@final
class World:
    """A network with its catalogue and stock. Threads may share one: planning changes nothing."""

    @staticmethod
    def load(path: str | PathLike[str]) -> World:
        """The world of a JSON file."""

    @staticmethod
    def from_json(text: str) -> World:
        """The world of a JSON text."""

    @staticmethod
    def from_dict(
        document: Mapping[str, Any],
        *,
        sellers: ArrowStream | ArrowArray | None = None,
        skus: ArrowStream | ArrowArray | None = None,
        stock: ArrowStream | ArrowArray | None = None,
        inbound: ArrowStream | ArrowArray | None = None,
        ring_fences: ArrowStream | ArrowArray | None = None,
    ) -> World:
        """The world of a document made of dicts, lists, strings and numbers; its large sections may come as tables.

        A table is any object with `__arrow_c_stream__` or `__arrow_c_array__`: a frame of polars, pandas or pyarrow, a
        DuckDB relation. Its rows are those of the section of that name, which the document then leaves out. Columns may
        stand in any order; those marked ? may be absent or have nulls.

        sellers: id, legal_entity?
        skus: id, name?, grams, length_mm? + width_mm? + height_mm?, cm3?, temperature_lo? + temperature_hi? (°C), class?,
            ships_alone? (boolean), shelf_life_days?, value? (minor units)
        stock: seller, sku, node, zone, lot?, expires?, on_hand, held?, safety?, price? (minor units a unit)
        inbound: seller, sku, node, zone, lot?, expires?, qty, held?, available_at, price?
        ring_fences: seller, sku, node, channels (list of text), qty

        Text is string, large_string, string_view or a dictionary of one; numbers are integers of any width; moments are
        timestamps with a zone or RFC 3339 text.

        Raises `DefectsError` with everything that is wrong, by table, row and column.
        """

    @overload
    def plan(self, orders: str | Mapping[str, Any], *, steps: int | None = None) -> Plan: ...
    @overload
    def plan(
        self, orders: list[Any] | tuple[Any, ...] | ArrowStream | ArrowArray, *, steps: int | None = None
    ) -> list[Plan]:
        """The cheapest plan of an order, or of each order of a list, as documents.

        An order is a dict or a JSON text. Each order is planned alone against the stock as it is: nothing is taken.
        A plan is a dict, and shows itself in a notebook as a map and a timeline.
        A list is planned on all cores, and other Python threads run meanwhile. `steps` bounds the search of each order.

        Raises `ReadError` for a text that is no order and `DefectsError` with every defect of all orders.
        """

    def read_plan(self, order: str | Mapping[str, Any], plan: str | Mapping[str, Any]) -> Plan:
        """A plan document from elsewhere, held against this world and its order.

        Raises `ReadError` for a text that is no plan, and `DefectsError` with everything that does not fit.
        """

    def replan(
        self,
        order: str | Mapping[str, Any],
        plan: str | Mapping[str, Any],
        *,
        now: str,
        change_price: int = 0,
        steps: int | None = None,
        **happened: Sequence[Mapping[str, Any]],
    ) -> dict[str, Any]:
        """An order planned again after something went wrong with its plan: what has left stays, the rest is decided anew.

        The world is the one the plan was made in, with the stock as it was before. `now` is RFC 3339: legs that depart by
        then have left. `change_price` is what each parcel of the old plan costs that does not stay as it was, minor units.
        What happened is any of these lists (`volok schema disruption`):

        short_picks: `parcel` (its code), `line` (from 1), `found` (units)
        closed: `node`, `from`?, `until`?
        missed: `parcel`, `leg`? (from 1)
        shortages: `seller`, `sku`, `node`, `zone`, `lot`?, `inbound_at`?, `missing` (units)

        Returns `plan` (what stays keeps its code), `changed` (parcels), `cost` with the changes, `bound` (proven: nothing
        costs less), `status`, and `parcels`: what became of each, in words.

        Raises `DefectsError` for names there are not, `ValueError` for what cannot have happened to this plan, and as `plan`.
        """

    def plan_many(
        self,
        orders: list[Any] | tuple[Any, ...] | ArrowStream | ArrowArray,
        lines: ArrowStream | ArrowArray | None = None,
        *,
        in_turn: bool = False,
        steps: int | None = None,
        progress: bool | Callable[[int, int], object] | None = None,
    ) -> Plans:
        """The cheapest plans of many orders, as tables.

        Orders are a list of dicts or JSON texts, or columns: either a table of orders and one of their lines, or one
        table of lines that has the orders' columns too, the same in all lines of an order.

        orders: id (`order` in a table of lines), channel, placed_at, to, customer?, deadline?, promise?, late_per_hour?,
            priority?, partial?, max_deliveries?, delivery_penalty?, quantity_split?, latest_useful_hours?
        lines: order, sku, qty, unfilled_penalty (minor units a unit), sellers? (list of text), min_shelf_life_days?,
            unit_value?, together? (lines of an order with one number are handed over in one parcel)

        Each order is planned alone against the stock as it is, or `in_turn` (by `placed_at`, then key), each taking its
        stock before the next. The world stays as it is. All cores work, other Python threads run meanwhile, and Ctrl-C
        ends it. `progress` is True for a bar (when `tqdm` is installed) or a function of (orders done, orders in all).
        `steps` bounds the search of each order.

        Raises `ReadError` for a text that is no order, and `DefectsError` with everything that is wrong with the orders,
        by table, row and column.
        """

    def quote(self, order: str | Mapping[str, Any], *, steps: int | None = None) -> dict[str, Any]:
        """What an order would cost and when it would arrive, with nothing taken; what each earlier completion costs.

        `cost`, `bound` (minor units), `completes_at`, `deliveries`, `unfilled` (units), and `frontier`: the same of plans
        that are each dearer and earlier than the one before, eight at most. `steps` bounds the search of each.

        Raises as `plan` does.
        """

    def promise(
        self, sku: str, qty: int, *, to: str, channel: str, placed_at: str, steps: int | None = None
    ) -> dict[str, Any] | None:
        """What can be promised for one thing on a product page: the `cheapest` hand-over and the `earliest`.

        As if ordered alone, from any seller, at `placed_at` (RFC 3339). None when not all of it can be had there.
        """

    def explain(
        self,
        order: str | Mapping[str, Any],
        plan: str | Mapping[str, Any] | None = None,
        *,
        steps: int | None = None,
    ) -> dict[str, Any]:
        """Why the cheapest plan of an order, or a plan of it that is given, is as it is.

        A sentence for each parcel (`because`), what each merge saves and why others were not made, departures missed,
        and for each source not chosen what it would have cost.
        """

    def check(
        self,
        plans: Plans | str | Mapping[str, Any] | list[Any] | tuple[Any, ...],
        orders: str | Mapping[str, Any] | list[Any] | tuple[Any, ...] | ArrowStream | ArrowArray | None = None,
        lines: ArrowStream | ArrowArray | None = None,
        *,
        alone: bool = False,
    ) -> Table:
        """Everything that plans do that they may not, as a table: no rows when they are right.

        The judge has never met the search: it derives every rule of docs/model.md (F1 to F10) anew. Plans are those of
        `plan_many`, or documents, own or foreign, with the `orders` they are of (and `lines`, as in `plan_many`). They
        share one stock, unless each is judged `alone`, as `plan_many` made them if not `in_turn`.

        Columns: rule, order, parcel?, line? (from 1), text.
        """

    def batch(
        self,
        orders: list[Any] | tuple[Any, ...] | ArrowStream | ArrowArray,
        lines: ArrowStream | ArrowArray | None = None,
        *,
        gap: int = 1_000,
        rounds: int = 400,
        seed: int = 1,
        seconds: float | None = None,
        steps: int | None = None,
        prices: Prices | None = None,
        progress: bool | Callable[[int, int], object] | None = None,
    ) -> Batch:
        """Orders that compete, decided together: the sum of their costs is to be least, and plans fit together.

        Orders come as in `plan_many`; those of higher priority choose first. It ends when it is proven to be within
        `gap` millionths of the best, when each order was planned `rounds` times on average, or after so many `seconds`
        (then answers depend on the machine). `prices` are those to begin with, say of the last time. `progress` hears of
        (rounds done, rounds at most). See docs/batch.md.
        """

    def batch_in_parts(
        self,
        orders: list[Any] | tuple[Any, ...] | ArrowStream | ArrowArray,
        lines: ArrowStream | ArrowArray | None = None,
        *,
        ask: Callable[[list[bytes]], list[bytes]],
        count: int,
        gap: int = 1_000,
        rounds: int = 400,
        seed: int = 1,
        seconds: float | None = None,
        steps: int | None = None,
        prices: Prices | None = None,
        progress: bool | Callable[[int, int], object] | None = None,
    ) -> Batch:
        """Orders that compete, decided together, their problems laid out elsewhere: in `count` parts.

        `ask` is given a question for each part, and gives back what `Part.answer` of each part answers, in that order; it
        may ask them at one time, anywhere, and another `Part` of the same world and orders in the place of a lost one.
        What `ask` raises ends the batch and is raised here. `volok.ray.batch` does all this on a Ray cluster. The other
        arguments are those of `batch`. See docs/batch.md.
        """

    def rebatch(
        self,
        plans: Plans,
        orders: list[Any] | tuple[Any, ...] | ArrowStream | ArrowArray | None = None,
        lines: ArrowStream | ArrowArray | None = None,
        *,
        now: str,
        change_price: int = 0,
        by: Mapping[str, str] | None = None,
        gap: int = 1_000,
        rounds: int = 400,
        seed: int = 1,
        seconds: float | None = None,
        steps: int | None = None,
        prices: Prices | None = None,
        progress: bool | Callable[[int, int], object] | None = None,
    ) -> Rebatched:
        """Orders decided again as of `now` (RFC 3339), together with new ones: what was promised is kept.

        `plans` are those of `batch`, `rebatch` or `plan_many`, with their orders; `orders` are the new ones. The world is
        the one before any of them took something. An order with a plan gets all that its plan delivers, by the moment it
        would complete, or by the one that `by` says for its key. Each parcel of it that does not stay as it was costs
        `change_price`, minor units; orders of whose plan something has left stay as they are. The rest as in `batch`.
        """

    def forecast(
        self,
        scenarios: Iterable[Any],
        *,
        rounds: int = 400,
        seed: int = 1,
        steps: int | None = None,
        prices: Prices | None = None,
    ) -> Prices:
        """What the stock is worth to orders still to come: prices, averaged over scenarios of them.

        A scenario is a list of orders, a table of lines with the orders' columns, or a pair of tables (orders, lines), say
        those of the same weekday in earlier weeks.
        """

    def with_prices(self, prices: Prices) -> World:
        """The same world, in which plans pay these prices for stock, so that orders leave to others what those need more.
        Cells without a price cost nothing.

        Raises `TypeError` for prices of another world.
        """

    def take(self, plans: Plans) -> World:
        """The world as it is once plans took their stock, and their room on departures, days, buffers and points.

        Raises `ValueError` when they do not fit together, `TypeError` for plans of another world.
        """

    def simulate(
        self,
        orders: list[Any] | tuple[Any, ...] | ArrowStream | ArrowArray,
        lines: ArrowStream | ArrowArray | None = None,
        *,
        policies: Sequence[str] | None = None,
        window: int = 60,
        learn: int = 30,
        scenarios: int = 4,
        refresh: int = 500,
        rounds: int = 50,
        seed: int = 1,
        steps: int | None = None,
    ) -> dict[str, Any]:
        """The same orders played again under policies, side by side: see docs/simulation.md.

        Policies: `priority-walk`, `nearest-source`, `highest-stock`, `static-coverage`, `recounted-coverage`, `priced`,
        `steered`, `windowed`, `windowed-priced`; all of them when None; `myopic` and `hindsight` are always there. The first `learn`
        hundredths of the orders are the past, of which as many `scenarios` are drawn. `window` is minutes, `refresh`
        orders between two forecasts, `rounds` those of each batch and forecast (six times as many of hindsight).

        `orders` (how many), `currency`, `bound` (no policy costs less), and `rows`: `policy`, `score` (`cost` without
        stock prices, `parcels`, `late_parcels`, `late_hours`, `unfilled`), `captured` (parts per million of what hindsight
        saves of the myopic cost), `broken` (rules that its plans break).
        """

    def what_if(
        self,
        changed: World,
        orders: list[Any] | tuple[Any, ...] | ArrowStream | ArrowArray,
        lines: ArrowStream | ArrowArray | None = None,
        *,
        policy: str = "myopic",
        window: int = 60,
        learn: int = 30,
        scenarios: int = 4,
        refresh: int = 500,
        rounds: int = 50,
        seed: int = 1,
        steps: int | None = None,
    ) -> dict[str, Any]:
        """What the same orders cost in another world under one policy: paired differences with confidence intervals.

        `cost`, `parcels`, `late_parcels`, `late_hours` and `unfilled` each have `base` and `changed`, of all orders, and
        `per_order`: the mean difference with its interval, None of too few orders. The rest as in `simulate`.
        """

@final
class Plans:
    """The plans of many orders, in the order of the orders. Each property is a table that any library which reads Arrow
    takes as it is; it is made when it is first asked for. `Table.describe` says what its columns are."""

    @property
    def plans(self) -> Table:
        """One row an order: cost, bound, status, when it completes, cost by component."""

    @property
    def parcels(self) -> Table:
        """One row a parcel, merged ones too."""

    @property
    def legs(self) -> Table:
        """One row a parcel and departure it uses."""

    @property
    def picks(self) -> Table:
        """One row a line and stock cell it is picked from."""

    @property
    def merges(self) -> Table:
        """One row a parcel that is merged into another."""

    @property
    def unfilled(self) -> Table:
        """One row a line of which units stay behind."""

    @property
    def reasons(self) -> Table:
        """One row a reason why units of a line stay behind."""

    def explain(self, order: int | str) -> dict[str, Any]:
        """Why the plan of one order (by its number or its key) is as it is.

        Raises `OverflowError` when the order has no plan at all.
        """

    def __getitem__(self, order: int | str, /) -> Plan:
        """The plan of one order, by its number or its key.

        Raises `OverflowError` when the order has no plan at all.
        """

    def __len__(self) -> int: ...

@final
class Table:
    """A table of results: any library that reads Arrow takes it as it is, as in `polars.DataFrame(table)`,
    `pyarrow.table(table)`, `pandas.DataFrame.from_arrow(table)` or DuckDB's `FROM table`."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Arrow's C stream in a capsule. The columns are shared, not copied; another schema is not made."""

    def __arrow_c_schema__(self) -> object:
        """Arrow's C schema in a capsule."""

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""

    def describe(self) -> dict[str, str]:
        """What each column says, with its unit."""

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows as dicts, for small tables and for those who have no library of frames."""

    def __len__(self) -> int: ...

def generate(
    preset: str,
    seed: int = 1,
    *,
    orders: int | None = None,
    skus: int | None = None,
    storing: int | None = None,
    hand_over: int | None = None,
    docks: int | None = None,
    limited: bool = False,
) -> Generated:
    """A world and orders to play with: the same for the same seed and size.

    Presets: `three-items`, `country`, `competing`, `grocery`, `hostile`, `small`, `crossed`, `crowded`. Sizes are numbers
    of orders, SKUs, nodes that store, nodes that hand over, and cross-docks; the preset's usual ones when None.
    `limited`: lanes to hand-over nodes, and these, have room for so many parcels only.

    Raises `ValueError` for a preset there is not.
    """

@final
class Generated:
    """A world and orders that fit it: the same for the same seed and size."""

    @property
    def world(self) -> World:
        """The world."""

    @property
    def document(self) -> dict[str, Any]:
        """The document of the world."""

    @property
    def orders(self) -> list[dict[str, Any]]:
        """The documents of the orders, in the order in which they are placed."""

    @property
    def order_table(self) -> Table:
        """The orders as a table: one row an order."""

    @property
    def line_table(self) -> Table:
        """The lines of the orders as a table: one row a line."""

def solve_split(problem: str | Mapping[str, Any], *, steps: int | None = None) -> dict[str, Any]:
    """The cheapest parcels of a bare problem, on arrays, without a world: for research and for comparison with other
    solvers.

    `problem` is a dict (or its JSON) of rows that name each other by number, from 0:

    lines: `qty`, `skip` (cost of each unit not delivered), `grams`?, `cm3`? (of a unit), `group`? (lines with one number
        travel whole in one parcel or not at all)
    ways: `fixed` (cost of each parcel), `staircase`? (price of its carriage; none when absent), `max_grams`?, `max_cm3`?,
        `origin`? (ways of one number leave from one place), `arrives`? (only breaks ties)
    pools: each a list of units in its cells, 64 at most
    offers: `line`, `way`, `pool`, `unit_cost`?, `line_cost`? (of taking any unit into one parcel), `most`?
    staircases?: `base`?, `steps`? (pairs of grams and price, both rising), `per_kg_above`?, `cm3_per_kg`?
    apart?: pairs of lines that may not share a parcel
    partial? (True), max_parcels?, parcel_penalty? (of each parcel after the first), several_origins? (True: units of one
        line may come from several origins)

    Answers `cost`, `bound` (proven: nothing costs less), `steps`, `parcels` (each a `way` and what it `takes`: `offer`,
    `line`, `qty`) and `skipped` units by line. The same problem gives the same answer.

    Raises `ValueError` for another shape, `DefectsError` for numbers out of range, `OverflowError` for costs too large to
    be summed.
    """

def refusal_codes() -> list[tuple[str, str]]:
    """Every code a refusal of the ledger can have, with what would help."""

@final
class LedgerCore:
    """The native side of `volok.Ledger`, which says what everything means."""

    def __new__(
        cls,
        path: str | PathLike[str] | None,
        *,
        world: World | None = None,
        tenant: int = 0,
        clock: Callable[[], int] | None = None,
    ) -> LedgerCore: ...
    @staticmethod
    def verify(path: str | PathLike[str]) -> dict[str, Any]:
        """Whether a log is whole: everything is done again and compared."""

    @staticmethod
    def history(path: str | PathLike[str]) -> Table:
        """Every operation of a log, in its order."""

    def submit(self, command: dict[str, Any], *, key: int) -> dict[str, Any]:
        """Does what a document asks."""

    def desk(self, world: World) -> DeskCore:
        """Where plans of a world become holds."""

    def trial(self, rule: dict[str, Any]) -> dict[str, Any]:
        """What a rule would have refused of the holds there were."""

    def fenced(self, sku: str, seller: str, node: str, channels: Sequence[str]) -> int | None:
        """Units that a fence keeps for its channels; None where there is no such fence."""

    def get(self, hold: int) -> dict[str, Any]:
        """A hold as it is now."""

    def operation(self, key: int) -> dict[str, Any] | None:
        """What a key was answered; None when the ledger has not heard of it, or has forgotten."""

    @property
    def holds(self) -> Table:
        """All holds not forgotten."""

    @property
    def lines(self) -> Table:
        """Lines of all holds not forgotten."""

    @property
    def cells(self) -> Table:
        """All stock cells."""

    @property
    def parcels(self) -> Table:
        """All parcels not forgotten."""

    @property
    def contents(self) -> Table:
        """What came into parcels."""

    @property
    def sales(self) -> Table:
        """Units sold, not forgotten."""

    def metrics(self) -> dict[str, Any]:
        """Counts of what there is."""

    def hash(self) -> str:
        """A hash of everything the ledger knows, the same for the same log wherever it was recovered."""

    def snapshot(self) -> int:
        """Writes a snapshot, so that the next opening is short; the operation it is as of."""

    def close(self) -> None:
        """Closes the log once calls of other threads have ended."""

    @property
    def closed(self) -> bool:
        """Whether it was closed."""

@final
class DeskCore:
    """The native side of `volok.Desk`, which says what everything means."""

    def plan_and_hold(
        self, order: str | Mapping[str, Any], terms: dict[str, Any], steps: int | None, *, key: int
    ) -> dict[str, Any]:
        """Plans an order on the ledger's newest state, and holds the plan."""

    def replan_and_hold(
        self,
        held: Sequence[tuple[int, Any, Any]],
        now: str,
        change_price: int,
        tries: int,
        steps: int | None,
        *,
        key: int,
    ) -> list[dict[str, Any]]:
        """Plans again the orders of holds that short cells cannot serve, and adjusts the holds."""

    def parcels(
        self, order: str | Mapping[str, Any], plan: str | Mapping[str, Any], policy: dict[str, Any], *, key: int
    ) -> dict[str, Any]:
        """Writes the parcels of a plan that is held into the ledger."""

@final
class Batch:
    """Orders decided together."""

    @property
    def plans(self) -> Plans:
        """The plans: together they take no more of anything than there is."""

    @property
    def cost(self) -> int:
        """Cost of all plans, minor units."""

    @property
    def bound(self) -> int:
        """Proven: no plans of these orders that fit together cost less in sum."""

    @property
    def gap(self) -> int:
        """By how many millionths of its cost the answer may miss the best, rounded up."""

    @property
    def rounds(self) -> int:
        """How often each order was planned, on average."""

    @property
    def cell_prices(self) -> Table:
        """What stock was worth that was scarce."""

    @property
    def room_prices(self) -> Table:
        """What room was worth that was scarce."""

    @property
    def prices(self) -> Prices:
        """Both, to begin the next batch with, or for `World.with_prices`."""

    @property
    def progress(self) -> Table:
        """How cost and bound came closer, one row a report; what `volok.plot.gap` draws."""

@final
class Rebatched:
    """Orders decided again."""

    @property
    def batch(self) -> Batch:
        """As if decided for the first time: plans of all orders, and what was scarce. Costs are without those of changes."""

    @property
    def plans(self) -> Plans:
        """The plans of all orders: together they take no more of anything than there is."""

    @property
    def cost(self) -> int:
        """Cost of the plans and of the changes, minor units."""

    @property
    def bound(self) -> int:
        """Proven: no plans with their changes cost less."""

    @property
    def changes(self) -> int:
        """What the changes cost, minor units."""

    @property
    def fates(self) -> Table:
        """What became of each order: `new` (so far nothing of it was delivered), `kept`, `changed`, `left` or `lost`."""

@final
class Part:
    """Orders that are laid out here, for a batch that is decided elsewhere.

    World and orders are those of `World.batch_in_parts`; the part of them that is this one's comes with each question and
    is laid out when it changes. `threads` answer, as many as there are cores when absent. What is answered depends on the
    question alone.
    """

    def __new__(
        cls,
        world: World,
        orders: list[Any] | tuple[Any, ...] | ArrowStream | ArrowArray,
        lines: ArrowStream | ArrowArray | None = None,
        *,
        steps: int | None = None,
        threads: int | None = None,
    ) -> Part: ...
    def answer(self, question: bytes) -> bytes:
        """The answer to a question of `World.batch_in_parts`."""

@final
class Prices:
    """What stock and room were worth to orders that competed for them. What has no row is worth nothing more."""

    @property
    def cells(self) -> Table:
        """What stock was worth that was scarce."""

    @property
    def rooms(self) -> Table:
        """What room was worth that was scarce."""

    def between_sources(self) -> Prices:
        """Prices that only steer between the sources of an SKU and turn no order away: of each price the least of all
        shelves of its SKU that have free units is taken off."""

@final
class Drawing:
    """What draws a plan."""

    def svg(self) -> str:
        """Map and timeline as an SVG document."""

    def html(self) -> str:
        """A page: map, timeline, costs, why these parcels, and the plan in words."""
