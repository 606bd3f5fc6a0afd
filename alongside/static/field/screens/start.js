// Before anything is open: whose phone this is, the number or the finger, and setting up.

import * as store from "../store.js";
import * as sync from "../sync.js";
import { copy, fill, on, saveFile, say, slot, tell, toHeading, wrong } from "../page.js";

let after = () => {};
const SETTING_UP = "setting-up"; // somebody went to sign in, and comes back to a phone that others have already

function put(main, name, focus = true) {
  const root = document.createElement("div");
  root.className = `screen screen--${name}`;
  root.append(copy(`screen-${name}`));
  main.replaceChildren(root);
  toHeading(root, focus);
  return root;
}

export async function start(main, { enter, why = "", focus = true }) {
  after = enter;
  try {
    await store.check();
  } catch (fault) {
    fill(put(main, "start"), { why: fault.message, stores: [], sealed: false }).querySelector("[data-do=join]").hidden = true;
    return;
  }
  const found = await store.stores();
  if (!found.length) localStorage.clear(); // an hour and a town are nobody, and still they go
  const open = found.filter((one) => !one.erased && !one.broken);
  const came = sessionStorage.getItem(SETTING_UP) || !found.length;
  if (came && !why && navigator.onLine && (await store.who().catch(() => null))?.signed_in) return join(main);
  if (open.length === 1 && !why && found.length === 1) return unlock(main, open[0], focus);
  list(main, found, open, why, focus);
}

function list(main, found, open, why, focus) {
  const broken = found.filter((one) => one.broken);
  const sealed = found.filter((one) => one.erased || one.broken);
  const root = put(main, "start", focus);
  fill(root, { why: why || (broken.length ? say("broken") : ""), stores: open.length, sealed: sealed.some((one) => one.unsent || one.broken) });
  for (const one of open) {
    const line = fill(copy("part-store"), { label: one.label, unsent: one.unsent ? say("unsent", { n: one.unsent }) : "" });
    line.querySelector("button").addEventListener("click", () => unlock(main, one));
    slot(root, "stores").append(line);
  }
  on(root, "[data-do=join]", () => join(main));
  on(root, "[data-do=hand]", () => hand(main, root, broken));
  on(root, "[data-do=save]", async () => {
    for (const one of sealed) {
      try {
        saveFile(await store.handOver(one.id), "hand-over.json");
      } catch (fault) {
        slot(root, "wrong").textContent = fault.message;
      }
    }
  });
}

// A store that cannot be read is given up first: what is closed for the program can go out after that.
async function hand(main, root, broken) {
  const shut = await Promise.all(broken.map(({ id }) => store.discard(id).then(() => false, () => true)));
  const left = await sync.handOverAll().catch(() => -1);
  if (left !== 0) return (slot(root, "wrong").textContent = say("needs_signal"));
  if (shut.some(Boolean)) return (slot(root, "wrong").textContent = say("shut"));
  start(main, { enter: after, why: say("all_sent") });
}

function unlock(main, one, focus = true) {
  const root = put(main, "unlock", focus);
  fill(root, { label: one.label, finger: one.passkey });
  const form = root.querySelector("form");
  const open = async (secret) => {
    try {
      after(await store.enter(one.id, secret));
    } catch (fault) {
      form.elements.pin.value = "";
      if (fault.code?.startsWith("erased") || fault.code === "broken") return start(main, { enter: after, why: fault.message });
      wrong(root, fault.left === 1 ? say("last_pin") : fault.message, form.elements.pin);
    }
  };
  form.addEventListener("submit", (sent) => {
    sent.preventDefault();
    open(form.elements.pin.value);
  });
  on(root, "[data-do=finger]", () => open(store.PASSKEY));
  on(root, "[data-do=back]", async () => list(main, await store.stores(), (await store.stores()).filter((s) => !s.erased && !s.broken), "", true));
}

async function join(main) {
  let who;
  try {
    who = await store.who();
  } catch (fault) {
    who = { signed_in: false, wrong: fault.message };
  }
  const root = put(main, who.signed_in ? "join" : "sign-in");
  on(root, "[data-do=back]", () => {
    sessionStorage.removeItem(SETTING_UP);
    start(main, { enter: after, why: " " });
  });
  if (!who.signed_in) {
    sessionStorage.setItem(SETTING_UP, "1");
    return fill(root, { wrong: who.wrong ?? "" });
  }
  sessionStorage.removeItem(SETTING_UP);
  fill(root, { name: who.name });
  const form = root.querySelector("form");
  form.addEventListener("submit", async (sent) => {
    sent.preventDefault();
    const { one, two } = form.elements;
    if (one.value !== two.value) return wrong(root, say("pin_differs"), two);
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const session = await store.join(one.value);
      await finger(main, session, one.value);
    } catch (fault) {
      button.disabled = false;
      wrong(root, fault.message, one);
    }
  });
}

// Offered once, right after the number was chosen; later under “Settings”.
async function finger(main, session, pin) {
  const there = await globalThis.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable?.().catch(() => false);
  if (!there) return after(session);
  const root = put(main, "finger");
  on(root, "[data-do=later]", () => after(session));
  on(root, "[data-do=finger]", async () => {
    try {
      await session.addPasskey(pin);
      tell(say("kept"));
      after(session);
    } catch (fault) {
      slot(root, "wrong").textContent = fault.message;
    }
  });
}
