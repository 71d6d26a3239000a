/** Encrypts what the phone keeps, with AES-GCM under keys of its own. */
import { type Bytes, decodeUtf8, encodeUtf8, randomBytes } from "./bytes";

const IV = 12;

/** Ciphertext with its initialisation vector. */
export interface Encrypted {
  readonly iv: Bytes;
  readonly data: ArrayBuffer;
}

/** Generates a key that is not extractable. */
export function generatePhoneKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** The key that a server derives for an account, from its 32 bytes. */
export function importTextKey(bytes: BufferSource): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

export async function encrypt(key: CryptoKey, bytes: BufferSource): Promise<Encrypted> {
  const iv = randomBytes(IV);
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
}

/** The plaintext, or null where the key is another. */
export async function decrypt(key: CryptoKey, { iv, data }: Encrypted): Promise<ArrayBuffer | null> {
  try {
    return await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data);
  } catch {
    return null;
  }
}

export function encryptText(key: CryptoKey, text: string): Promise<Encrypted> {
  return encrypt(key, encodeUtf8(text));
}

export async function decryptText(key: CryptoKey, encrypted: Encrypted): Promise<string | null> {
  const bytes = await decrypt(key, encrypted);
  return bytes && decodeUtf8(bytes);
}
