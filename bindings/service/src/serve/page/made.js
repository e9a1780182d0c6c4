// Elements. Text gets into the page as text nodes only, here and nowhere else.

/** An element with attributes (`true` sets one without a value, `undefined` and `false` none) and children. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(key, value === true ? "" : String(value));
  }
  const shown = children.flat(3).filter((child) => child !== undefined && child !== null && child !== false);
  element.append(...shown.map((child) => (child instanceof Node ? child : document.createTextNode(String(child)))));
  return element;
}

/** A link within the page. */
export function link(address, text) {
  return make("a", { href: address }, text);
}

/** The address of holds, by their numbers. */
export function toHold(...holds) {
  return `#/holds/${holds.join(",")}`;
}

/** What people call a hold: the code of its order, or its own. */
export function called(hold) {
  return hold.order ?? hold.code ?? `hold ${hold.hold}`;
}

let skew = 0;

/** Learns the service's clock from an answer: what runs out is told by that, however wrong this computer's is. */
export function learnClock(said) {
  const told = Date.parse(said ?? "");
  if (!Number.isNaN(told)) skew = told - Date.now();
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A stretch of time in the two units that matter. */
function stretch(time) {
  if (time < MINUTE) return "less than a minute";
  if (time < HOUR) return `${Math.floor(time / MINUTE)} min`;
  if (time < DAY) return `${Math.floor(time / HOUR)} h ${Math.floor((time % HOUR) / MINUTE)} min`;
  return `${Math.floor(time / DAY)} d ${Math.floor((time % DAY) / HOUR)} h`;
}

/** How far from now a moment is. */
export function fromNow(text) {
  const away = Date.parse(text) - Date.now() - skew;
  return away >= 0 ? `in ${stretch(away)}` : `${stretch(-away)} ago`;
}

/** A moment as people here read it. */
export function moment(text) {
  const at = new Date(text);
  const year = at.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  const parts = { weekday: "short", day: "numeric", month: "short", year, hour: "2-digit", minute: "2-digit" };
  const said = new Intl.DateTimeFormat("en-GB", parts).format(at);
  return make("time", { datetime: text, title: text }, said);
}

/** The hour it is. */
export function hour() {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(Date.now() + skew);
}

/** A section with a heading; what is in it is named by that. */
export function section(id, heading, ...children) {
  const head = make("h2", { id: `${id}-head` }, heading);
  return make("section", { id, class: "panel", "aria-labelledby": `${id}-head` }, head, ...children);
}

/** A remark in small letters. */
export function remark(...children) {
  return make("p", { class: "soft" }, ...children);
}

/**
 * A table: columns are `{ head, cell, number }`, rows anything. On narrow screens each row is a card, so roles are said
 * aloud that its boxes would lose; `none` is said where there are no rows.
 */
export function table(caption, columns, rows, none) {
  if (rows.length === 0) return make("p", { class: "none" }, none);
  const kind = (column) => (column.number ? "number" : undefined);
  const head = columns.map((column) =>
    make("th", { scope: "col", role: "columnheader", class: kind(column) }, column.head));
  const body = rows.map((row) => {
    const cells = columns.map((column) =>
      make("td", { role: "cell", class: kind(column), "data-head": column.head }, make("div", {}, column.cell(row))));
    return make("tr", { role: "row" }, cells);
  });
  return make("div", { class: "wide" }, make("table", { role: "table" },
    make("caption", { class: "unseen" }, caption),
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, head)),
    make("tbody", { role: "rowgroup" }, body)));
}

/** A code that is not broken where there is room for it. */
export function code(text) {
  return make("strong", { class: "code" }, text);
}

/** A word on a coloured ground; the colour says nothing that the word does not. */
export function badge(kind, text) {
  return make("span", { class: `badge ${kind}` }, text);
}
