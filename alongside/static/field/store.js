// What one user has on one phone, opened by a PIN or a passkey for at most five minutes without a touch.
//
//   await check()                         a Fault with one sentence where this browser cannot do it
//   await stores()                        [{id, label, locked: true, unsent, passkey, erased: why|"", broken}]
//   await who()                           {signed_in, role, name, csrf, key}
//   await join(pin)                       a Session; after a sign-in, with signal
//   await enter(id, pin | PASSKEY)        a Session, or a Fault: "wrong_pin", "last_pin" with `left`, "erased_tries", "broken" …
//   await handOver(id)                    a Blob: the unsent work, closed for the server, of a store that does not open
//   await discard(id)                     gives a broken store up; its envelopes stay until the server has them

import { addPasskey, checkPin, envelope, makeKey, open, seal, unlock, unlockWithPasskey } from "./vault.js";
import * as shelf from "./shelf.js";
import { Fault } from "./words.js";

export const PASSKEY = "passkey";
const UNTOUCHED = 300_000;
const TICK = 5_000;
const DAY = 86_400_000;

// --- before anything is open ----------------------------------------------------------------------------------------

export async function check() {
  const there = [globalThis.isSecureContext, globalThis.crypto?.subtle, globalThis.CompressionStream, navigator.locks];
  if (!there.every(Boolean)) throw new Fault("old_browser");
  if (!navigator.serviceWorker || !globalThis.indexedDB?.databases) throw new Fault("no_storage");
  await shelf.ids();
}

// A clock that was once set back stays under suspicion, set right or not, until the server was there.
function noteClock(meta, now) {
  meta.hidden = shelf.judge(meta, now) === "hidden";
  meta.seen = Math.max(meta.seen, now);
}

async function describe(id) {
  let db;
  try {
    db = await shelf.openShelf(id);
    const [meta, unsent] = [await shelf.readMeta(db), await db.count("envelopes")];
    const said = meta ? shelf.judge(meta, Date.now()) : "";
    if (said === "lease" || said === "tries") {
      await shelf.wipe(id, said);
      return unsent ? { id, label: meta.label, locked: true, unsent, passkey: false, erased: said, broken: false } : null;
    }
    if (!meta && !unsent) {
      await shelf.destroy(id); // joining broke off
      return null;
    }
    if (meta && !meta.wiped) await shelf.changeMeta(db, (one) => noteClock(one, Date.now()));
    const { label = "", passkey = null, wiped = "" } = meta ?? {};
    return { id, label, locked: true, unsent, passkey: Boolean(passkey), erased: wiped, broken: !meta };
  } catch {
    return { id, label: "", locked: true, unsent: 0, passkey: false, erased: "", broken: true };
  } finally {
    db?.close();
  }
}

export async function stores() {
  const found = await Promise.all((await shelf.ids()).map(describe));
  return found.filter(Boolean).sort((one, other) => one.label.localeCompare(other.label));
}

async function blobOf(db) {
  const envelopes = (await shelf.envelopesIn(db)).map(({ closed }) => closed);
  return new Blob([JSON.stringify({ envelopes })], { type: "application/json" });
}

export async function handOver(id) {
  const db = await shelf.openShelf(id);
  try {
    return await blobOf(db);
  } finally {
    db.close();
  }
}

export const discard = (id) => shelf.wipe(id, "broken");

// --- coming in ------------------------------------------------------------------------------------------------------

async function ask(address, body, csrf) {
  const how = { redirect: "error", cache: "no-store", headers: { Accept: "application/json" } };
  if (body) {
    Object.assign(how, { method: "POST", body: JSON.stringify(body) });
    Object.assign(how.headers, { "Content-Type": "application/json", "X-CSRFToken": csrf });
  }
  let got, said;
  try {
    got = await fetch(address, how);
    said = await got.json();
  } catch {
    throw new Fault(got ? "no_answer" : "needs_signal");
  }
  if (!got.ok) throw Object.assign(new Fault("no_answer"), said.sentence ? { message: said.sentence } : {});
  return said;
}

export const who = () => ask("/field/who/");

async function signedIn() {
  const said = await who();
  if (!said.signed_in) throw new Fault("sign_in");
  return said;
}

// On a shared phone people find their own by it; a whole name would be readable by whoever holds the phone.
export const initials = (name) =>
  name.split(",")[0].split(/\s+/).filter(Boolean).map((word) => `${word[0].toUpperCase()}.`).join(" ");

