// The visits of the day: whom to ask for, how long there is, and what is done in two taps.

import { age, copy, fill, keep, lines, on, say, slot, tiles } from "../page.js";
import { dueOf, flagsOf, haltOf, lineOf, mayCare, nameOf, needsWaiver, reachLinks, today } from "../visits.js";

export async function show(root, session) {
  const { pack, visits } = await today(session);
  const state = session.state ?? {};
  fill(root, {
    age: pack ? age(session, pack) : say(state.hidden ? "hidden" : "pack_none"), sign_in: state.signIn ? say("sign_in_again") : "",
    clashes: pack?.clashes?.length, empty: pack && !visits.length,
  });
  const list = slot(root, "visits");
  for (const visit of visits) list.append(card(session, pack, visit));
  // The list is drawn anew after a tap, and the finger or the reader stays where it was.
  root.addEventListener("kept", async ({ detail }) => {
    const fresh = (await today(session)).visits.find((one) => one.case === detail.case);
    const old = list.querySelector(`[data-case="${detail.case}"]`);
    if (!fresh || !old) return;
    const made = card(session, pack, fresh);
    const button = made.querySelector(`[data-open="${detail.open}"]`);
    old.replaceWith(made);
    button.focus();
  });
}

function card(session, pack, visit) {
  const made = copy("part-visit");
  const item = made.querySelector("li");
  item.dataset.case = visit.case;
  const { halt, reach, go, textOnly } = haltOf(visit, pack.me.police);
  const links = reachLinks(item, visit, textOnly);
  const flags = flagsOf(visit);
  fill(item, {
    name: nameOf(visit), line: lineOf(visit), flags, halt, reach: reach && links.may_text, ...links,
    go, no_go: !go, care: mayCare(pack),
  });
  dueOf(visit, slot(item, "due"));
  lines(slot(item, "flags"), flags, "part-chip");
  slot(item, "name").href = slot(item, "start").href = slot(item, "details").href = `#visit/${visit.case}`;
  slot(item, "help").href = `#help/${visit.case}`;
  item.querySelector('[data-tried="home"]').hidden = !go;
  slot(item, "taps").hidden = !reach;
  panels(item);
  acts(item, session, pack, visit);
  return item;
}

function panels(item) {
  const open = (name) => {
    for (const panel of item.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== name;
    for (const button of item.querySelectorAll("[data-open]")) button.setAttribute("aria-expanded", String(button.dataset.open === name));
  };
  on(item, "[data-open]", (button) => open(button.getAttribute("aria-expanded") === "true" ? "" : button.dataset.open));
}

function acts(item, session, pack, visit) {
  const place = { caseId: visit.case };
  const done = (opened) => item.dispatchEvent(new CustomEvent("kept", { bubbles: true, detail: { case: visit.case, open: opened } }));
  const tried = async (channel, waiver = "") => {
    const data = { channel, result: "no_answer", ...(waiver && { waiver }) };
    if (await keep(session, "attempt", data, place)) done("none");
  };
  on(item, "[data-tried]", (button) => {
    const channel = button.dataset.tried;
    if (!needsWaiver(visit, channel)) return tried(channel);
    const panel = item.querySelector('[data-panel="waiver"]');
    panel.hidden = false;
    panel.querySelector("input")?.focus();
  });
  tiles(slot(item, "waivers"), `waiver-${visit.case}`, pack.lists.waivers);
  on(item, '[data-panel="waiver"] input', (input) => tried("home", input.value), "change");
  on(item, "[data-kit]", async (button) => {
    if (await keep(session, "kits", { kits: 1, to: button.dataset.kit }, place, say("kept_kit"))) done("kit");
  });
}
