// How to reach them: each field that changed is a change of its own, with the version that was read.

import { fill, go, keep, options, slot } from "../page.js";
import { backTo, visitOf } from "../visits.js";

const WISHES = ["no_police", "text_only", "not_at_home"];

export async function show(root, session, id) {
  const { pack, visit } = await visitOf(session, id);
  if (!visit) return "gone";
  const fields = pack.me.police ? ["ask_for", "meeting_place"] : ["ask_for", "meeting_place", "phone", "never_mention"];
  backTo(root, visit);
  fill(root, { phone: !pack.me.police });
  const form = root.querySelector("form");
  for (const name of fields) form.elements[name].value = visit.contact[name] ?? "";
  for (const name of WISHES) form.elements[name].checked = Boolean(visit.flags[name]);
  options(slot(root, "prefers"), pack.lists.ways ?? []);
  form.elements.prefers.value = visit.prefers ?? "";
  form.addEventListener("submit", async (sent) => {
    sent.preventDefault();
    const said_so = form.elements.said_so.checked;
    const words = fields.map((name) => [name, form.elements[name].value.trim()]).filter(([name, value]) => value !== (visit.contact[name] ?? ""));
    const wishes = WISHES.map((name) => [name, form.elements[name].checked]).filter(([name, value]) => value !== Boolean(visit.flags[name]));
    const { value: way } = form.elements.prefers;
    if (way !== (visit.prefers ?? "")) wishes.push(["prefers", way]);
    const place = (field) => ({ caseId: id, base: visit.versions?.[field] ? { [field]: visit.versions[field] } : {} });
    for (const [field, value] of words) if (!(await keep(session, "contact_field", { field, value }, place(field)))) return;
    for (const [field, value] of wishes) if (!(await keep(session, "wish", { field, value, said_so }, place(field)))) return;
    go(`#visit/${id}`);
  });
}
