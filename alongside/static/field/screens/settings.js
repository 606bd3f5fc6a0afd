// Language, night, the lock, and the end: signing out erases what this phone holds.

import { leave } from "../sync.js";
import { hasPasskeys } from "../vault.js";
import { age, fill, on, part, say, slot, tell, wrong } from "../page.js";

const YEAR = 31_536_000;
const cookie = (name, value) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
};
const root_of = document.documentElement;
const isNight = () => (root_of.dataset.theme ? root_of.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);

export async function show(root, session) {
  const pack = await session.pack();
  const left = (await session.unsent()).length;
  fill(root, {
    name: session.me.name ?? "", finger: hasPasskeys(), unsent: left ? say("erase_unsent", { n: left }) : "",
    age: pack ? say("pack_made", { when: age(session, pack) }) : say("pack_none"),
  });
  language(root);
  night(root.querySelector("[data-do=theme]"));
  on(root, "[data-do=lock]", () => session.lock());
  const sure = part(root, "sure");
  on(root, "[data-do=erase]", () => {
    sure.hidden = false;
    sure.querySelector("[data-do=keep]").focus();
  });
  on(root, "[data-do=keep]", () => {
    sure.hidden = true;
    root.querySelector("[data-do=erase]").focus();
  });
  on(root, "[data-do=really]", () => leave(session));
  const form = root.querySelector("form");
  form.addEventListener("submit", async (sent) => {
    sent.preventDefault();
    try {
      await session.addPasskey(form.elements.pin.value);
      form.reset();
      wrong(root, "");
      tell(say("finger_on"));
    } catch (fault) {
      wrong(root, fault.message, form.elements.pin);
    }
  });
}

function language(root) {
  const select = slot(root, "language");
  select.value = root_of.lang;
  if (!select.value) select.value = root_of.lang.split("-")[0];
  select.addEventListener("change", () => {
    cookie("django_language", select.value);
    tell(say("language_later"));
  });
}

function night(button) {
  const show_it = () => button.setAttribute("aria-pressed", String(isNight()));
  show_it();
  button.addEventListener("click", () => {
    root_of.dataset.theme = isNight() ? "light" : "dark";
    cookie("theme", root_of.dataset.theme);
    show_it();
  });
}
