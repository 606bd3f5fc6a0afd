// A training: who learned it, and which steps they showed back.

import { go, keep, part, say, slot, tiles, wrong } from "../page.js";
import { backTo, mayCare, visitOf } from "../visits.js";

export async function show(root, session, id) {
  const { pack, visit } = await visitOf(session, id);
  if (!visit || !mayCare(pack)) return "gone";
  backTo(root, visit);
  tiles(slot(root, "taught"), "taught", pack.lists.taught);
  tiles(slot(root, "steps"), "steps", pack.lists.steps, { type: "checkbox" });
  const form = root.querySelector("form");
  form.addEventListener("change", () => (part(root, "people").hidden = form.elements.taught.value !== "group"));
  form.addEventListener("submit", async (sent) => {
    sent.preventDefault();
    const said = new FormData(form);
    const taught = said.get("taught");
    if (!taught) return wrong(root, say("choose_one"), form.querySelector("[name=taught]"));
    const people = taught === "group" ? Math.max(1, Math.round(Number(said.get("people"))) || 1) : 1;
    const data = { taught, steps: said.getAll("steps"), people, language: visit.contact.language_code ?? "" };
    if (await keep(session, "training", data, { caseId: id })) go(`#visit/${id}`);
  });
}
