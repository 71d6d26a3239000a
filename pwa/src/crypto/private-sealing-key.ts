/**
 * The private half of a sealing key (PROTOCOL.md, section 10): generated in the console's page, read from its file,
 * opens what phones sealed. Phones never have one.
 */
import { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
import { base64urlDecode, base64urlEncode } from "../protocol/canonical";
import { decodeUtf8, encodeUtf8 } from "./bytes";
import { verifier } from "./signature-verifier";

const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });
const ECDH = { name: "ECDH", namedCurve: "P-256" } as const;
const ENC = 65; // bytes of the sender's point before the ciphertext
const LINE = 64;

export class OpeningKey {
  private constructor(
    private readonly pair: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey },
    /** The point, base64url, and the digest by which a submission names it. */
    readonly public_: string,
    readonly id: string,
  ) {}

  /** Generates a key, as the text of its file. */
  static async generate(): Promise<string> {
    const { privateKey } = await crypto.subtle.generateKey(ECDH, true, ["deriveBits"]);
    const text = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey))));
    const lines = text.match(new RegExp(`.{1,${LINE}}`, "g")) ?? [];
    return `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
  }

  /** Imports a PEM text (PKCS #8); null for anything but a P-256 key. */
  static async read(pem: string): Promise<OpeningKey | null> {
    const [, body] = /-----BEGIN PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END PRIVATE KEY-----/.exec(pem) ?? [];
    if (body === undefined) return null;
    try {
      const bytes = Uint8Array.from(atob(body.replace(/\s/g, "")), (sign) => sign.charCodeAt(0));
      const { x = "", y = "" } = await crypto.subtle.exportKey(
        "jwk",
        await crypto.subtle.importKey("pkcs8", bytes, ECDH, true, ["deriveBits"]),
      );
      const point = new Uint8Array([4, ...(base64urlDecode(x) ?? []), ...(base64urlDecode(y) ?? [])]);
      const publicKey = await crypto.subtle.importKey("raw", point, ECDH, true, []);
      const privateKey = await crypto.subtle.importKey("pkcs8", bytes, ECDH, false, ["deriveBits"]);
      const public_ = base64urlEncode(point);
      return new OpeningKey({ privateKey, publicKey }, public_, await verifier.keyDigest(public_));
    } catch {
      return null;
    }
  }

  /** Opens a text sealed to this key; null where it was altered or sealed for another context. */
  async open(sealed: string, info: string): Promise<string | null> {
    const bytes = base64urlDecode(sealed);
    if (!bytes || bytes.length <= ENC) return null;
    try {
      const recipient = await suite.createRecipientContext({
        recipientKey: this.pair,
        enc: bytes.slice(0, ENC).buffer,
        info: encodeUtf8(info),
      });
      return decodeUtf8(await recipient.open(bytes.slice(ENC)));
    } catch {
      return null;
    }
  }
}

/** Decrypts an attachment with its own key; null where that fails. */
export async function openSealedFile(key: string, bytes: BufferSource, binding: string): Promise<ArrayBuffer | null> {
  try {
    const secret = await crypto.subtle.importKey("raw", base64urlDecode(key) ?? new Uint8Array(), "AES-GCM", false, [
      "decrypt",
    ]);
    return await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: new Uint8Array(12), additionalData: encodeUtf8(binding) },
      secret,
      bytes,
    );
  } catch {
    return null;
  }
}
