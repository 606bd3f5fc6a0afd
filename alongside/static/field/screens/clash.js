// One field with two answers: both are shown, a person chooses.

import { asWords, fill, go, keep, labelOf, on, say, wrong } from "../page.js";
import { nameOf, today } from "../visits.js";

const WISHES = ["no_police", "text_only", "not_at_home", "prefers"];

export async function show(root, session, id) {
  const { pack, visits } = await today(session);
  const clash = pack?.clashes?.find((one) => String(one.id) === id);
  if (!clash) return "gone";
  const visit = visits.find((one) => one.case === clash.case);
  const { field, said, stands } = clash;
  const words = (value) => (field === "prefers" && value ? labelOf(pack.lists.ways, value) : asWords(value));
  fill(root, { field: say(`field_${field}`), name: visit ? nameOf(visit) : "", said: words(said), stands: words(stands),
    loosens: field === "no_police" });
  on(root, "[data-take]", async (button) => {
    const value = clash[button.dataset.take];
    // Only the person lifts “no police”; the rules say so too, but then the answer would come hours later.
    const said_so = root.querySelector("[name=said_so]").checked;
    if (field === "no_police" && value === false && !said_so) return wrong(root, say("said_so_first"));
    const base = visit?.versions?.[field] ? { [field]: visit.versions[field] } : {};
    const [kind, data] = WISHES.includes(field) ? ["wish", { field, value, said_so }] : ["contact_field", { field, value }];
    if (await keep(session, kind, data, { caseId: clash.case, base })) go("#unsent");
  });
}