export async function join(pin) {
  checkPin(pin);
  const { csrf } = await signedIn();
  const { key, kept } = await makeKey(pin);
  const { phone, token, user, key: serverKey } = await ask("/field/phone/", {}, csrf);
  const now = Date.now();
  const meta = { label: initials(user.name), kept, passkey: null, tries: 0, seq: 0, seen: now, reached: now, hidden: false, skew: 0,
                 serverKey, wiped: "" };
  const profile = await seal(key, { token, user }, "profile");
  const db = await shelf.openShelf(phone);
  try {
    await shelf.write(db, async (at) => {
      await at("parts").put(profile, "profile");
      await at("meta").put(meta, "meta");
    });
  } catch (fault) {
    await shelf.destroy(phone);
    throw fault;
  } finally {
    db.close();
  }
  navigator.storage?.persist?.().catch(() => {}); // asked; a browser that says no may tidy up, and the work was sent before
  return Session.opened(phone, key);
}

// The try is on the disk before it is made: pulling the battery wins nothing, and two tabs take turns.
const tried = (id, pin, use) =>
  navigator.locks.request(`field-try-${id}`, async () => {
    if (!/^\d{6,}$/.test(pin)) throw new Fault("pin_short"); // cannot be right, so it is no try
    const db = await shelf.openShelf(id);
    try {
      const meta = await shelf.changeMeta(db, (one) => { one.tries += 1; });
      if (meta.wiped) throw new Fault("erased");
      const left = shelf.WRONG_TRIES - meta.tries;
      if (left < 0) return await given(id);
      const made = await use(meta).catch((fault) => {
        if (fault.code !== "wrong_pin") throw fault;
        return left ? Promise.reject(new Fault(left === 1 ? "last_pin" : "wrong_pin", { n: left, left })) : given(id);
      });
      await shelf.changeMeta(db, (one) => { one.tries = 0; });
      return made;
    } finally {
      db.close();
    }
  });

async function given(id) {
  await shelf.wipe(id, "tries");
  tell(id, "erased");
  throw new Fault("erased_tries");
}

async function byPasskey(id) {
  const db = await shelf.openShelf(id);
  try {
    const meta = await shelf.readMeta(db);
    if (!meta?.passkey) throw new Fault("no_passkey");
    return await unlockWithPasskey(meta.passkey);
  } finally {
    db.close();
  }
}

export async function enter(id, secret) {
  if (!(await shelf.ids()).includes(id)) throw new Fault("erased");
  const found = await describe(id);
  if (!found || found.erased) throw new Fault("erased");
  if (found.broken) throw new Fault("broken");
  const key = secret === PASSKEY ? await byPasskey(id) : await tried(id, secret, (meta) => unlock(meta.kept, secret));
  return Session.opened(id, key);
}

function tell(id, word) {
  const channel = new BroadcastChannel(`field-${id}`);
  channel.postMessage(word);
  channel.close();
}

// --- open -----------------------------------------------------------------------------------------------------------

// `.me`, `.pack()`, `.unsent()`, `.answers()`, `.state` are read from memory at once; events: pack unsent added locked erased
// (`.erased.why`: self lease tries revoked unknown) state; each is given the session.
export class Session {
  #key; #db; #token; #channel; #timer; #listeners = new Map(); #outbox = []; #answers = []; #pack = null; #skew = 0;
  #touched = [Date.now(), performance.now()];
  #look = () => this.#tick();

