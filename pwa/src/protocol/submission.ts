/**
 * Submissions: their exact bytes, their id, and the texts to sign or seal (PROTOCOL.md, sections 9 to 12).
 * Twin: sync/submissions/submission.py.
 */
import type { Answers } from "./answers";
import { type Json, canonical } from "./canonical";

/** Limits of section 9, in bytes and counts. */
export const MAX_SUBMISSION_BYTES = 256 * 1024;
export const MAX_ATTACHMENT_BYTES = 4 * 1024 * 1024;
export const MAX_ATTACHMENTS = 20;
/** Bytes of one piece of an attachment. */
export const PIECE_BYTES = 49_152;

const PADDING = 256;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** An attachment: digest, bytes, media type ("" when sealed). */
export type FileRow = readonly [digest: string, bytes: number, type: string];

export interface SubmissionHeader {
  readonly nonce: string;
  readonly site: string;
  readonly form: string;
  readonly version: string;
  readonly day: string;
  readonly lang: string;
  readonly place: string;
  /** Digest of the secret with which the sender reads the reply. */
  readonly answer: string;
  readonly device?: string;
}

/** Answers or their seals; nothing for the text that a seal is bound to. */
export type SubmissionContent =
  | { readonly answers: Answers }
  | { readonly sealed: Readonly<Record<string, string>> }
  | Readonly<Record<string, never>>;

/** The submission's text; the digest of its UTF-8 is the id. */
export function submissionText(
  header: SubmissionHeader,
  content: SubmissionContent,
  files: readonly FileRow[],
): string {
  return canonicalText({ v: 1, ...header, ...content, ...(files.length > 0 ? { files } : {}) });
}

/** The text that a device signs. */
export function signedText(site: string, id: string): string {
  return canonicalText(["kunnafoni-submission/1", site, id]);
}

/** The text of a receipt, which headquarters signs once the submission is stored. */
export function receiptText(site: string, id: string, date: string): string {
  return canonicalText(["kunnafoni-receipt/1", site, id, date]);
}

/** The text that a phone signs to enrol; `code` in capitals without `-`. */
export function enrolmentText(site: string, code: string, key: string): string {
  return canonicalText(["kunnafoni-device/1", site, code, key]);
}

/**
 * The information that binds sealed answers to their submission and to the key they are sealed to. `headerDigest`: of
 * the submission's text without `sealed`.
 */
export function sealInfo(
  keyDigest: string,
  { site, form, version }: SubmissionHeader,
  files: number,
  headerDigest: string,
): string {
  return canonicalText(["kunnafoni-seal/2", site, keyDigest, form, version, "answers", 0, 1 + files, headerDigest]);
}

/** Associated data that binds an encrypted attachment to its form and index; its key is in the sealed answers alone. */
export function fileBinding(site: string, form: string, version: string, index: number, files: number): string {
  return canonicalText(["kunnafoni-seal/1", site, "", form, version, "file", index, 1 + files]);
}

/** The plaintext to seal: answers, keys and media types of attachments, and padding that hides the length. */
export function sealedPlaintext(answers: Answers, keys: readonly string[], types: readonly string[]): string {
  const text = canonicalText({ answers, keys, types });
  return text + " ".repeat((PADDING - (utf8Length(text) % PADDING)) % PADDING);
}

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const sign of text) {
    const point = sign.codePointAt(0) as number;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** The id's first 40 bits for people: `36XK-P2WS`. `digest`: the id's bytes. */
export function receiptCode(digest: Uint8Array): string {
  let letters = "";
  let [buffer, bits] = [0, 0];
  for (const byte of digest.slice(0, 5)) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) letters += ALPHABET.charAt((buffer >> (bits - 5)) & 31);
    buffer &= 31;
  }
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** The canonical form of a typed code; null if it is no code of that length. */
export function normalizeCode(typed: string, length: number): string | null {
  const code = typed
    .replace(/[- \t\r\n\u00a0\u202f]/g, "")
    .toUpperCase()
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
  return code.length === length && [...code].every((letter) => ALPHABET.includes(letter)) ? code : null;
}

function canonicalText(value: unknown): string {
  const text = canonical(value as Json);
  if (text === null) throw new TypeError("no canonical form");
  return text;
}
