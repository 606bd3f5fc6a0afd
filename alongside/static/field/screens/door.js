// At the door: what to say, in their language, on a screen that whoever stands there may read.

import { copy, fill, on, slot, toHeading } from "../page.js";
import { visitOf } from "../visits.js";

const PARTS = ["open", "no", "other", "title", "text", "again"];

function tongue(code) {
  const all = document.getElementById("tongues").content;
  const found = all.querySelector(`[data-tongue="${code}"]`) ?? all.querySelector('[data-tongue="en"]');
  const said = Object.fromEntries(PARTS.map((name) => [name, found.querySelector(`[data-part="${name}"]`).textContent]));
  return { code: found.dataset.tongue, lang: found.lang, said };
}

export async function show(root, session, id) {
  const { visit } = await visitOf(session, id);
  if (!visit) return "gone";
  script(root, id, visit.say || "en");
}

function script(root, id, code) {
  const speak = (wanted) => {
    const { code: now, lang, said } = tongue(wanted);
    fill(root, said);
    for (const name of ["open", "no", "other"]) slot(root, name).lang = lang;
    for (const button of root.querySelectorAll("[data-tongue]")) button.setAttribute("aria-pressed", String(button.dataset.tongue === now));
    root.dataset.speaks = now;
  };
  slot(root, "back").href = `#visit/${id}`;
  speak(code);
  on(root, "[data-tongue]", (button) => speak(button.dataset.tongue));
  on(root, "[data-do=card]", () => card(root, id));
  on(root, "[data-do=blank]", () => dispatchEvent(new Event("blank")));
}

function card(root, id) {
  const { lang, said, code } = tongue(root.dataset.speaks);
  root.replaceChildren(copy("screen-card"));
  fill(root, said);
  slot(root, "sheet").lang = lang;
  toHeading(root);
  on(root, "[data-do=print]", () => print());
  on(root, "[data-do=blank]", () => dispatchEvent(new Event("blank")));
  on(root, "[data-do=back]", () => {
    root.replaceChildren(copy("screen-door"));
    script(root, id, code);
    toHeading(root);
  });
}