  static async opened(id, key) {
    const made = new Session();
    made.id = id;
    made.#key = key;
    made.state = { hidden: false, signIn: false, sending: false, problem: "", reached: 0, damaged: [] };
    made.#db = await shelf.openShelf(id, () => made.#drop("erased"));
    try {
      const { token, user } = await open(key, (await made.#db.get("parts", "profile")) ?? new Uint8Array(13), "profile");
      made.#token = token;
      made.me = user;
      await made.#load();
    } catch (fault) {
      made.#db.close();
      throw fault;
    }
    made.#listen();
    return made;
  }

  #listen() {
    this.#channel = new BroadcastChannel(`field-${this.id}`);
    this.#channel.onmessage = ({ data }) => (data === "erased" ? this.#drop("erased") : this.#reload());
    this.#timer = setInterval(this.#look, TICK);
    document.addEventListener("visibilitychange", this.#look);
  }

  // Not while something is being added: it would be missing from what was read before it.
  #load() {
    return navigator.locks.request(`field-add-${this.id}`, () => this.#read());
  }

  async #read() {
    const [meta, pack, outbox, answers] = await Promise.all([
      shelf.readMeta(this.#db), this.#db.get("parts", "pack"), this.#db.getAll("outbox"), this.#db.getAll("answers"),
    ]);
    const opened = async (all) => Promise.all(all.map(({ id, sealed }) => open(this.#key, sealed, id).catch(() => id)));
    const changes = await opened(outbox);
    this.#outbox = changes.filter((one) => one.id).sort((one, other) => one.seq - other.seq);
    this.#answers = (await opened(answers)).filter((one) => one.id).sort((one, other) => one.seq - other.seq);
    this.#pack = pack ? await open(this.#key, pack, "pack").catch(() => null) : null; // a spoilt pack comes again
    const hidden = shelf.judge(meta, Date.now()) === "hidden";
    this.#skew = meta.skew;
    Object.assign(this.state, { hidden, reached: meta.reached, damaged: changes.filter((one) => !one.id) });
  }

  async #reload() {
    if (!this.#key) return;
    await this.#load();
    for (const name of ["pack", "unsent", "state"]) this.#emit(name);
  }

  on(name, call) {
    const calls = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, calls.add(call));
    return () => calls.delete(call);
  }

  #emit(name) {
    for (const call of this.#listeners.get(name) ?? []) call(this);
  }

  note(state) {
    Object.assign(this.state, state);
    this.#emit("state");
  }

  get open() { return Boolean(this.#key); }

  // null while a clock that was set back hides it, and before the first one came.
  pack() { return this.state.hidden ? null : (this.#pack?.pack ?? null); }

  get packVersion() { return this.pack() ? this.#pack.version : ""; }

  // Another window may have sent some of it.
  async refresh() {
    const there = new Set(await this.#db.getAllKeys("outbox"));
    if (this.#outbox.some(({ id }) => !there.has(id))) await this.#reload();
  }

  // What was said here and the list does not know yet: not sent, or sent and still to be filed or given back.
  pending() {
    return [...this.#answers.filter(({ data, state }) => data && state !== "parked"), ...this.unsent()];
  }

  unsent() { return this.#outbox.map((one) => ({ ...one, state: "unsent", sentence: this.state.problem })); }

  answers() { return this.#answers; }

  // What the server's clock shows now, as far as this phone knows.
  now() { return Date.now() + this.#skew; }

  get bearer() { return `Bearer ${this.id}.${this.#token}`; }

  // Kept whole or, when the phone is full, not at all.
  add(kind, data, { caseId = null, base = {} } = {}) {
    this.touch();
    return navigator.locks.request(`field-add-${this.id}`, async () => {
      if (!this.#key) throw new Fault("locked");
      const { seq, serverKey } = await shelf.readMeta(this.#db);
      // `off`: how far the server's clock is ahead, as far as is known: this one may be set before it is sent.
      const change = { id: crypto.randomUUID(), seq: seq + 1, kind, made: Date.now(), off: this.#skew, case: caseId, base, data };
      const { id } = change;
      const sealed = await seal(this.#key, change, id);
      const closed = await envelope(serverKey, { phone: this.id, token: this.#token, change });
      await shelf.write(this.#db, async (at) => {
        const meta = await at("meta").get("meta");
        if (!meta || meta.wiped) throw new Fault("erased");
        at("outbox").put({ id, sealed }).catch(() => {}); // a fault ends the whole turn, and is said there
        at("envelopes").put({ id, seq: change.seq, closed }).catch(() => {});
        await at("meta").put({ ...meta, seq: change.seq }, "meta");
      });
      this.#outbox.push(change);
      this.#emit("unsent");
      this.#emit("added");
      this.#channel.postMessage("changed");
      return change;
    });
  }

  // What the server said: answers are kept, what it has is no longer unsent, a new pack takes the old one's place.
  async take({ now: theirs, answers, pack, pack_version: version, sign_in: signIn = false, stands = null }) {
    const now = Date.now();
    // Also of what was taken before and has been filed since.
    const waiting = new Map([...this.#answers, ...this.#outbox].map((one) => [one.id, one]));
    const news = answers.filter(({ id }) => waiting.has(id)).map(({ id, state, sentence }) => {
      const { seq, kind, made, case: of, data } = waiting.get(id);
      const early = signIn || state === "taken"; // the list does not hold it yet
      return { id, seq, kind, made, case: of, state, sentence, at: now, ...(early && { data }) };
    });
    if (!signIn) {
      const told = new Set(news.map(({ id }) => id));
      for (const { data, ...one } of this.#answers) if (data && one.state !== "taken" && !told.has(one.id)) news.push(one);
    }
    if (signIn && this.#pack && stands) {
      const visits = this.#pack.pack.visits.filter((visit) => stands.includes(visit.case));
      [pack, version] = [{ ...this.#pack.pack, visits }, ""];
    }
    const lines = await Promise.all(news.map(async (one) => ({ id: one.id, sealed: await seal(this.#key, one, one.id) })));
    const sealed = pack ? await seal(this.#key, { version, pack }, "pack") : null;
    const old = this.#answers.filter(({ at }) => at < now - DAY).map(({ id }) => id);
    await shelf.write(this.#db, async (at) => {
      const meta = await at("meta").get("meta");
      if (!meta || meta.wiped) throw new Fault("erased");
      const turns = answers.flatMap(({ id }) => [at("outbox").delete(id), at("envelopes").delete(id)]);
      turns.push(...old.map((id) => at("answers").delete(id)), ...lines.map((line) => at("answers").put(line)));
      if (sealed) turns.push(at("parts").put(sealed, "pack"));
      // The day counts from the last time the pack was given or said to stand, not from a server that withheld it.
      const reached = signIn ? meta.reached : now;
      turns.push(at("meta").put({ ...meta, seen: now, reached, hidden: false, skew: theirs - now }, "meta"));
      await Promise.all(turns);
    });
    this.state.signIn = signIn;
    await this.#reload();
    this.#channel?.postMessage("changed");
  }

  // After a new sign-in the pack is given again.
  async renew() {
    const { csrf } = await signedIn();
    await ask("/field/phone/", { phone: this.id }, csrf);
  }

  async addPasskey(pin) {
    // Only the number is a try; whoever thinks better of the finger has not guessed.
    const whole = await tried(this.id, pin, (meta) => unlock(meta.kept, pin, { extractable: true }));
    const passkey = await addPasskey(whole, this.me.name);
    await shelf.changeMeta(this.#db, (meta) => { meta.passkey = passkey; });
  }

  async handOver() { return blobOf(this.#db); }

  // --- closing ---

  touch() { this.#touched = [Date.now(), performance.now()]; }

  // Both clocks are asked: one stops while a phone sleeps, the other can be set.
  async #tick() {
    if (!this.#key) return;
    const [now, steady] = [Date.now(), performance.now()];
    const idle = Math.max(now - this.#touched[0], steady - this.#touched[1]);
    if (idle > UNTOUCHED) return this.lock();
    const meta = await shelf.readMeta(this.#db).catch(() => null);
    if (!meta || !this.#key) return;
    const said = shelf.judge(meta, now);
    if (said === "lease") return this.erase("lease");
    const hidden = said === "hidden";
    if (hidden !== meta.hidden || now - meta.seen > 60_000) {
      await shelf.changeMeta(this.#db, (one) => noteClock(one, now)).catch(() => {});
    }
    if (hidden === this.state.hidden) return;
    this.note({ hidden });
    this.#emit("pack");
  }

  #drop(name) {
    if (!this.#key) return;
    this.#key = this.#token = this.#pack = null;
    this.#outbox = [];
    this.#answers = [];
    clearInterval(this.#timer);
    document.removeEventListener("visibilitychange", this.#look);
    this.#channel?.close();
    this.#db.close();
    this.#emit(name);
  }

  // What was typed and not kept is sealed first (`draft` is given by the screens), and what was tapped a moment ago is kept.
  async lock() {
    const draft = this.#key && this.draft?.();
    if (draft) await seal(this.#key, draft, "draft").then((sealed) => this.#db.put("parts", sealed, "draft")).catch(() => {});
    await navigator.locks.request(`field-add-${this.id}`, () => this.#drop("locked"));
  }

  async takeDraft() {
    const sealed = await this.#db.get("parts", "draft");
    if (!sealed) return null;
    await this.#db.delete("parts", "draft");
    return open(this.#key, sealed, "draft").catch(() => null);
  }

  // Signing out, a lost lease, a revoke: all of it but the envelopes that are still to be handed over.
  async erase(why = "self") {
    const id = this.id;
    this.#db.close();
    const left = await shelf.wipe(id, why);
    tell(id, "erased");
    this.erased = { why, left };
    this.#drop("erased");
    return left;
  }
}
