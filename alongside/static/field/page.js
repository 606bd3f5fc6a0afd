// What every screen needs: a copy of its template, its slots filled, words with numbers in them, and one sentence aloud.

import { say } from "./words.js";

export { say };

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let clock = () => Date.now();

// The phone's own clock may be days off: what the server said last decides where the session knows it.
export function useClock(session) {
  clock = () => session?.now?.() ?? Date.now();
}
export const now = () => clock();
// A moment that this phone's clock wrote down, by the server's clock.
const fromHere = (moment) => moment + now() - Date.now();

export const copy = (name) => document.getElementById(name).content.cloneNode(true);
export const slot = (root, name) => root.querySelector(`[data-slot="${name}"]`);
export const part = (root, name) => root.querySelector(`[data-part="${name}"]`);
export const on = (root, what, act, event = "click") => {
  for (const found of root.querySelectorAll(what)) found.addEventListener(event, (happened) => act(found, happened));
};

// Words go into slots as text, never as markup. What stands under `data-when` shows only when there is something.
export function fill(root, values) {
  for (const [name, value] of Object.entries(values)) {
    const into = slot(root, name);
    if (into && typeof value === "string") into.textContent = value;
    for (const block of root.querySelectorAll(`[data-when="${name}"]`)) {
      block.hidden = Array.isArray(value) ? !value.length : !value;
    }
  }
  return root;
}

export function lines(list, texts, made = "part-line") {
  list.replaceChildren(...texts.map((words) => fill(copy(made), { words })));
}

// A row of tiles for [[code, label], …]; the first taken is the one of `on`.
export function tiles(into, name, pairs, { type = "radio", on: taken = "" } = {}) {
  for (const [code, label] of pairs) {
    const tile = fill(copy("part-choice"), { label: String(label) });
    const input = slot(tile, "input");
    Object.assign(input, { type, name, value: String(code), checked: String(code) === taken });
    into.append(tile);
  }
}

export function options(select, pairs) {
  for (const [code, label] of pairs) {
    const option = fill(copy("part-option"), { words: String(label) }).firstChild;
    option.value = code;
    select.append(option);
  }
}

// A wish is yes or no; everything else is the words themselves.
export const asWords = (value) => (typeof value === "boolean" || value === "" ? say(`value_${value}`) : String(value ?? say("value_")));
export const labelOf = (pairs, code) => (pairs ?? []).find(([one]) => one === code)?.[1] ?? code ?? "";

// --- times ----------------------------------------------------------------------------------------------------------

export function ago(moment) {
  const past = Math.max(0, now() - moment);
  if (past < 2 * 60_000) return say("just_now");
  if (past < HOUR) return say("ago_minutes", { n: Math.round(past / 60_000) });
  if (past < 2 * DAY) return say("ago_hours", { n: Math.round(past / HOUR) });
  return say("ago_days", { n: Math.round(past / DAY) });
}

export const agoHere = (moment) => ago(fromHere(moment));
// How old what is shown is: since the server last gave it or said that it stands.
export const age = (session, pack) =>
  say("as_of", { when: session.state?.reached ? agoHere(session.state.reached) : ago(pack.made) });

export function due(moment) {
  const left = moment - now();
  if (left > 2 * DAY) return say("due_days", { n: Math.round(left / DAY) });
  if (left >= HOUR / 2) return say("due_in", { n: Math.max(1, Math.round(left / HOUR)) });
  if (left > -HOUR / 2) return say("due_now");
  return left > -2 * DAY ? say("late", { n: Math.round(-left / HOUR) }) : say("late_days", { n: Math.round(-left / DAY) });
}

export const time = (moment) =>
  new Intl.DateTimeFormat(document.documentElement.lang, { hour: "numeric", minute: "2-digit" }).format(moment);

// “14:00” and “2026-12-01” as the phone's language writes them.
export const hour = (words) => time(new Date(`2000-01-01T${words}`));
export const date = (words) =>
  new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", day: "numeric", month: "short" }).format(new Date(`${words}T12:00`));

// --- saying and going -----------------------------------------------------------------------------------------------

// Said aloud by a screen reader and shown for a while; a repeated sentence is said again.
export function tell(sentence) {
  const said = document.querySelector("[data-said]");
  said.textContent = "";
  requestAnimationFrame(() => (said.textContent = sentence));
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => (said.textContent = ""), 6000);
}

// Where a reader goes on: the heading of what is new, with the whole of it in view.
export function toHeading(root, focus = true) {
  const heading = root.querySelector("h1");
  heading.tabIndex = -1;
  if (focus) heading.focus({ preventScroll: true });
  scrollTo(0, 0);
}

export const go = (hash) => {
  if (location.hash === hash) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = hash;
};

export function wrong(root, sentence, at) {
  slot(root, "wrong").textContent = sentence;
  if (sentence) (at ?? slot(root, "wrong").closest("form")?.querySelector("button"))?.focus();
}

// Keep one thing on the phone. A full disk is one plain sentence, and what was typed stays on the screen.
export async function keep(session, kind, data, place = {}, sentence = say("kept")) {
  try {
    await session.add(kind, data, place);
  } catch (fault) {
    tell(fault.message);
    return false;
  }
  tell(sentence);
  return true;
}

export function saveFile(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
