/**
 * Keys for what lies on this phone. The phone's own key cannot be taken out by a page, and opens without a question; the PIN's key is
 * kept only as the PIN locks it. A PIN of a few digits stops a borrower, not an examiner with the phone's memory: the app says so.
 */
import type { Bytes } from "./bytes";
import { randomBytes, utf8 } from "./bytes";

const AES = { name: "AES-GCM", length: 256 } as const;
const IV = 12;
const MOST_ROUNDS = 600_000;
const FEWEST_ROUNDS = 100_000;
const HALF_A_SECOND = 500; // ms
const TRIAL_ROUNDS = 20_000;

/** Ciphertext with its initialisation vector. */
export interface Shut {
  readonly iv: Bytes;
  readonly data: ArrayBuffer;
}

/** The PIN's key as it is kept: locked by what the PIN gives. */
export interface PinLock {
  readonly salt: Bytes;
  readonly rounds: number;
  readonly locked: Shut;
}

export function newPhoneKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey(AES, false, ["encrypt", "decrypt"]);
}

/** A new key, open, and as the PIN locks it. `now`: a clock in milliseconds. */
export async function newPinLock(pin: string, now: () => number): Promise<{ readonly lock: PinLock; readonly key: CryptoKey }> {
  const raw = randomBytes(32);
  const salt = randomBytes(16);
  const rounds = await roundsFor(pin, salt, now);
  const locked = await shut(await keyOf(pin, salt, rounds), raw);
  const key = await crypto.subtle.importKey("raw", raw, AES, false, ["encrypt", "decrypt"]);
  raw.fill(0);
  return { lock: { salt, rounds, locked }, key };
}

/** The key, or null when the PIN is another. */
export async function openPinLock({ salt, rounds, locked }: PinLock, pin: string): Promise<CryptoKey | null> {
  const raw = await open(await keyOf(pin, salt, rounds), locked);
  return raw && crypto.subtle.importKey("raw", raw, AES, false, ["encrypt", "decrypt"]);
}

export async function shut(key: CryptoKey, bytes: BufferSource): Promise<Shut> {
  const iv = randomBytes(IV);
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
}

/** What was shut, or null when this is not its key. */
export async function open(key: CryptoKey, { iv, data }: Shut): Promise<ArrayBuffer | null> {
  try {
    return await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data);
  } catch {
    return null;
  }
}

/** As many rounds as take half a second here, within what is sensible. */
async function roundsFor(pin: string, salt: Bytes, now: () => number): Promise<number> {
  const begin = now();
  await keyOf(pin, salt, TRIAL_ROUNDS);
  const took = Math.max(now() - begin, 1);
  const rounds = Math.round((TRIAL_ROUNDS * HALF_A_SECOND) / took);
  return Math.max(FEWEST_ROUNDS, Math.min(rounds, MOST_ROUNDS));
}

async function keyOf(pin: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, base, AES, false, ["encrypt", "decrypt"]);
}
