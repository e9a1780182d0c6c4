// The day: what is short, what should go back, what runs out soon, what waits.

import { ask } from "/page/ask.js";
import { badge, called, fromNow, hour, link, make, moment, remark, section, table, toHold } from "/page/made.js";
import { count, STATES } from "/page/words.js";

/** Rows of a table, at most: those that matter first. */
const ROWS = 100;

/** Parcels that are asked for at one time: a page of the service. */
const PARCELS = 1000;

/** The day, of all nodes or of one. */
export async function day(node) {
  const at = node === "" ? undefined : node;
  const holds = (state) => ask("/v1/holds", { state, node: at, soonest: true, limit: ROWS });
  const standing = (stage) => ask("/v1/parcels", { stage, node: at, limit: PARCELS });
  const [short, due, active, partial, here, waiting] = await Promise.all([
    ask("/v1/shortages"), ask("/v1/parcels", { due_back: true, limit: PARCELS }), holds("active"), holds("partial"),
    standing("here"), standing("waiting"),
  ]);
  const ours = (place) => at === undefined || place === at;
  const soon = [...active.items, ...partial.items].sort((one, other) => one.expires_at.localeCompare(other.expires_at));
  const atPoint = (parcel) => parcel.node === parcel.last_node && !parcel.is_return;
  const body = make("div", { class: "day" },
    head(node),
    shortages(short.items.filter((item) => ours(item.node))),
    dueBack(due.items.filter((parcel) => ours(parcel.node))),
    expiring(soon.slice(0, ROWS)),
    ready(here.items.filter(atPoint)),
    parts(waiting.items));
  return { title: "The day", body };
}

function head(node) {
  const chosen = make("input", { id: "node", value: node, maxlength: 200, spellcheck: "false", autocomplete: "off",
    placeholder: "all of them" });
  const choose = make("form", { class: "choose" }, make("label", { for: "node" }, "Place"), chosen,
    make("button", { type: "submit" }, "Show"));
  choose.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = chosen.value.trim();
    const address = wanted === "" ? "#/" : `#/day/${encodeURIComponent(wanted)}`;
    // The same place again means: look again.
    if (location.hash === address) window.dispatchEvent(new HashChangeEvent("hashchange"));
    else location.hash = address;
  });
  return make("div", { class: "panel head" },
    make("div", {}, make("h1", {}, node === "" ? "The day" : `The day at ${node}`), remark(`As of ${hour()}.`)), choose);
}

/** A heading with how many there are; `kind` is their colour where there are some. */
function heading(text, rows, most, kind = "calm") {
  const number = rows.length >= most ? `${most} or more` : rows.length;
  return [text, " ", badge(rows.length > 0 ? kind : "calm", number)];
}

function parcel(row) {
  return link(toHold(row.hold), row.parcel);
}

function until(text) {
  return text ? [moment(text), ` (${fromNow(text)})`] : "no limit";
}

function goods(lines) {
  const named = lines.slice(0, 3).map((line) => `${line.requested} × ${line.sku}`).join(", ");
  return lines.length > 3 ? `${named} and ${lines.length - 3} more` : named;
}

function contents(row) {
  return row.contents.filter((content) => content.inside > 0).map((content) => `${content.inside} × ${content.sku}`).join(", ");
}

function shortages(rows) {
  const hit = (row) => row.holds.length === 0 ? "—" : make("ul", { class: "hits" },
    row.holds.map((hold) => make("li", {}, link(toHold(hold.hold), called(hold)), ` lacks ${hold.lacks} of ${hold.held}`)));
  const columns = [
    { head: "Goods", cell: (row) => row.sku },
    { head: "Where", cell: (row) => `${row.node}, ${row.zone}${row.lot ? `, lot ${row.lot}` : ""}` },
    { head: "Seller", cell: (row) => row.seller },
    { head: "Missing", number: true, cell: (row) => row.short },
    { head: "Orders it cannot serve", cell: hit },
  ];
  return section("short", heading("Short: more is promised than is there", rows, Infinity, "bad"),
    rows.length > 0 && make("p", {}, "These orders should be served from elsewhere, the first ones first."),
    table("Goods that are short", columns, rows, "Nothing is short."));
}

function dueBack(rows) {
  const columns = [
    { head: "Parcel", cell: parcel },
    { head: "Stands at", cell: (row) => row.node },
    { head: "Was kept until", cell: (row) => until(row.until) },
    { head: "What is in it", cell: contents },
  ];
  return section("back", heading("Due back: nobody came for them in time", rows, PARCELS, "warn"),
    table("Parcels that should go back", columns, rows, "No parcel is due back."));
}

function expiring(rows) {
  const columns = [
    { head: "Order", cell: (hold) => link(toHold(hold.hold), called(hold)) },
    { head: "Kept until", cell: (hold) => until(hold.expires_at) },
    { head: "It is", cell: (hold) => badge(STATES[hold.state][1], STATES[hold.state][0]) },
    { head: "Handed over at", cell: (hold) => hold.node ?? "" },
    { head: "Goods", cell: (hold) => goods(hold.lines) },
  ];
  return section("live", heading("Held orders, those first that run out first", rows, ROWS),
    rows.length >= ROWS && remark(`The first ${count(ROWS, "order", "orders")}.`),
    table("Held orders", columns, rows, "No order is held."));
}

function ready(rows) {
  const columns = [
    { head: "Parcel", cell: parcel },
    { head: "At", cell: (row) => row.node },
    { head: "Since", cell: (row) => moment(row.since) },
    { head: "Kept until", cell: (row) => until(row.until) },
    { head: "What is in it", cell: contents },
  ];
  return section("ready", heading("Ready for their customers", rows, PARCELS),
    table("Parcels that wait for customers", columns, rows, "No parcel waits for its customer."));
}

function parts(rows) {
  const columns = [
    { head: "Parcel", cell: parcel },
    { head: "At", cell: (row) => row.node },
    { head: "Waits for", cell: (row) => (row.waits_for ?? []).join(", ") },
    { head: "At most until", cell: (row) => until(row.until) },
  ];
  return section("parts", heading("Waiting for other parcels", rows, PARCELS),
    table("Parcels that wait for others", columns, rows, "No parcel waits for another."));
}
