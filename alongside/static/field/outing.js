// The visit that is going on: until when, and “I am out”. Kept without a name or a case, so that it outlives a reload.

import { keep, now, say, slot, time } from "./page.js";

const key = (session) => `out-${session.id}`;
const read = (session) => JSON.parse(localStorage.getItem(key(session)) ?? "null");

export async function begin(session, caseId, minutes) {
  const outing = crypto.randomUUID();
  if (!(await keep(session, "outing", { outing, minutes }, { caseId }))) return false;
  localStorage.setItem(key(session), JSON.stringify({ outing, until: now() + minutes * 60_000 }));
  show(session);
  return true;
}

export async function end(session) {
  const going = read(session);
  if (!going || !(await keep(session, "outing_end", { outing: going.outing }))) return;
  localStorage.removeItem(key(session));
  show(session);
}

export const forget = (id) => localStorage.removeItem(`out-${id}`);
export const isOut = (session) => Boolean(read(session));

export function show(session) {
  const bar = document.querySelector("[data-out]");
  const going = session ? read(session) : null;
  bar.hidden = !going;
  clearTimeout(show.timer);
  if (!going) return;
  const late = now() > going.until;
  // Nobody is told before it was sent, and the bar says so.
  const unsent = session.unsent().some(({ kind, data }) => kind === "outing" && data.outing === going.outing);
  bar.toggleAttribute("data-late", late);
  slot(bar, "until").textContent = say(late ? "out_late" : unsent ? "out_unsent" : "out_until", { time: time(going.until) });
  show.timer = setTimeout(() => show(session), 30_000);
}
