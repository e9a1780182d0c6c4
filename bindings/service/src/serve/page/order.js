// One order: what is kept for it, its parcels, what it costs, how sure that is, and why it is so.

import { ask, askText } from "/page/ask.js";
import { picture } from "/page/drawing.js";
import { badge, called, code, fromNow, link, make, moment, remark, section, table, toHold } from "/page/made.js";
import { COSTS, count, explained, STAGES, STATES } from "/page/words.js";

/** What a search leads to: an address of this page, or nothing. Phones stay out of addresses, which are sent around. */
export async function sought(text) {
  const found = (await ask("/v1/holds", { order: text, limit: 50 })).items;
  if (found.length > 0) return `#/orders/${encodeURIComponent(text)}`;
  const ways = [{ barcode: text }];
  const digits = text.replace(/\D/g, "").length;
  if (/^[+\d][\d\s().-]*$/.test(text) && digits >= 7 && digits <= 15) ways.unshift({ phone: text });
  for (const way of ways) {
    const { items } = await ask("/v1/pickups", { ...way, limit: 50 });
    if (items.length > 0) return toHold(...items.map((item) => item.hold.hold));
  }
  return null;
}

/** The order with a code; all of them where it means several. */
export async function named(name) {
  const { items } = await ask("/v1/holds", { order: name, limit: 50 });
  if (items.length === 0) return nothing(name);
  return items.length === 1 ? shown(items[0]) : several(`Orders called ${name}`, items.reverse());
}

/** Orders by the numbers of their holds. */
export async function numbered(holds) {
  const found = await Promise.all(holds.map((hold) => ask(`/v1/holds/${encodeURIComponent(hold)}`)));
  return found.length === 1 ? shown(found[0]) : several(count(found.length, "order", "orders"), found);
}

/** Says what was looked for. */
export function nothing(name) {
  const body = make("div", { class: "panel" },
    make("h1", {}, "Nothing found"),
    make("p", {}, "Nothing is known of ", make("strong", {}, name), "."),
    remark("It was looked for as an order code with its channel’s prefix, as the shop’s own number of a planned order, as ",
      "the code of a parcel, as a phone and as a barcode. Orders that ended more than a month ago are forgotten."));
  return { title: "Nothing found", body };
}

function state(hold) {
  const [word, kind] = STATES[hold.state] ?? [hold.state, "calm"];
  return badge(kind, word);
}

function units(lines) {
  return lines.reduce((sum, line) => sum + line.requested, 0);
}

function several(title, holds) {
  const columns = [
    { head: "Order", cell: (hold) => link(toHold(hold.hold), called(hold)) },
    { head: "It is", cell: state },
    { head: "Placed", cell: (hold) => moment(hold.created_at) },
    { head: "Handed over at", cell: (hold) => hold.node ?? "" },
    { head: "Units", number: true, cell: (hold) => units(hold.lines) },
  ];
  const body = make("div", { class: "panel" }, make("h1", {}, title), table(title, columns, holds, "None."));
  return { title, body };
}

function shown(hold) {
  const pickup = ask("/v1/pickups", { order: hold.code ?? hold.hold, limit: 50 })
    .then(({ items }) => items.find((item) => item.hold.hold === hold.hold));
  // Picture and reasons are asked for where there is a plan.
  const kept = ask(`/v1/holds/${hold.hold}/plan`);
  const planned = [make("div", { class: "pair" }, costs(kept), proof(kept)), reasons(hold, kept)];
  const body = make("div", { class: "order" },
    summary(hold, pickup, kept),
    lines(hold, kept),
    parcels(hold, pickup, kept),
    planned);
  // Where there is no plan the parcels say so, once.
  kept.catch((error) => error.status === 404 && planned.forEach((part) => part.remove()));
  return { title: `Order ${called(hold)}`, body };
}

/** A box that fills itself when its answer is there, and says what went wrong where there is none. */
function later(waited, fill, without) {
  const box = make("div", { "aria-busy": "true" }, make("p", { class: "soft waits" }, "Loading …"));
  const put = (...children) => {
    box.removeAttribute("aria-busy");
    box.replaceChildren(...children.flat().filter((child) => child instanceof Node));
  };
  waited.then(fill).then((made) => put(made)).catch((error) => {
    if (error.status === 404 && without !== undefined) return put(remark(without));
    const [title, help] = explained(error);
    return put(make("p", { class: "wrong" }, make("strong", {}, title), ". ", help));
  });
  return box;
}

