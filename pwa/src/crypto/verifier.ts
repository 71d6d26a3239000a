/** Digests and signature verification by WebCrypto, for `protocol/`, which asks for `Proofs`. */
import { type Proofs, decode, encode } from "../protocol/canonical";

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const KEY_BYTES = 65;
const SIGNATURE_BYTES = 64;

/** Whether this page may use WebCrypto at all: over plain http it may not. */
export function canProve(): boolean {
  return typeof crypto !== "undefined" && crypto.subtle !== undefined;
}

export const proofs: Proofs = {
  async digest(text) {
    return encode(await sha256(utf8(text)));
  },
  async keyDigest(key) {
    const bytes = decode(key);
    return bytes?.length === KEY_BYTES ? encode(await sha256(bytes)) : "";
  },
  async verify(key, text, signature) {
    const point = decode(key);
    const raw = decode(signature);
    if (point?.length !== KEY_BYTES || raw?.length !== SIGNATURE_BYTES) return false;
    try {
      const publicKey = await crypto.subtle.importKey("raw", point, ECDSA, false, ["verify"]);
      return await crypto.subtle.verify(ECDSA, publicKey, raw, utf8(text));
    } catch {
      return false; // not a point of the curve
    }
  },
};

/** The digest of bytes, as it stands in the name of an image or a recording. */
export async function digestOfBytes(bytes: ArrayBuffer): Promise<string> {
  return encode(await sha256(new Uint8Array(bytes)));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
}
