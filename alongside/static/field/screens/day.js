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
  for (const visit of visits) slot(root, "visits").append(card(session, pack, visit));
}

function card(session, pack, visit) {
  const item = copy("part-visit").querySelector("li");
  panels(item);
  tiles(slot(item, "waivers"), `waiver-${visit.case}`, pack.lists.waivers);
  acts(item, session, pack, visit);
  paint(item, pack, visit);
  return item;
}

// Painted again in place after a tap: nothing moves away under the next one, and what was opened meanwhile stays open.
function paint(item, pack, visit) {
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
}

const openOf = (item) => item.querySelector("[data-open][aria-expanded=true]");

function open(item, name) {
  for (const panel of item.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== name;
  for (const button of item.querySelectorAll("[data-open]")) button.setAttribute("aria-expanded", String(button.dataset.open === name));
}

function panels(item) {
  on(item, "[data-open]", (button) => open(item, button === openOf(item) ? "" : button.dataset.open));
}

function acts(item, session, pack, first) {
  let visit = first;
  // A tap closes its panel at once, so that a second one does not keep it twice; what could not be kept opens it again.
  const once = async (kind, data, sentence) => {
    const button = openOf(item);
    open(item, "");
    button?.focus();
    if (!(await keep(session, kind, data, { caseId: visit.case }, sentence))) return button && open(item, button.dataset.open);
    visit = (await today(session)).visits.find((one) => one.case === visit.case) ?? visit;
    paint(item, pack, visit);
  };
  const tried = (channel, waiver = "") => once("attempt", { channel, result: "no_answer", ...(waiver && { waiver }) });
  on(item, "[data-tried]", (button) => {
    const channel = button.dataset.tried;
    if (!needsWaiver(visit, channel)) return tried(channel);
    const panel = item.querySelector('[data-panel="waiver"]');
    panel.hidden = false;
    panel.querySelector("input")?.focus();
  });
  on(item, '[data-panel="waiver"] input', (input) => {
    input.checked = false; // the next time it is asked anew
    tried("home", input.value);
  }, "change");
  on(item, "[data-kit]", (button) => once("kits", { kits: 1, to: button.dataset.kit }, say("kept_kit")));
}
