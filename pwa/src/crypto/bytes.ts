/** Digests, random bytes and UTF-8. For digests of texts use `signature-verifier.ts`. */
import { base64urlEncode } from "../protocol/canonical";

export type Bytes = Uint8Array<ArrayBuffer>;

/** SHA-256 as base64url, as in the file name of an image or a recording. */
export async function digestBytes(bytes: BufferSource): Promise<string> {
  return base64urlEncode(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** SHA-256 in hexadecimal, as people compare it. */
export async function hexDigestOf(bytes: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function randomBytes(count: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** Random bytes as base64url. */
export function randomText(count: number): string {
  return base64urlEncode(randomBytes(count));
}

export function encodeUtf8(text: string): Bytes {
  return new TextEncoder().encode(text) as Bytes;
}

export function decodeUtf8(bytes: BufferSource): string {
  return new TextDecoder().decode(bytes);
}
