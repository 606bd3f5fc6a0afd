// A new contact in six taps and a name: written, never read back.

import { fill, keep, on, options, part, say, slot, tiles, wrong } from "../page.js";
import { writeOnly } from "../visits.js";

const FEW = 8;
const lastTown = (session) => `town-${session.id}`; // a town is no person

export async function show(root, session) {
  const pack = await session.pack();
  if (!pack) return fill(root, { few_towns: false, many_towns: false, write_only: false });
  const { lists, towns } = pack;
  const last = localStorage.getItem(lastTown(session)) ?? (towns.length === 1 ? towns[0].id : "");
  const pairs = towns.map(({ id, name }) => [id, name]);
  const few = towns.length <= FEW;
  fill(root, { few_towns: few, many_towns: !few, write_only: writeOnly(session.me) });
  if (few) root.querySelector("select[name=town]").remove();
  tiles(slot(root, "kinds"), "kind", lists.kinds);
  if (few) tiles(slot(root, "towns"), "town", pairs, { on: last });
  else options(slot(root, "town_list"), pairs);
  tiles(slot(root, "outcomes"), "outcome", lists.outcomes);
  tiles(slot(root, "doses"), "naloxone_doses", [0, 1, 2, 3, 4].map((n) => [n, n]));
  tiles(slot(root, "naloxone_by"), "naloxone_by", lists.naloxone_by, { type: "checkbox" });
  tiles(slot(root, "facts"), "facts", lists.facts, { type: "checkbox" });
  const form = root.querySelector("form");
  if (!few && pairs.some(([id]) => id === last)) form.elements.town.value = last;
  form.addEventListener("change", () => (part(root, "earlier").hidden = form.elements.minutes_ago.value !== "180"));
  form.addEventListener("submit", (sent) => {
    sent.preventDefault();
    send(root, session, form);
  });
  on(root, "[data-do=kit]", () => keep(session, "kits", { kits: 1, to: "anonymous" }, {}, say("kept_kit")));
}

async function send(root, session, form) {
  const said = new FormData(form);
  for (const name of ["kind", "town", "outcome"]) {
    if (!said.get(name)) return wrong(root, say("choose_one"), form.querySelector(`[name=${name}]`));
  }
  const earlier = said.get("minutes_ago") === "180";
  const hours = Math.min(72, Math.max(1, Number(said.get("hours")) || 3));
  const words = ["given_name", "ask_for", "phone", "meeting_place"].map((name) => [name, said.get(name).trim()]).filter(([, value]) => value);
  const doses = said.get("naloxone_doses");
  const data = {
    kind: said.get("kind"), minutes_ago: earlier ? hours * 60 : Number(said.get("minutes_ago")), town: said.get("town"),
    outcome: said.get("outcome"), ...(doses !== null && { naloxone_doses: Number(doses) }),
    naloxone_by: said.getAll("naloxone_by"), facts: said.getAll("facts"), check_in_ok: said.get("check_in_ok"),
    ...Object.fromEntries(words),
  };
  if (!(await keep(session, "contact", data))) return;
  localStorage.setItem(lastTown(session), data.town);
  dispatchEvent(new HashChangeEvent("hashchange")); // an empty form: what was written is not shown again
}
