/** Bytes shut under a key of this phone, and opened again. */
import { type Bytes, fromUtf8, randomBytes, utf8 } from "./bytes";

const IV = 12;

/** Ciphertext with its initialisation vector. */
export interface Shut {
  readonly iv: Bytes;
  readonly data: ArrayBuffer;
}

/** A key that cannot be taken out of the browser. */
export function newPhoneKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
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

export function shutText(key: CryptoKey, text: string): Promise<Shut> {
  return shut(key, utf8(text));
}

export async function openText(key: CryptoKey, closed: Shut): Promise<string | null> {
  const bytes = await open(key, closed);
  return bytes && fromUtf8(bytes);
}
