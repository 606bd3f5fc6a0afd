// RFC 9180, base mode, one message: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. What a phone closes with this
// only the server opens, not even the phone that closed it.

const subtle = globalThis.crypto.subtle;
const text = new TextEncoder();
const KEM = [...text.encode("KEM"), 0, 0x10];
const HPKE = [...text.encode("HPKE"), 0, 0x10, 0, 0x01, 0, 0x02];
const NOTHING = new Uint8Array(0);
export const INFO = "alongside field 1";

export function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function hmac(key, words) {
  const secret = key.length ? key : new Uint8Array(32); // RFC 5869: no salt is a salt of zeros
  const made = await subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", made, words));
}

const extract = (suite, salt, label, secret) =>
  hmac(salt, join(text.encode("HPKE-v1"), suite, text.encode(label), secret));

// One block of HKDF-Expand: nothing here is longer than 32 bytes.
async function expand(suite, secret, label, info, length) {
  const words = join([0, length], text.encode("HPKE-v1"), suite, text.encode(label), info, [1]);
  return (await hmac(secret, words)).slice(0, length);
}

async function agree(server) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const theirs = await subtle.importKey("raw", server, curve, false, []);
  const ours = await subtle.generateKey(curve, false, ["deriveBits"]);
  const enc = new Uint8Array(await subtle.exportKey("raw", ours.publicKey));
  const dh = new Uint8Array(await subtle.deriveBits({ name: "ECDH", public: theirs }, ours.privateKey, 256));
  const prk = await extract(KEM, NOTHING, "eae_prk", dh);
  return { enc, shared: await expand(KEM, prk, "shared_secret", join(enc, server), 32) };
}

// enc || ciphertext, for the server's public key (a raw P-256 point).
export async function sealTo(server, words, info = text.encode(INFO)) {
  const { enc, shared } = await agree(server);
  const psk = await extract(HPKE, NOTHING, "psk_id_hash", NOTHING);
  const context = join([0], psk, await extract(HPKE, NOTHING, "info_hash", info));
  const secret = await extract(HPKE, shared, "secret", NOTHING);
  const raw = await expand(HPKE, secret, "key", context, 32);
  const iv = await expand(HPKE, secret, "base_nonce", context, 12);
  const key = await subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
  return join(enc, new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv }, key, words)));
}
