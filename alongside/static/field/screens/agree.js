// An agreement: chosen together, read in their language, signed with a finger. Only that it was drawn is kept.

import { copy, fill, go, keep, now, on, options, say, slot, wrong } from "../page.js";
import { backTo, mayCare, visitOf } from "../visits.js";

const TREATING = "treating_providers";
const DAYS = 90; // what an agreement holds when nothing else is said (consent.actions.Draft)

export async function show(root, session, id) {
  const { pack, visit } = await visitOf(session, id);
  if (!visit || !mayCare(pack)) return "gone";
  backTo(root, visit);
  const form = root.querySelector("form");
  options(slot(root, "to"), (pack.agencies ?? []).map((one) => [one.id, one.name]));
  form.elements.language.value = visit.say || "en";
  slot(root, "back").href = `#visit/${id}`;
  const pad = signing(root);
  let read = false;
  // Whoever changes what it is about reads it again, and signs again.
  form.addEventListener("change", ({ target }) => {
    if (!["to", "categories", "language"].includes(target.name) || !read) return;
    read = unfold(root, false);
    pad.wipe();
  });
  form.addEventListener("submit", async (sent) => {
    sent.preventDefault();
    const asked = new FormData(form);
    const [to, categories, language] = [asked.get("to"), asked.getAll("categories"), asked.get("language")];
    if (!to) return wrong(root, say("choose_one"), form.elements.to);
    if (!categories.length) return wrong(root, say("choose_one"), form.querySelector("[name=categories]"));
    if (!read) {
      wrong(root, "");
      read = unfold(root, true);
      const whom = form.elements.to.selectedOptions[0].textContent;
      return write(slot(root, "agreement"), pack, { to, whom, categories, language });
    }
    if (!pad.drawn()) return wrong(root, say("sign_first"), root.querySelector("[data-do=mark]"));
    const whom = to === TREATING ? { designation: to } : { agency: to };
    const data = { ...whom, categories, language, age: asked.get("age"), signer: asked.get("signer"), signature: "drawn" };
    if (await keep(session, "agreement", data, { caseId: id })) go(`#visit/${id}`);
  });
}

function unfold(root, open) {
  for (const block of root.querySelectorAll('[data-part="read"]')) block.hidden = !open;
  slot(root, "send").textContent = say(open ? "they_agree" : "show_text");
  return open;
}

// The sentences of the program's own wording, in the order in which it prints them.
function write(into, pack, { to, whom, categories, language }) {
  const text = pack.wording.texts[language] ?? pack.wording.texts.en;
  const words = text.words ?? {};
  const until = new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(now() + DAYS * 86_400_000);
  const line = (name, sentence) => {
    const made = Object.assign(document.createElement(name), { textContent: sentence });
    into.append(made);
    return made;
  };
  into.replaceChildren();
  into.lang = language;
  line("h2", text.title).tabIndex = -1;
  line("p", text.free);
  line("p", `${text.tells.replace("{discloser}", pack.wording.discloser)} ${to === TREATING ? (words[to] ?? whom) : whom}`.trim());
  line("p", text.what);
  const list = line("ul", "");
  for (const category of categories) list.append(fill(copy("part-line"), { words: words[category] ?? category }));
  for (const name of ["why", "until", "back", "police", "court", "list", "copy"]) line("p", text[name].replace("{until}", until));
  line("p", text.sign);
  into.querySelector("h2").focus();
}

// --- the finger -----------------------------------------------------------------------------------------------------

function signing(root) {
  const pad = slot(root, "sign");
  const pen = pad.getContext("2d");
  let drawn = 0;
  const at = ({ clientX, clientY }) => {
    const { left, top, width, height } = pad.getBoundingClientRect();
    return [((clientX - left) * pad.width) / width, ((clientY - top) * pad.height) / height];
  };
  const say_it = () => (slot(root, "signed").textContent = drawn > 3 ? say("signed") : "");
  const wipe = () => {
    drawn = 0;
    pen.clearRect(0, 0, pad.width, pad.height);
    say_it();
  };
  pad.addEventListener("pointerdown", (touched) => {
    pad.setPointerCapture(touched.pointerId);
    Object.assign(pen, { lineWidth: 5, lineCap: "round", strokeStyle: getComputedStyle(pad).color });
    pen.beginPath();
    pen.moveTo(...at(touched));
  });
  pad.addEventListener("pointermove", (moved) => {
    if (!pad.hasPointerCapture(moved.pointerId)) return;
    pen.lineTo(...at(moved));
    pen.stroke();
    drawn += 1;
    say_it();
  });
  on(root, "[data-do=wipe]", wipe);
  on(root, "[data-do=mark]", () => {
    wipe();
    Object.assign(pen, { lineWidth: 8, lineCap: "round", strokeStyle: getComputedStyle(pad).color });
    pen.beginPath();
    pen.moveTo(260, 110);
    pen.lineTo(310, 165);
    pen.lineTo(400, 50);
    pen.stroke();
    drawn = 9;
    say_it();
  });
  return { drawn: () => drawn > 3, wipe };
}
