/** The signing key of an enrolled phone: ECDSA P-256, not extractable from the browser. */
import { base64urlEncode } from "../protocol/canonical";
import { encodeUtf8 } from "./bytes";

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

export interface DeviceKey {
  /** Stored in IndexedDB as a CryptoKey that is not extractable. */
  readonly secret: CryptoKey;
  readonly public_: string;
}

export async function generateDeviceKey(): Promise<DeviceKey> {
  const pair = await crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
  return {
    secret: pair.privateKey,
    public_: base64urlEncode(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey))),
  };
}

export async function signText(secret: CryptoKey, text: string): Promise<string> {
  return base64urlEncode(new Uint8Array(await crypto.subtle.sign(ECDSA, secret, encodeUtf8(text))));
}
