/** Implements `Verifier`, which `protocol/` asks for, with WebCrypto. */
import { type Verifier, base64urlDecode } from "../protocol/canonical";
import { digestBytes, encodeUtf8 } from "./bytes";

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const KEY_BYTES = 65;
const SIGNATURE_BYTES = 64;

/** True if this page may use WebCrypto: not over plain http. */
export function hasWebCrypto(): boolean {
  return typeof crypto !== "undefined" && crypto.subtle !== undefined;
}

export const verifier: Verifier = {
  digest(text) {
    return digestBytes(encodeUtf8(text));
  },
  async keyDigest(key) {
    const bytes = base64urlDecode(key);
    return bytes?.length === KEY_BYTES ? await digestBytes(bytes) : "";
  },
  async verify(key, text, signature) {
    const point = base64urlDecode(key);
    const raw = base64urlDecode(signature);
    if (point?.length !== KEY_BYTES || raw?.length !== SIGNATURE_BYTES) return false;
    try {
      const publicKey = await crypto.subtle.importKey("raw", point, ECDSA, false, ["verify"]);
      return await crypto.subtle.verify(ECDSA, publicKey, raw, encodeUtf8(text));
    } catch {
      return false; // not a point of the curve
    }
  },
};
