/** Seals answers and attachments so that only the holders of two keys open them (PROTOCOL.md, section 10; RFC 9180). */
import { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
import { base64urlDecode, base64urlEncode } from "../protocol/canonical";
import { type Bytes, digestBytes, encodeUtf8, randomBytes } from "./bytes";

const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });

/**
 * Seals a text: `enc ‖ ciphertext` in base64url. `key`: the recipient's public key; `info` binds the text to its
 * form.
 */
export async function seal(key: string, info: string, plaintext: string): Promise<string> {
  const point = base64urlDecode(key);
  if (!point) throw new TypeError("no public key");
  const recipientPublicKey = await suite.kem.deserializePublicKey(point.buffer);
  const sender = await suite.createSenderContext({ recipientPublicKey, info: encodeUtf8(info) });
  const ciphertext = new Uint8Array(await sender.seal(encodeUtf8(plaintext)));
  const enc = new Uint8Array(sender.enc);
  const whole = new Uint8Array(enc.length + ciphertext.length);
  whole.set(enc);
  whole.set(ciphertext, enc.length);
  return base64urlEncode(whole);
}

/** An attachment, encrypted once with a key of its own. */
export interface SealedFile {
  readonly bytes: Bytes;
  readonly digest: string;
  /** The file's key, base64url; sent only inside the sealed answers. */
  readonly key: string;
}

/** Encrypts an attachment. `binding`: the form and the file's index in it. */
export async function sealFile(bytes: BufferSource, binding: string): Promise<SealedFile> {
  const raw = randomBytes(32);
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
  // Each key encrypts one file, so the vector may be the same for all.
  const algorithm = { name: "AES-GCM", iv: new Uint8Array(12), additionalData: encodeUtf8(binding) };
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, bytes));
  return { bytes: ciphertext, digest: await digestBytes(ciphertext), key: base64urlEncode(raw) };
}
