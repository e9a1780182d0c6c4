// Plain words for what the service says in short.

import { Refused } from "/page/ask.js";

/** Where a hold stands: a word, its colour, and what it means. */
export const STATES = {
  active: ["held", "good", "The goods are kept for this order. Nothing has been packed or handed over yet."],
  partial: ["held in part", "good", "Some of it has been packed or handed over; the rest is still kept."],
  fulfilled: ["off the shelf", "calm", "All that was kept has been packed into parcels or handed over."],
  released: ["given back", "calm", "It was ended, and what it still kept went back to the shelf."],
  expired: ["ran out", "bad", "Its time ended before it was used: what it kept is free for others again."],
};

/** Where a parcel stands. */
export const STAGES = {
  expected: ["to be packed", "calm", "Its goods are kept; it is not packed yet."],
  to_be_merged: ["to be merged", "calm", "It is made of other parcels, which have not all come together yet."],
  lapsed: ["will not come", "bad", "Its goods are not kept any more."],
  under_way: ["under way", "good", "It is on its way to the next stop."],
  waiting: ["waits for others", "warn", "It stands there until the others have come."],
  here: ["ready there", "good", "It stands there, and nothing is missing."],
  overdue: ["due back", "bad", "It has been kept as long as it is kept: it should go back."],
  merged: ["merged", "calm", "What was in it is in the parcel it became part of."],
  handed_over: ["handed over", "calm", "The customer has it."],
  returned: ["went back", "calm", "All that was in it went back."],
};

/** What a plan pays for. */
export const COSTS = {
  pick_units: "Picking, by unit",
  pick_lines: "Picking, by line",
  packing: "Packing",
  carriage: "Carriage",
  handling: "Handling at distribution centres",
  merging: "Merging parcels",
  hand_over: "Handing over",
  extra_deliveries: "Parcels after the first",
  lateness: "Lateness",
  unfilled: "Goods that are not delivered",
  stock: "Prices of scarce stock",
};

/** So many of something. */
export function count(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}

/** What cannot be done, why, and what to do about it. */
export function explained(refused) {
  if (!(refused instanceof Refused)) {
    console.error(refused);
    return ["This page made a mistake", "Load it again. If it stays so, tell whoever runs the service."];
  }
  const said = refused.message === "" ? "" : ` (${refused.message})`;
  switch (true) {
    case refused.status === 0:
      return ["The service does not answer", "Is it running, and is this computer online? Try again in a moment."];
    case refused.status === 401:
      return ["A token is wanted", "Enter one above under Token. Whoever runs the service makes it with " +
        "“volok token create --scope read”. If you entered one: it is mistyped, or was taken away."];
    case refused.code === "not_local":
      return ["Only this machine is answered", "The service has no tokens yet, so it answers only those who come " +
        "by its own address (127.0.0.1). “volok token create” makes a token, and opens it to others."];
    case refused.status === 403:
      return ["Your token does not allow this", `Ask for one with scope “read”.${said}`];
    case refused.status === 404:
      return ["There is no such thing", "It was mistyped, or forgotten, or it is not yours to see."];
    case refused.code === "no_world":
      return ["The service knows no shop yet", "Send it one with “PUT /v1/world”, or start it with “--world FILE”."];
    case refused.status === 429:
      return ["Too many questions at once", "Wait a second, then try again."];
    case refused.status === 503:
      return ["The service cannot answer now", `It is overloaded, or about to stop. Try again in a moment.${said}`];
    case refused.status === 504:
      return ["It took too long", "Try again. If it stays so, tell whoever runs the service."];
    default:
      return [`The service says no${refused.status ? `: ${refused.status}` : ""}`, refused.message];
  }
}
