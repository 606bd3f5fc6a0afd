// The app for the door: unlock, then one screen for each address after the #. Nothing of anybody stands in the page
// before it is unlocked, and nothing after it is locked.

import { copy, say, tell, toHeading, useClock } from "./page.js";
import * as outing from "./outing.js";
import * as sync from "./sync.js";
import * as version from "./version.js";
import { writeOnly } from "./visits.js";
import { show as agree } from "./screens/agree.js";
import { show as clash } from "./screens/clash.js";
import { show as contact } from "./screens/contact.js";
import { show as day } from "./screens/day.js";
import { show as door } from "./screens/door.js";
import { show as help } from "./screens/help.js";
import { show as met } from "./screens/met.js";
import { show as reach } from "./screens/reach.js";
import { show as route } from "./screens/route.js";
import { show as settings } from "./screens/settings.js";
import { start } from "./screens/start.js";
import { show as teach } from "./screens/teach.js";
import { show as unsent } from "./screens/unsent.js";
import { show as visit } from "./screens/visit.js";

const SCREENS = { agree, clash, contact, day, door, help, met, reach, route, settings, teach, unsent, visit };
const WRITE_ONLY = ["contact", "unsent", "settings"];
const BARE = ["door"]; // without our frame: a stranger may read it

const main = document.getElementById("main");
const page = document.querySelector("[data-page]");
const blank = document.querySelector("[data-blank]");
let session = null;
let typed = false;
let turn = 0;
let askedAgain = false;

// --- one screen -----------------------------------------------------------------------------------------------------

function place() {
  const [name, ...args] = location.hash.slice(1).split("/");
  const home = writeOnly(session.me) ? "contact" : "day";
  const known = name in SCREENS && (!writeOnly(session.me) || WRITE_ONLY.includes(name));
  return known ? [name, args.map(decodeURIComponent)] : [home, []];
}

async function draw({ focus = true } = {}) {
  if (!session) return;
  const mine = ++turn;
  const [name, args] = place();
  const root = document.createElement("div");
  root.className = `screen screen--${name}`;
  root.append(copy(`screen-${name}`));
  const after = await SCREENS[name](root, session, ...args);
  if (mine !== turn || !session) return; // somebody tapped on meanwhile, or it was locked
  if (after === "gone") root.replaceChildren(copy("screen-gone"));
  typed = false;
  if (BARE.includes(name)) tell(""); // what was just kept is nobody's business there
  document.title = BARE.includes(name) ? "–" : `${root.querySelector("h1").textContent} · ${say("app")}`;
  frame(name);
  main.replaceChildren(root);
  if (focus) toHeading(root);
}

function frame(name) {
  const bare = !session || BARE.includes(name);
  for (const bar of document.querySelectorAll("[data-top], [data-bottom]")) bar.hidden = bare;
  outing.show(bare ? null : session);
  for (const link of document.querySelectorAll("[data-bottom] a")) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  for (const one of document.querySelectorAll('[data-role="visits"]')) one.hidden = !session || writeOnly(session.me);
  if (!bare) count();
}

async function count() {
  const link = document.querySelector("[data-unsent]");
  const left = (await session?.unsent())?.filter(({ state }) => state !== "parked").length ?? 0;
  const words = left ? say(left === 1 ? "unsent_one" : "unsent", { n: left }) : say("all_sent");
  link.textContent = navigator.onLine ? words : `${words}, ${say("offline")}`;
  link.toggleAttribute("data-some", left > 0);
}

// --- unlocked and locked --------------------------------------------------------------------------------------------

function enter(opened) {
  session = opened;
  useClock(session);
  session.on("pack", () => redraw());
  session.on("unsent", () => {
    typed = false; // what was typed is kept
    count();
    outing.show(BARE.includes(place()[0]) ? null : session);
  });
  session.on("state", () => count());
  session.on("locked", () => leave());
  session.on("erased", (ended) => erased(ended));
  session.draft = draft;
  askedAgain = false;
  session.on("state", () => signedInAgain());
  sync.start(session);
  goOn();
}

// What stood in a form when it locked comes back, in its place; a number for unlocking never does.
function draft() {
  if (!typed || BARE.includes(place()[0])) return null;
  return { at: location.hash, fields: fields().map(({ name, type, value, checked }) => [name, type, value, checked]) };
}

const fields = () => [...main.querySelectorAll("input[name]:not([type=password]), select[name], textarea[name]")];

async function goOn() {
  const found = await session.takeDraft();
  if (found && location.hash !== found.at) history.replaceState(null, "", found.at);
  await draw();
  const there = found ? fields() : [];
  if (there.length !== found?.fields.length) return;
  there.forEach((field, at) => {
    const [name, type, value, checked] = found.fields[at];
    if (field.name !== name || field.type !== type) return;
    if (["checkbox", "radio"].includes(type)) field.checked = checked;
    else field.value = value;
  });
  typed = true;
  main.querySelector("form")?.dispatchEvent(new Event("change"));
}

// The server gives no list before somebody signed in again; who just did finds it here.
async function signedInAgain() {
  const mine = session;
  if (!mine?.state?.signIn || askedAgain) return;
  askedAgain = true;
  await mine.renew().then(() => sync.now(mine)).catch(() => {}); // not signed in yet: the list says how
}

// New facts do not move what somebody is reading or writing: only the list and the pages of state follow by themselves.
function redraw() {
  count();
  if (!typed && !document.querySelector("[aria-expanded=true]") && ["day", "unsent", "route"].includes(place()[0])) draw({ focus: false });
}

function leave(why = "") {
  turn++;
  session = null;
  typed = false;
  version.takeNew();
  main.replaceChildren();
  useClock(null);
  document.title = say("app");
  frame("");
  tell("");
  start(main, { enter, why, focus: blank.hidden });
}

function erased({ id, erased: { why, left } = {} }) {
  localStorage.removeItem(`town-${id}`);
  outing.forget(id);
  history.replaceState(null, "", location.pathname);
  leave(say({ revoked: "revoked", unknown: "revoked", tries: "erased_tries" }[why] ?? (left === 0 ? "erased_all" : "erased")));
}

// --- blank: nothing on the glass, and no word in the title ------------------------------------------------------------

addEventListener("blank", () => {
  page.hidden = true;
  blank.hidden = false;
  document.title = "–";
  blank.focus();
});
blank.addEventListener("click", () => {
  blank.hidden = true;
  page.hidden = false;
  const heading = main.querySelector("h1");
  if (heading) toHeading(main);
});

// --- the frame ------------------------------------------------------------------------------------------------------

addEventListener("hashchange", () => draw());
for (const happened of ["online", "offline"]) addEventListener(happened, () => session && count());
for (const happened of ["pointerdown", "keydown"]) addEventListener(happened, () => session?.touch?.(), { passive: true });
main.addEventListener("input", () => (typed = true));
addEventListener("beforeunload", (leaving) => typed && session && leaving.preventDefault());
document.querySelector("[data-lock]").addEventListener("click", () => session?.lock());
document.querySelector("[data-out-end]").addEventListener("click", async () => {
  await outing.end(session);
  toHeading(main);
});
document.querySelector("[data-skip]").addEventListener("click", (tapped) => {
  tapped.preventDefault(); // the address after the # is the screen's
  main.focus();
});

const theme = document.cookie.match(/(?:^|; )theme=(light|dark)/)?.[1];
if (theme) document.documentElement.dataset.theme = theme;
start(main, { enter });
// A new version of the app waits until nobody is in the middle of a sentence.
version.register(() => !typed);
