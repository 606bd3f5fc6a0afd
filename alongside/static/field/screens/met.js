// What happened, in under a minute: one tile, what they wanted, kits, and it is kept.

import { fill, go, keep, options, part, say, slot, tiles, wrong } from "../page.js";
import { backTo, needsWaiver, visitOf } from "../visits.js";

// What can happen at a door; a message that was sent or a visit that was called off does not.
const NOT_HERE = ["sent", "called_off"];
const MET = ["reached", "loved_one"];

export async function show(root, session, id) {
  const { pack, visit } = await visitOf(session, id);
  if (!visit) return "gone";
  const { lists } = pack;
  backTo(root, visit);
  fill(root, { note: !pack.me.police });
  tiles(slot(root, "results"), "result", lists.results.filter(([code]) => !NOT_HERE.includes(code)));
  tiles(slot(root, "responses"), "response", lists.responses);
  tiles(slot(root, "kits"), "kits", [0, 1, 2, 3].map((n) => [n, n]), { on: "0" });
  tiles(slot(root, "waivers"), "waiver", lists.waivers);
  options(slot(root, "channels"), lists.channels);
  const form = root.querySelector("form");
  form.elements.channel.value = "home";
  const look = () => follow(root, form, visit);
  form.addEventListener("change", look);
  look();
  form.addEventListener("submit", async (sent) => {
    sent.preventDefault();
    const fault = missing(form, visit);
    if (fault) return wrong(root, fault.words, fault.at);
    if (await keep(session, "attempt", answers(form), { caseId: id })) go("#day");
  });
}

// Only what fits the answer is asked: one thing leads to the next.
function follow(root, form, visit) {
  const result = form.elements.result.value;
  const met = MET.includes(result);
  part(root, "response").hidden = part(root, "kits").hidden = !met;
  part(root, "kit_to").hidden = !met || form.elements.kits.value === "0";
  part(root, "sure").hidden = result !== "deceased";
  part(root, "waiver").hidden = !result || !needsWaiver(visit, form.elements.channel.value);
  // Only the person can ask for no contact.
  for (const input of form.querySelectorAll('[name=response][value="no_contact"]')) {
    input.closest("label").hidden = result !== "reached";
    if (result !== "reached") input.checked = false;
  }
}

function missing(form, visit) {
  const { result, response, sure, waiver, channel } = form.elements;
  const first = (name) => form.querySelector(`[name=${name}]`);
  if (!result.value) return { words: say("choose_one"), at: first("result") };
  if (result.value === "reached" && !response.value) return { words: say("choose_one"), at: first("response") };
  if (result.value === "deceased" && !sure.checked) return { words: say("choose_one"), at: sure };
  if (needsWaiver(visit, channel.value) && !waiver.value) return { words: say("choose_one"), at: first("waiver") };
  return null;
}

function answers(form) {
  const { channel, result, response, kits, kit_to, waiver, note, officer_present } = form.elements;
  const met = MET.includes(result.value);
  const given = met ? Number(kits.value) : 0;
  return {
    channel: channel.value, result: result.value,
    ...(met && response.value && { response: response.value }),
    ...(waiver.value && { waiver: waiver.value }),
    ...(given && { kits: given, kit_to: kit_to.value }),
    ...(note.value && { note: note.value }),
    ...(officer_present.checked && { officer_present: true }),
  };
}
