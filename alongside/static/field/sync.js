// One request with all that is unsent, one answer with the day's pack. One at a time on a phone, however many tabs.
//
//   start(session)      sends on adding, coming online, coming back to the screen, and by a timer; returns what stops it
//   now(session)        sends now; true when the server answered and nothing is left
//   check(session, id)  what stands for a visit this minute, or null without signal
//   leave(session)      signs out: the server hears it where it can, and the phone is erased either way
//   handOverAll()       gives the server what erased stores left behind; the number that is still here

import * as shelf from "./shelf.js";
import { Fault, say } from "./words.js";

const MOST = 1000;
const MOST_LETTERS = 1_200_000; // the server takes four million bytes unpacked, and a letter may be three
const PATIENCE = 90_000;
const CHECKING = 8_000;
const SOON = 5_000;
const LATE = 300_000;
const running = new WeakMap();

async function gzip(words) {
  const packed = new Blob([words]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(packed).blob();
}

// No cookie goes along: the phone's own token says whose it is, and the page's session may be somebody else's.
async function post(address, value, { bearer = "", zip = false, patience = PATIENCE } = {}) {
  const words = JSON.stringify(value);
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  if (bearer) headers.Authorization = bearer;
  if (zip) headers["Content-Encoding"] = "gzip";
  const how = { method: "POST", body: zip ? await gzip(words) : words, headers, credentials: "omit", redirect: "error",
                cache: "no-store", signal: AbortSignal.timeout(patience) };
  const got = await fetch(address, how);
  const said = await got.json().catch(() => null); // a hotel's welcome page is no answer
  return { status: said ? got.status : 0, said };
}

function batch(session) {
  const changes = [];
  let letters = 0;
  for (const { id, seq, kind, made, off, case: of, base, data } of session.unsent()) {
    const change = { id, seq, kind, made, off, case: of, base, data };
    letters += JSON.stringify(change).length;
    if (changes.length && (changes.length === MOST || letters > MOST_LETTERS)) break;
    changes.push(change);
  }
  return changes;
}

async function refused(session, status, said) {
  if (status === 401 && said.gone === "unknown" && session.unsent().length) {
    session.note({ problem: say("unknown_phone") });
    return;
  }
  if (status === 401 && said.gone) {
    await session.erase(said.gone);
    await handOverAll().catch(() => {});
    return;
  }
  if (status === 426) await navigator.serviceWorker?.getRegistration("/field/").then((one) => one?.update()).catch(() => {});
  session.note({ problem: said?.sentence ?? say("no_answer"), old: status === 426 });
}

// One request; true when it was answered.
async function round(session) {
  const changes = batch(session);
  const taken = session.answers().filter(({ state }) => state === "taken").map(({ id }) => id).slice(0, MOST);
  const asked = { v: 1, now: Date.now(), have: session.packVersion, changes, taken };
  const { status, said } = await post("/field/sync/", asked, { bearer: session.bearer, zip: true });
  if (!session.open) return false;
  if (status !== 200 || !Array.isArray(said.answers)) {
    await refused(session, status, said);
    return false;
  }
  await session.take(said);
  return !changes.length || said.answers.length > 0;
}

async function all(session) {
  session.note({ sending: true });
  try {
    await session.refresh();
    let answered = true;
    do answered = session.open && (await round(session));
    while (answered && session.unsent().length);
    if (answered && session.state.damaged.length) await handOverOf(session.id, session.state.damaged);
    if (answered) session.note({ problem: "", old: false });
    return answered;
  } catch (fault) {
    if (session.open) session.note({ problem: fault instanceof Fault ? fault.message : say("needs_signal") });
    return false;
  } finally {
    if (session.open) session.note({ sending: false });
  }
}

// Whoever asks while one is under way gets the next one: theirs may have been added too late for this.
export function now(session) {
  const turn = running.get(session) ?? { last: Promise.resolve(), next: null };
  running.set(session, turn);
  turn.next ??= turn.last = turn.last.then(() => {
    turn.next = null;
    return navigator.locks.request(`field-sync-${session.id}`, () => session.open && all(session));
  });
  return turn.next;
}

// --- when -----------------------------------------------------------------------------------------------------------

export function start(session) {
  let timer = 0;
  let wait = SOON;
  let stopped = false;
  const again = (answered) => {
    clearTimeout(timer);
    if (stopped || !session.open) return;
    wait = answered ? SOON : Math.min(wait * 2, LATE);
    // After an answer only to hear what is new; otherwise sooner, and never all phones in the same second.
    timer = setTimeout(go, answered ? LATE : wait * (0.75 + Math.random() / 2));
  };
  const go = () => now(session).then(again, () => again(false));
  const seen = () => { if (document.visibilityState === "visible") go(); };
  const offs = [session.on("added", go)];
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
    removeEventListener("online", go);
    document.removeEventListener("visibilitychange", seen);
    offs.forEach((off) => off());
  };
  offs.push(session.on("locked", stop), session.on("erased", stop));
  addEventListener("online", go);
  document.addEventListener("visibilitychange", seen);
  go();
  return stop;
}

// --- apart from the rounds ------------------------------------------------------------------------------------------

// What is not sent yet needs the phone's key for its hand-over: then the key ends by itself, later.
export async function leave(session) {
  if (!session.unsent().length) {
    await post("/field/leave/", {}, { bearer: session.bearer, patience: CHECKING }).catch(() => {});
  }
  await session.erase();
}

export async function check(session, caseId) {
  try {
    const { status, said } = await post("/field/check/", { case: caseId }, { bearer: session.bearer, patience: CHECKING });
    if (status === 401 && said.gone) await refused(session, status, said);
    return status === 200 ? said : null;
  } catch {
    return null;
  }
}

// In handfuls: each is a letter of its own, and a short connection should still bring some of them home.
async function handOverOf(id, only = null) {
  const db = await shelf.openShelf(id);
  const found = await shelf.envelopesIn(db).finally(() => db.close());
  const envelopes = only ? found.filter((one) => only.includes(one.id)) : found;
  let left = envelopes.length;
  for (let at = 0; at < envelopes.length; at += 100) {
    const part = envelopes.slice(at, at + 100);
    const { status, said } = await post("/field/hand-over/", { envelopes: part.map(({ closed }) => closed) });
    if (status !== 200) return left;
    const done = new Set(said.answers.map((answer) => answer.id));
    await shelf.taken(id, part.filter((one) => done.has(one.id)).map((one) => one.id));
    left -= part.filter((one) => done.has(one.id)).length;
  }
  return left;
}

async function wiped(id) {
  const db = await shelf.openShelf(id);
  return shelf.readMeta(db).then((meta) => Boolean(meta?.wiped)).finally(() => db.close());
}

export const handOverAll = () =>
  navigator.locks.request("field-hand-over", async () => {
    let left = 0;
    for (const id of await shelf.ids()) {
      if (await wiped(id).catch(() => false)) left += await handOverOf(id);
    }
    return left;
  });

// By themselves, with the first signal, whoever holds the phone by then.
const quietly = () => handOverAll().catch(() => {});
addEventListener("online", quietly);
setInterval(quietly, 60_000);
quietly();