const NO_PLAN = "No plan is known here, so there is no picture, no costs and no reasons: the goods were held directly and " +
  "not planned, or not all of them are yours to see.";

function fact(term, ...said) {
  return make("div", {}, make("dt", {}, term), make("dd", {}, ...said));
}

function summary(hold, pickup, kept) {
  const [, , meaning] = STATES[hold.state] ?? ["", "", ""];
  const ends = { active: "Kept until", partial: "Kept until", expired: "Was kept until" }[hold.state];
  const more = make("dl", { class: "facts" },
    fact("Handed over at", hold.node ?? "unknown"),
    fact("Placed", moment(hold.created_at), hold.origin_channel ? ` by ${hold.origin_channel}` : ""),
    ends !== undefined && fact(ends, moment(hold.expires_at), ` (${fromNow(hold.expires_at)})`),
    hold.order !== undefined && fact("Code of the hold", hold.code),
    hold.customer !== undefined && fact("Customer’s number", hold.customer));
  const way = make("p");
  pickup.then((item) => {
    if (item?.entity) more.append(fact("Legal entity", item.entity));
    if (item?.parcels) way.textContent = `Its parcels: ${standing(item.parcels)}.`;
  }).catch(() => {});
  kept.then(({ order, plan }) => {
    if (order.customer) more.append(fact("Customer", order.customer));
    if (plan.completes_at) more.append(fact("Complete, by plan", moment(plan.completes_at)));
  }).catch(() => {});
  return make("section", { id: "summary", class: "panel" },
    make("h1", {}, "Order ", called(hold), " ", state(hold)), make("p", {}, meaning), way, more);
}

/** How many parcels stand how. */
function standing(parcels) {
  const counts = new Map();
  for (const parcel of parcels) counts.set(stage(parcel)[0], (counts.get(stage(parcel)[0]) ?? 0) + 1);
  return [...counts].map(([word, number]) => `${number} ${word}`).join(", ");
}

