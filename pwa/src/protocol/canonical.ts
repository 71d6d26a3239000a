/** Canonical JSON and base64url (PROTOCOL.md, section 1). A `Verifier` is passed in. Twin: sync/canonical.py. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Cryptography that the protocol needs, passed in. Texts are hashed and verified as UTF-8. */
export interface Verifier {
  /** SHA-256 of the text, 43 characters of base64url. */
  digest(text: string): Promise<string>;
  /** The digest of a public key's 65 bytes; "" if the text is no public key. */
  keyDigest(key: string): Promise<string>;
  /** True if the ECDSA P-256 signature over the text verifies under the key; false for anything malformed. */
  verify(key: string, text: string, signature: string): Promise<boolean>;
}

/** The canonical text of a value, or null if it has none (fractions, large integers, half characters, odd keys). */
export function canonical(value: Json): string | null {
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value === 0 ? 0 : value) : null;
  if (typeof value === "string" && !isWellFormed(value)) return null;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const parts: string[] = [];
  if (isList(value)) {
    for (const item of value) {
      const text = canonical(item);
      if (text === null) return null;
      parts.push(text);
    }
    return `[${parts.join(",")}]`;
  }
  for (const key of Object.keys(value).sort()) {
    const text = canonical(value[key] as Json);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant; esbuild makes more of \p{ASCII}
    if (text === null || !/^[\x00-\x7f]*$/.test(key)) return null;
    parts.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${parts.join(",")}}`;
}

/** False for a text with half a character (a lone surrogate), which UTF-8 cannot carry. */
export function isWellFormed(text: string): boolean {
  return !/[\ud800-\udfff]/u.test(text);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Base64url without padding. */
export function base64urlEncode(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const letters = Math.min(bytes.length - at, 3) + 1;
    for (let letter = 0; letter < letters; letter++) text += ALPHABET.charAt((three >> (18 - 6 * letter)) & 63);
  }
  return text;
}

/** The bytes of base64url without padding, or null for anything else. */
export function base64urlDecode(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let buffer = 0;
  let bits = 0;
  let at = 0;
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return null;
    buffer = ((buffer << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (buffer >> bits) & 0xff;
    }
  }
  return base64urlEncode(bytes) === text ? bytes : null;
}
