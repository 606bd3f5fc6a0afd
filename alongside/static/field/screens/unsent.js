// What is not sent yet, by person, with the reason; what was kept for the coordinator; two answers that wait.

import * as sync from "../sync.js";
import { agoHere, copy, fill, labelOf, on, say, saveFile, slot } from "../page.js";
import { nameOf, today } from "../visits.js";

export async function show(root, session) {
  const { pack, visits, unsent } = await today(session);
  const all = unsent.length ? unsent : await session.unsent();
  const parked = (await session.answers()).filter(({ state }) => state === "parked");
  const clashes = pack?.clashes ?? [];
  const state = session.state ?? {};
  const names = new Map(visits.map((visit) => [visit.case, nameOf(visit)]));
  fill(root, {
    none: !all.length, some: all.length, parked, clashes,
    state: state.sending ? say("why_sending") : "",
  });
  const nameFor = (id) => (id ? (names.get(id) ?? say("not_on_list")) : say("nobody"));
  groups(slot(root, "groups"), all, nameFor, pack);
  for (const one of parked) slot(root, "parked").append(fill(copy("part-unsent"), { ...line(one, pack), what: `${nameFor(one.case)}: ${say(`kind_${one.kind}`)}`, why: one.sentence ?? "" }));
  for (const clash of clashes) {
    const made = fill(copy("part-clash"), { link: `${nameFor(clash.case)}: ${say(`field_${clash.field}`)}` });
    slot(made, "link").href = `#clash/${clash.id}`;
    slot(root, "clashes").append(made);
  }
  on(root, "[data-do=now]", async (button) => {
    button.disabled = true;
    await sync.now(session);
    dispatchEvent(new HashChangeEvent("hashchange"));
  });
  on(root, "[data-do=save]", async () => saveFile(await session.handOver(), "hand-over.json"));
}

const OWN = ["outing_end"]; // its case is not said again: it is about whoever is out

function groups(into, changes, nameFor, pack) {
  const about = (one) => (OWN.includes(one.kind) ? "self" : one.case);
  const found = new Map();
  for (const one of changes) found.set(about(one), [...(found.get(about(one)) ?? []), one]);
  for (const [id, lines] of found) {
    const card = fill(copy("part-person"), { name: id === "self" ? say("yourself") : nameFor(id) });
    for (const one of lines) slot(card, "lines").append(fill(copy("part-unsent"), line(one, pack)));
    into.append(card);
  }
}

function line({ kind, made, data = {}, sentence }, pack) {
  const lists = pack?.lists ?? {};
  const more = data.field ? say(`field_${data.field}`) : data.result ? labelOf(lists.results, data.result) : "";
  return { what: [say(`kind_${kind}`), more].filter(Boolean).join(": "), when: agoHere(made), why: sentence || say("why_waiting") };
}
