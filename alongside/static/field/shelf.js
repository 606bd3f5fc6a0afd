// How one user's things lie on one phone: a database of their own, `field-<phone id>`, in which all but the label, the
// counters and the times is ciphertext. Nothing here can read it; store.js holds the key.
//
//   meta       one record: label, wrapped keys, wrong tries, last number given, times, why it was erased
//   parts      "profile" (who, and the token) and "pack", sealed
//   outbox     what is not yet sent, sealed
//   envelopes  the same, closed for the server alone: all that stays when the rest is erased
//   answers    what the server said to each change, sealed

import { deleteDB, openDB } from "../vendor/idb/index.js";
import { Fault } from "./words.js";

const PREFIX = "field-";
const HOURS = 3_600_000;
export const LEASE = 24 * HOURS;
export const BACK = 600_000; // a clock may be corrected by ten minutes and no more
export const WRONG_TRIES = 10;
const ALL = ["meta", "parts", "outbox", "envelopes", "answers"];
const NOW = { durability: "strict" }; // on the disk when it says so: the battery may be pulled

const wall = (error) => new Fault(error?.name === "QuotaExceededError" ? "full" : "broken");

export async function ids() {
  let found;
  try {
    found = await indexedDB.databases();
  } catch {
    throw new Fault("no_storage");
  }
  return found.map(({ name }) => name).filter((name) => name?.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
}

// `left` is called when another tab erased it.
export async function openShelf(id, left = () => {}) {
  try {
    const db = await openDB(PREFIX + id, 1, {
      upgrade: (made) => {
        made.createObjectStore("meta");
        made.createObjectStore("parts");
        for (const name of ALL.slice(2)) made.createObjectStore(name, { keyPath: "id" });
      },
      blocking: (_old, _new, event) => {
        event.target.close();
        left();
      },
      terminated: left,
    });
    return db;
  } catch (error) {
    throw wall(error);
  }
}

export const destroy = (id) => deleteDB(PREFIX + id);

// All of `work` or nothing of it: a full disk leaves what was there before.
export async function write(db, work, names = ALL) {
  const turn = db.transaction(names, "readwrite", NOW);
  try {
    const made = await work((name) => turn.objectStore(name));
    await turn.done;
    return made;
  } catch (error) {
    turn.done.catch(() => {});
    try {
      turn.abort();
    } catch {
      // it had ended by itself
    }
    throw error instanceof Fault ? error : wall(turn.error ?? error);
  }
}

export const readMeta = async (db) => (await db.get("meta", "meta")) ?? null;

// Read, changed and written in one go; returns what stands now.
export const changeMeta = (db, change) =>
  write(db, async (at) => {
    const meta = await at("meta").get("meta");
    if (!meta) throw new Fault("broken");
    change(meta);
    await at("meta").put(meta, "meta");
    return meta;
  }, ["meta"]);

// What the clocks say: "lease" when the server was not reached for a day, "hidden" when the clock was set back.
export function judge(meta, now) {
  if (meta.wiped) return "";
  if (meta.tries >= WRONG_TRIES) return "tries";
  if (now - meta.reached > LEASE) return "lease";
  return meta.hidden || now < meta.seen - BACK ? "hidden" : "";
}

// Everything of people goes, and the keys; what was closed for the server stays until the server has it.
export async function wipe(id, why) {
  const db = await openShelf(id); // what cannot be opened just now may still hold work: it is not touched
  try {
    const left = await db.count("envelopes");
    if (left) {
      await write(db, async (at) => {
        const meta = (await at("meta").get("meta")) ?? {};
        for (const name of ["parts", "outbox", "answers"]) at(name).clear();
        await at("meta").put({ label: meta.label ?? "", wiped: why }, "meta");
      });
      return left;
    }
  } finally {
    db.close();
  }
  await destroy(id);
  return 0;
}

export const envelopesIn = async (db) => (await db.getAll("envelopes")).sort((one, other) => one.seq - other.seq);

// What the server has taken need not lie here any longer; with the last of them an erased store goes too.
export async function taken(id, done) {
  const db = await openShelf(id);
  try {
    await write(db, (at) => Promise.all(done.flatMap((one) => ["envelopes", "outbox"].map((name) => at(name).delete(one)))));
    const meta = await readMeta(db);
    if (!meta?.wiped || (await db.count("envelopes"))) return;
  } finally {
    db.close();
  }
  await destroy(id);
}
