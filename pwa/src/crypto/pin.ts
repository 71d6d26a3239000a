/**
 * The key of drafts under a PIN: stored only encrypted with a key derived from the PIN. A PIN of a few digits stops a
 * borrower, not an examiner with a copy of the phone's memory; the app says so.
 */
import { type Bytes, encodeUtf8, randomBytes } from "./bytes";
import { type Encrypted, decrypt, encrypt } from "./local-encryption";

const AES = { name: "AES-GCM", length: 256 } as const;
const MOST_ROUNDS = 600_000;
const FEWEST_ROUNDS = 100_000;
const HALF_A_SECOND = 500; // ms
const TRIAL_ROUNDS = 20_000;

/** The fewest signs of a PIN that protects a complaint case. */
export const LONG = 6;

/** The drafts' key as it is stored: encrypted with a key derived from the PIN. */
export interface PinLock {
  readonly salt: Bytes;
  readonly rounds: number;
  readonly locked: Encrypted;
  /** True for a PIN of at least `LONG` signs; absent in locks of releases that did not say. */
  readonly long?: boolean;
}

/** Generates a key, and encrypts it under the PIN for storage. `now`: a clock in milliseconds. */
export async function createPinLock(
  pin: string,
  now: () => number,
): Promise<{ readonly lock: PinLock; readonly key: CryptoKey }> {
  const raw = randomBytes(32);
  const salt = randomBytes(16);
  const rounds = await roundsFor(pin, salt, now);
  const locked = await encrypt(await deriveKey(pin, salt, rounds), raw);
  const key = await crypto.subtle.importKey("raw", raw, AES, false, ["encrypt", "decrypt"]);
  raw.fill(0);
  return { lock: { salt, rounds, locked, long: pin.length >= LONG }, key };
}

/** The key, or null for a wrong PIN. */
export async function unlockPinLock({ salt, rounds, locked }: PinLock, pin: string): Promise<CryptoKey | null> {
  const raw = await decrypt(await deriveKey(pin, salt, rounds), locked);
  return raw && crypto.subtle.importKey("raw", raw, AES, false, ["encrypt", "decrypt"]);
}

/** Rounds of PBKDF2 that take half a second on this phone, within limits. */
async function roundsFor(pin: string, salt: Bytes, now: () => number): Promise<number> {
  const begin = now();
  await deriveKey(pin, salt, TRIAL_ROUNDS);
  const took = Math.max(now() - begin, 1);
  const rounds = Math.round((TRIAL_ROUNDS * HALF_A_SECOND) / took);
  return Math.max(FEWEST_ROUNDS, Math.min(rounds, MOST_ROUNDS));
}

async function deriveKey(pin: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", encodeUtf8(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, base, AES, false, [
    "encrypt",
    "decrypt",
  ]);
}
