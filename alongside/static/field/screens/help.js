// What would help today: eight big buttons; three taps ask for a bed and the ride to it.

import { fill, go, keep, lines, on, options, say, slot, tell, tiles, wrong } from "../page.js";
import { backTo, mayCare, visitOf } from "../visits.js";

const CARD = "syringe_card"; // given without the case: not even that something was asked is kept

export async function show(root, session, id) {
  const { pack, visit } = await visitOf(session, id);
  if (!visit || !mayCare(pack)) return "gone";
  const form = root.querySelector("form");
  const known = new Set([...form.querySelectorAll("[name=wants]")].map(({ value }) => value));
  const others = (pack.lists.needs ?? []).filter(([code]) => !known.has(code));
  backTo(root, visit);
  fill(root, { others, waiting: visit.needs?.length });
  tiles(slot(root, "others"), "wants", others, { type: "checkbox" });
  options(slot(root, "means"), pack.lists.means ?? []);
  lines(slot(root, "waiting"), (visit.needs ?? []).map((need) => `${need.label}: ${need.status}`));
  on(form, '[value="nothing"]', (input) => alone(form, input), "change");
  form.addEventListener("submit", async (sent) => {
    sent.preventDefault();
    const asked = new FormData(form);
    const taps = asked.getAll("wants");
    const [wants, rides_to] = [taps.filter((code) => code !== CARD), asked.getAll("rides_to")];
    if (!taps.length && !rides_to.length) return wrong(root, say("say_one"));
    const words = Object.fromEntries(["words", "means", "pick_up"].map((name) => [name, asked.get(name)]).filter(([, value]) => value));
    const nothing = !rides_to.length && wants.every((code) => code === "nothing");
    if (wants.length || rides_to.length) {
      const sentence = say(nothing ? "kept_nothing" : "kept");
      if (!(await keep(session, "help", { wants, rides_to, ...words }, { caseId: id }, sentence))) return;
    }
    if (taps.includes(CARD)) tell(say("kept_card"));
    go(`#visit/${id}`);
  });
}

// “Nothing today” stands alone.
function alone(form, nothing) {
  if (!nothing.checked) return;
  for (const input of form.querySelectorAll("input:checked")) input.checked = input === nothing;
}
