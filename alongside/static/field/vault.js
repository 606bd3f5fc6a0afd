// Keys. One data key for one user on one phone (AES-256-GCM). It is never kept in the clear: it lies wrapped (AES-KW) by
// what a PIN gives (PBKDF2-SHA-256), and by what a passkey gives (the PRF extension of WebAuthn) where there is one.
//
// Why PBKDF2 and not Argon2id: browsers bring no Argon2id, and one in WebAssembly would need 'wasm-unsafe-eval' in a
// policy that has no exception today, some 30 kB of the first load, and code of others that sees every PIN. PBKDF2 is the
// browser's own; its rounds are counted out on the phone to about one second, never under 600,000 (OWASP 2023). A PIN
// of six digits still cannot withstand somebody with a copy of the storage and a farm of graphics cards: the 24 hours,
// the ten tries and the phone's own encryption stand before it, and a passkey has no such limit.

import { Fault } from "./words.js";
import { join, sealTo } from "./hpke.js";

const subtle = globalThis.crypto?.subtle;
const AES = { name: "AES-GCM", length: 256 };
const USES = ["encrypt", "decrypt"];
const LEAST_ROUNDS = 600_000;
const MOST_ROUNDS = 20_000_000;
const text = new TextEncoder();

const random = (length) => crypto.getRandomValues(new Uint8Array(length));

export function toBase64(bytes) {
  let plain = "";
  for (const byte of bytes) plain += String.fromCharCode(byte);
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export function fromBase64(words) {
  const plain = atob(words.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

// --- the PIN --------------------------------------------------------------------------------------------------------

// Six digits or more; not one digit over and over, not a plain run such as 123456.
export function checkPin(pin) {
  if (!/^\d{6,}$/.test(pin)) throw new Fault("pin_short");
  const steps = new Set([...pin].slice(1).map((digit, at) => digit - pin[at]));
  if (steps.size === 1 && [-1, 0, 1].includes([...steps][0])) throw new Fault("pin_plain");
}

async function fromPin(pin, salt, rounds) {
  const secret = await subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return subtle.deriveKey(how, secret, { name: "AES-KW", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

const unwrap = (wrapped, by, extractable) =>
  subtle.unwrapKey("raw", wrapped, by, "AES-KW", AES, extractable, USES);

// How many rounds this phone does in about one second.
async function countRounds() {
  const tried = 200_000;
  const start = performance.now();
  await fromPin("000000", random(16), tried);
  const seconds = Math.max((performance.now() - start) / 1000, 0.01);
  return Math.min(Math.max(Math.round(tried / seconds), LEAST_ROUNDS), MOST_ROUNDS);
}

// A new data key and what is kept of it: {salt, rounds, wrapped}. The key in hand cannot be taken out of the browser.
export async function makeKey(pin) {
  checkPin(pin);
  const whole = await subtle.generateKey(AES, true, USES);
  const [salt, rounds] = [random(16), await countRounds()];
  const by = await fromPin(pin, salt, rounds);
  const wrapped = new Uint8Array(await subtle.wrapKey("raw", whole, by, "AES-KW"));
  return { key: await unwrap(wrapped, by, false), kept: { salt, rounds, wrapped } };
}

// The data key, or `wrong_pin`. The caller counts the tries, before it asks.
export async function unlock({ salt, rounds, wrapped }, pin, { extractable = false } = {}) {
  const by = await fromPin(pin, salt, rounds);
  try {
    return await unwrap(wrapped, by, extractable);
  } catch {
    throw new Fault("wrong_pin");
  }
}

// --- the passkey ----------------------------------------------------------------------------------------------------

export const hasPasskeys = () => Boolean(globalThis.PublicKeyCredential && navigator.credentials);

async function fromPasskey(secret, salt) {
  const made = await subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt, info: text.encode("alongside field passkey 1") };
  return subtle.deriveKey(how, made, { name: "AES-KW", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

// No server is asked: the passkey signs nothing for anybody, it only gives the same secret again for the same salt.
async function askPasskey(credential, salt) {
  const publicKey = {
    challenge: random(32), rpId: location.hostname, userVerification: "required", timeout: 60_000,
    allowCredentials: [{ type: "public-key", id: credential }], extensions: { prf: { eval: { first: salt } } },
  };
  let found;
  try {
    found = await navigator.credentials.get({ publicKey });
  } catch {
    throw new Fault("no_passkey");
  }
  const secret = found.getClientExtensionResults().prf?.results?.first;
  if (!secret) throw new Fault("no_finger");
  return fromPasskey(new Uint8Array(secret), salt);
}

// {credential, salt, wrapped} to keep beside the PIN's, of a key that `unlock` gave to be taken out.
export async function addPasskey(whole, label) {
  if (!hasPasskeys()) throw new Fault("no_finger");
  const publicKey = {
    challenge: random(32), rp: { id: location.hostname, name: "Alongside" }, timeout: 60_000,
    user: { id: random(16), name: label, displayName: label }, extensions: { prf: {} },
    pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -257 }],
    authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
  };
  let made;
  try {
    made = await navigator.credentials.create({ publicKey });
  } catch {
    throw new Fault("no_passkey");
  }
  if (!made.getClientExtensionResults().prf?.enabled) throw new Fault("no_finger");
  const [credential, salt] = [new Uint8Array(made.rawId), random(32)];
  const by = await askPasskey(credential, salt);
  return { credential, salt, wrapped: new Uint8Array(await subtle.wrapKey("raw", whole, by, "AES-KW")) };
}

// The data key by finger or face instead of the PIN.
export async function unlockWithPasskey({ credential, salt, wrapped }) {
  const by = await askPasskey(credential, salt);
  try {
    return await unwrap(wrapped, by, false);
  } catch {
    throw new Fault("no_passkey");
  }
}

// --- closing and opening --------------------------------------------------------------------------------------------

// iv || ciphertext. `place` is bound in, so that what lies in one place cannot be laid in another.
export async function seal(key, value, place = "") {
  const iv = random(12);
  const how = { name: "AES-GCM", iv, additionalData: text.encode(place) };
  return join(iv, new Uint8Array(await subtle.encrypt(how, key, text.encode(JSON.stringify(value)))));
}

export async function open(key, bytes, place = "") {
  const how = { name: "AES-GCM", iv: bytes.slice(0, 12), additionalData: text.encode(place) };
  try {
    return JSON.parse(new TextDecoder().decode(await subtle.decrypt(how, key, bytes.slice(12))));
  } catch {
    throw new Fault("broken");
  }
}

// For the server alone, as base64url.
export const envelope = async (serverKey, value) =>
  toBase64(await sealTo(fromBase64(serverKey), text.encode(JSON.stringify(value))));