/** What became of the units of a line, in words. */
function became(line) {
  const parts = [
    [line.held, "kept"], [line.fulfilled, "packed or handed over"], [line.released, "given back"],
    [line.expired, "ran out"],
  ];
  return parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`).join(", ");
}

function spot(cell) {
  const lot = cell.lot ? `, lot ${cell.lot}` : "";
  return `${cell.node ?? "?"}, ${cell.zone ?? "?"}${lot}`;
}

function lines(hold, kept) {
  const columns = [
    { head: "Goods", cell: (line) => line.sku ?? "?" },
    { head: "Units", number: true, cell: (line) => line.requested },
    { head: "Of these", cell: became },
    { head: "From", cell: spot },
    { head: "Seller", cell: (line) => line.seller ?? "?" },
  ];
  const missing = make("div");
  kept.then(({ plan }) => plan.unfilled && missing.append(unfilled(plan.unfilled))).catch(() => {});
  return section("lines", "Goods", table("Goods of the order", columns, hold.lines, "None of its goods are yours to see."),
    missing);
}

function unfilled(rows) {
  const said = rows.map((row) => {
    const why = (row.reasons ?? []).map((reason) => make("li", {}, reason.text, ". ", make("span", { class: "soft" },
      "What would help: ", reason.help, ".")));
    return make("li", {}, make("strong", {}, `${row.qty} × ${row.sku}`), why.length > 0 && make("ul", {}, why));
  });
  return make("div", { class: "wrong" }, make("h3", {}, "Not delivered"), make("ul", {}, said));
}

function parcels(hold, pickup, kept) {
  const drawing = kept.then(() => askText(`/v1/holds/${hold.hold}/drawing`, "image/svg+xml"));
  const drawn = (text) => {
    const shape = picture(text);
    if (shape === null) return remark("The picture cannot be read.");
    const frame = { class: "drawing", role: "region", tabindex: "0", "aria-label": "Map and timeline of the parcels" };
    return [make("div", frame, shape), make("p", { class: "soft sideways" }, "Move the picture sideways to see all of it.")];
  };
  return section("parcels", "Parcels",
    later(drawing, drawn, NO_PLAN),
    later(pickup, (item) => written(item?.parcels ?? [], kept)));
}

function place(parcel) {
  const at = parcel.stage === "under_way" ? `on its way to ${parcel.node}` : parcel.node;
  const on = parcel.last_node !== parcel.node ? `, then to ${parcel.last_node}` : "";
  return `${at}${on}`;
}

function inside(parcel) {
  const gone = parcel.contents.map((content) => {
    const all = content.inside + content.handed_over + content.gone_back;
    const left = content.inside < all ? ` (${content.inside} still in it)` : "";
    return `${all} × ${content.sku}${left}`;
  });
  const picks = (parcel.picks ?? []).map((pick) => `${pick.qty} × ${pick.sku}`);
  const goods = (gone.length > 0 ? gone : picks).join(", ");
  const parts = parcel.parts ? `made of ${parcel.parts.join(", ")}` : "";
  return [goods, parts].filter((text) => text !== "").join("; ");
}

/** Where a parcel stands in words; one that is made of others is not packed but merged. */
function stage(parcel) {
  const name = parcel.stage === "expected" && parcel.parts ? "to_be_merged" : parcel.stage;
  return STAGES[name] ?? [name, "calm", ""];
}

async function written(parcels, kept) {
  if (parcels.length === 0) {
    const planned = await kept.then(({ plan }) => plan.parcels.length > 0).catch(() => false);
    return remark(planned ? "These parcels are planned. Nothing has been written down of their way yet."
      : "No parcels are written down for it.");
  }
  const columns = [
    { head: "Parcel", cell: (parcel) => code(parcel.parcel) },
    { head: "It is", cell: (parcel) => badge(stage(parcel)[1], stage(parcel)[0]) },
    { head: "Where", cell: place },
    { head: "Since", cell: (parcel) => moment(parcel.since) },
    { head: "At most until", cell: (parcel) => (parcel.until ? [moment(parcel.until), ` (${fromNow(parcel.until)})`] : "—") },
    { head: "What is in it", cell: inside },
    { head: "Label", cell: (parcel) => parcel.label ?? "—" },
  ];
  const meanings = new Map(parcels.map((parcel) => [stage(parcel)[0], stage(parcel)]));
  const legend = [...meanings.values()].map(([word, kind, meaning]) => make("li", {}, badge(kind, word), " ", meaning));
  return make("div", {}, make("h3", {}, "Where they are"), table("Parcels of the order", columns, parcels, "None."),
    make("ul", { class: "legend soft" }, legend));
}

function costs(kept) {
  const fill = ({ amounts }) => {
    const row = ({ kind, amount }) => make("tr", {}, make("th", { scope: "row" }, COSTS[kind] ?? kind),
      make("td", { class: "number" }, amount));
    return make("table", { class: "sum" }, make("caption", { class: "unseen" }, "What the order costs, by kind"),
      make("tbody", {}, amounts.costs.map(row)),
      make("tfoot", {}, make("tr", {}, make("th", { scope: "row" }, "In all"),
        make("td", { class: "number" }, amounts.cost))));
  };
  return section("costs", "What it costs", later(kept, fill));
}

function proof(kept) {
  const fill = ({ plan, amounts }) => {
    const proven = plan.status === "optimal";
    const said = proven
      ? "There is no cheaper way to serve this order: that is proven. Every other way, with the stock, departures, " +
        "opening hours and rules of the moment it was planned, costs as much or more."
      : `Nobody can serve this order for less than ${amounts.bound}: that is proven. The search ended before it was sure ` +
        `of the rest, so at most ${amounts.gap} may still be saved.`;
    return make("div", {},
      make("p", {}, badge(proven ? "good" : "warn", proven ? "proven best" : "not proven best")),
      make("p", {}, said),
      make("dl", { class: "facts" }, fact("This plan costs", amounts.cost), fact("No plan costs less than", amounts.bound),
        fact("May still be saved", amounts.gap), fact("Steps of the search", plan.steps.toLocaleString("en"))));
  };
  return section("proof", "How sure that is", later(kept, fill));
}

function instead(row) {
  return make("li", {}, make("strong", {}, `${row.sku} from ${row.node}, of ${row.seller} `),
    badge("calm", `${row.dearer} more`), make("p", {}, row.text));
}

function reasons(hold, kept) {
  const fill = (told) => make("div", {},
    make("ul", { class: "because" }, told.because.map((sentence) => make("li", {}, sentence))),
    make("h3", {}, "What else was possible"),
    told.instead.length > 0 ? make("ul", { class: "instead" }, told.instead.map(instead))
      : make("p", { class: "none" }, "There is no other source for any of it."),
    remark("Other sources are weighed with the stock of now; when the order was planned it may have been another."));
  const told = kept.then(() => ask(`/v1/holds/${hold.hold}/reasons`));
  const without = "The reasons weigh goods that are not yours, so they are not told.";
  return section("reasons", "Why it is so", later(told, fill, without));
}
