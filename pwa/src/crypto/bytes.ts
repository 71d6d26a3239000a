/** Digests and randomness over bytes. For digests of texts use `verifier.ts`. */
import { encode } from "../protocol/canonical";

export type Bytes = Uint8Array<ArrayBuffer>;

export async function digestOf(bytes: Bytes): Promise<string> {
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

export function randomBytes(count: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** So many random bytes as base64url. */
export function randomText(count: number): string {
  return encode(randomBytes(count));
}

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text) as Bytes;
}

export function fromUtf8(bytes: BufferSource): string {
  return new TextDecoder().decode(bytes);
}
