// Asking the service. A token is kept for this tab and session; refusals become errors that words.js explains.

import { learnClock } from "/page/made.js";

const PLACE = "volok.token";

export const token = {
  get: () => sessionStorage.getItem(PLACE),
  use: (secret) => sessionStorage.setItem(PLACE, secret),
  forget: () => sessionStorage.removeItem(PLACE),
};

/** What the service refused: its status (0: no answer came) and its problem document. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? "");
    this.status = status;
    this.code = problem.code ?? "";
  }
}

/** An address of the service with what stands behind its question mark; what is undefined is left out. */
export function address(path, query = {}) {
  const said = Object.entries(query).filter(([, value]) => value !== undefined);
  return said.length === 0 ? path : `${path}?${new URLSearchParams(said)}`;
}

async function answer(path, accept) {
  const headers = { accept };
  const secret = token.get();
  if (secret !== null) headers.authorization = `Bearer ${secret}`;
  let told;
  try {
    told = await fetch(path, { headers, cache: "no-store", credentials: "omit", redirect: "error" });
  } catch {
    throw new Refused(0, { code: "no_answer" });
  }
  learnClock(told.headers.get("date"));
  if (told.ok) return told;
  const problem = await told.json().catch(() => ({}));
  throw new Refused(told.status, problem ?? {});
}

/** A document of the service. */
export async function ask(path, query) {
  return (await answer(address(path, query), "application/json")).json();
}

/** A text of the service. */
export async function askText(path, media) {
  return (await answer(path, media)).text();
}
