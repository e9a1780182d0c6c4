// The page: what its address says is shown; a search and a token lead on.

import { token } from "/page/ask.js";
import { day } from "/page/day.js";
import { make, remark } from "/page/made.js";
import { named, nothing, numbered, sought } from "/page/order.js";
import { explained } from "/page/words.js";

const found = (id) => document.getElementById(id);
const [main, told, panel, secret, box] = ["main", "told", "token", "secret", "sought"].map(found);

/** What the address says: which view, of what. */
function view() {
  const [, kind = "", ...rest] = location.hash.split("/");
  let said = rest.join("/");
  try {
    said = decodeURIComponent(said);
  } catch {
    // It was typed, and is no such writing: it is taken as it stands.
  }
  if (kind === "orders" && said !== "") return () => named(said);
  if (kind === "holds" && /^\d+(,\d+)*$/.test(said)) return () => numbered(said.split(",").slice(0, 50));
  if (kind === "day" || kind === "") return () => day(said);
  return async () => nothing(location.hash);
}

/** Milliseconds after which what was shown before gives way to the word that something is awaited. */
const SLOW = 400;

let visits = 0;

/** Shows what a view makes, if it makes something, unless something else is wanted by then. */
async function show(made) {
  const visit = ++visits;
  main.setAttribute("aria-busy", "true");
  told.textContent = "Loading …";
  const waits = () => main.replaceChildren(make("p", { class: "panel soft waits" }, "Loading …"));
  const slow = setTimeout(waits, SLOW);
  const shown = await made().catch(refused);
  clearTimeout(slow);
  if (visit !== visits || shown === null) return;
  const { title, body } = shown;
  main.removeAttribute("aria-busy");
  main.replaceChildren(body);
  document.title = `${title} · Volok`;
  told.textContent = title;
  const head = main.querySelector("h1");
  // Those who hear the page hear what is new; who types on is left alone.
  if (head && document.activeElement === document.body) {
    head.tabIndex = -1;
    head.focus({ preventScroll: true });
  }
}

function refused(error) {
  const [title, help] = explained(error);
  if (error.status === 401) wantToken();
  const again = make("button", { type: "button" }, "Try again");
  again.addEventListener("click", () => show(view()));
  const body = make("div", { class: "panel", role: "alert" }, make("h1", {}, title), make("p", {}, help), again,
    error.code && remark("The service calls this ", make("code", {}, error.code), "."));
  return { title, body };
}

function wantToken() {
  panel.hidden = false;
  found("to-token").setAttribute("aria-expanded", "true");
  secret.focus();
}

function visit(address) {
  if (location.hash === address) show(view());
  else location.hash = address;
}

found("search").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = box.value.trim();
  if (text === "") return box.focus();
  const search = async () => {
    const address = await sought(text);
    if (address === null) return nothing(text);
    // The view of that address takes the place of this one.
    visit(address);
    return null;
  };
  return show(search);
});

found("to-token").addEventListener("click", (event) => {
  panel.hidden = !panel.hidden;
  event.currentTarget.setAttribute("aria-expanded", String(!panel.hidden));
  if (!panel.hidden) secret.focus();
});

panel.addEventListener("submit", (event) => {
  event.preventDefault();
  const said = secret.value.trim();
  if (said === "") return secret.focus();
  token.use(said);
  leaveToken();
});

found("forget").addEventListener("click", () => {
  token.forget();
  leaveToken();
});

function leaveToken() {
  secret.value = "";
  panel.hidden = true;
  found("to-token").setAttribute("aria-expanded", "false");
  show(view());
}

found("to-day").addEventListener("click", (event) => {
  // A second click looks again.
  event.preventDefault();
  visit("#/");
});

window.addEventListener("hashchange", () => {
  box.value = "";
  window.scrollTo(0, 0);
  show(view());
});

found("zone").textContent = ` (${Intl.DateTimeFormat().resolvedOptions().timeZone})`;
show(view());
