// One visit: how to reach them, what they asked for, the clock of the visit, and what comes after.

import * as outing from "../outing.js";
import * as sync from "../sync.js";
import { age, copy, date, fill, go, hour, keep, labelOf, lines, on, say, slot, tell, tiles } from "../page.js";
import { dueOf, flagsOf, haltOf, lineOf, mayCare, nameOf, reachLinks, triesOf, visitOf } from "../visits.js";

export async function show(root, session, id) {
  const { pack, visit } = await visitOf(session, id);
  if (!visit) return "gone";
  const care = mayCare(pack);
  head(root, session, pack, visit);
  fill(root, {
    care, agreements: visit.agreements, needs: care && visit.needs?.length, tries: visit.tries.length,
    follow_ups: visit.follow_ups.length,
  });
  for (const [name, screen] of [["door", "door"], ["met", "met"], ["help", "help"], ["agree", "agree"], ["teach", "teach"], ["edit", "reach"]]) {
    slot(root, name).href = `#${screen}/${id}`;
  }
  lines(slot(root, "needs"), (visit.needs ?? []).map((need) => `${need.label}: ${need.status}`));
  lines(slot(root, "tries"), triesOf(visit, pack.lists));
  promises(root, session, visit);
  way(root, visit.contact.meeting_place ?? "");
  begin(root, session, pack, visit);
  plan(root, session, id);
  on(root, "[data-do=know]", async () => {
    if (await keep(session, "know", {}, { caseId: id })) go("#day");
  });
}

function head(root, session, pack, visit) {
  const { contact } = visit;
  fill(root, {
    line: lineOf(visit), name: nameOf(visit), place: contact.meeting_place ?? "", language: contact.language ?? "",
    prefers: visit.prefers ? labelOf(pack.lists.ways, visit.prefers) : "", never: contact.never_mention ?? "", safety: contact.safety?.length ? contact.safety.map((one) => labelOf(pack.lists.safety, one)).join(", ") : "",
    safety_age: contact.safety_days == null ? "" : `(${say("ago_days", { n: contact.safety_days })})`,
  });
  dueOf(visit, slot(root, "due"));
  flags(root, session, pack, visit, age(session, pack));
}

// What they asked for decides what can be tapped below.
function flags(root, session, pack, visit, asked) {
  const found = flagsOf(visit);
  const { halt, reach, go: may, textOnly } = haltOf(visit, pack.me.police);
  const links = reachLinks(root, visit, textOnly);
  fill(root, {
    flags: found, no_flags: !found.length, halt, flags_age: asked, reach: reach && links.may_text, ...links, go: may && !outing.isOut(session), inside: reach,
  });
  lines(slot(root, "flags"), found, "part-chip");
  return may;
}

function begin(root, session, pack, visit) {
  const usual = pack.outing_minutes ?? 30;
  const choices = [...new Set([15, usual, 60, 90])].sort((one, other) => one - other);
  tiles(slot(root, "minutes"), "minutes", choices.map((one) => [one, one]), { on: String(usual) });
  on(root, "[data-do=start]", async (button) => {
    button.disabled = true;
    const minutes = Number(root.querySelector("[name=minutes]:checked").value);
    const said = await sync.check(session, visit.case);
    button.disabled = false;
    const old = say("checked_age", { when: age(session, pack) });
    const may = flags(root, session, pack, said?.flags ? { ...visit, flags: said.flags } : visit, said ? say("asked_now") : old);
    if (said?.ok === false) fill(root, { go: false, ...(said.sentence && { halt: said.sentence }) });
    if (!may || said?.ok === false) return slot(root, "halt").focus();
    if (!(await outing.begin(session, visit.case, minutes))) return;
    fill(root, { go: false });
    tell(said ? say("checked_ok") : old);
    slot(root, "door").focus();
  });
}

// Only on a tap does anything outside this page learn the place.
function way(root, where) {
  on(root, "[data-do=navigate]", () => {
    const apple = /iPhone|iPad|Macintosh/.test(navigator.userAgent);
    location.href = `${apple ? "maps:?q=" : "geo:0,0?q="}${encodeURIComponent(where)}`;
  });
  on(root, "[data-do=copy]", async () => {
    await navigator.clipboard.writeText(where);
    tell(say("copied"));
  });
}

function promises(root, session, visit) {
  const rows = (into, all, name, act) => {
    for (const one of all) {
      const hours = one.from && one.to ? say("promised", { from: hour(one.from), to: hour(one.to) }) : "";
      const text = [one.label, one.due_on ? date(one.due_on) : "", hours].filter(Boolean).join(" · ");
      const row = fill(copy(name), { text, which: `: ${one.label}` });
      const item = row.querySelector("li");
      item.querySelector("button").addEventListener("click", async () => {
        if (!(await act(one))) return;
        item.remove();
        into.closest("section").querySelector("h2").focus();
      });
      into.append(row);
    }
    into.closest("section").querySelector("h2").tabIndex = -1;
  };
  const place = { caseId: visit.case };
  rows(slot(root, "follow_ups"), visit.follow_ups, "part-follow-up", (one) => keep(session, "followed", { follow_up: one.id }, place));
  rows(slot(root, "agreements"), visit.agreements ?? [], "part-agreement", (one) => keep(session, "agreement_back", { agreement: one.id }, place));
}

function plan(root, session, caseId) {
  const form = root.querySelector("[data-form=plan]");
  form.addEventListener("submit", async (sent) => {
    sent.preventDefault();
    const { due_on, from, to } = Object.fromEntries(new FormData(form));
    const hours = from && to ? { from, to } : {};
    slot(root, "plan_wrong").textContent = due_on ? "" : say("choose_one");
    if (!due_on) return form.elements.due_on.focus();
    if (await keep(session, "follow_up", { due_on, ...hours }, { caseId })) form.reset();
  });
}
