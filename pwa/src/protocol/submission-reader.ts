/**
 * Reads the text of a submission that came from elsewhere (PROTOCOL.md, section 9), as strictly as a node that
 * receives it. Used where sealed answers are opened. Twin: sync/submissions/submission.py.
 */
import { type Json, base64urlDecode, canonical } from "./canonical";
import { parseDateTime } from "./conversions";
import { DIGEST } from "./manifest";
import type { Submission } from "./opened-submission";
import { MAX_ATTACHMENTS, MAX_ATTACHMENT_BYTES, MAX_SUBMISSION_BYTES, utf8Length } from "./submission";

export type SubmissionFault = "submission-malformed" | "submission-too-large" | "version-unknown";

const REQUIRED: Readonly<Record<string, RegExp>> = {
  nonce: /^[A-Za-z0-9_-]{22}$/,
  site: /^[a-z0-9.-]{1,64}$/,
  form: /^[a-z0-9-]{1,60}$/,
  version: DIGEST,
  lang: /^[a-z]{2,3}$/,
  place: /^(?:[A-Z]{2}(?:-[A-Z0-9-]{1,16})?)?$/,
  answer: DIGEST,
};
const TYPE = /^(?:[a-z]{1,20}\/[a-z0-9.+-]{1,40}(?:;codecs=[a-z0-9]{1,10})?)?$/;
/** Bytes of the shortest seal: a point, a tag, and one block of the padded plaintext. */
const SHORTEST_SEAL = 65 + 16 + 256;

/** The submission, or the code of its fault unless the text is its canonical JSON. */
export function parseSubmission(text: string): Submission | SubmissionFault {
  if (utf8Length(text) > MAX_SUBMISSION_BYTES) return "submission-too-large";
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return "submission-malformed";
  }
  if (!isRecord(value) || canonical(value as Json) !== text || !hasSoundKeys(value)) return "submission-malformed";
  if (value.v !== 1) return "version-unknown";
  if ("files" in value && !areFiles(value.files, "sealed" in value)) return "submission-malformed";
  return value as unknown as Submission;
}

function hasSoundKeys(value: Readonly<Record<string, unknown>>): boolean {
  const { answers: _, sealed, files, device, v, day, ...others } = value;
  return (
    Object.keys(others).sort().join() === Object.keys(REQUIRED).sort().join() &&
    Number.isSafeInteger(v) &&
    "answers" in value !== "sealed" in value &&
    Object.entries(REQUIRED).every(([key, pattern]) => matches(value[key], pattern)) &&
    typeof day === "string" &&
    day.length === 10 &&
    parseDateTime(day)?.days !== undefined &&
    (!("device" in value) || matches(device, DIGEST)) &&
    (!("sealed" in value) || isSealed(sealed))
  );
}

function isSealed(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length >= 1 &&
    entries.length <= 2 &&
    entries.every(
      ([key, part]) =>
        DIGEST.test(key) && typeof part === "string" && (base64urlDecode(part)?.length ?? 0) >= SHORTEST_SEAL,
    )
  );
}

function areFiles(value: unknown, sealed: boolean): boolean {
  return (
    Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= MAX_ATTACHMENTS &&
    value.every(
      (row: unknown) =>
        Array.isArray(row) &&
        row.length === 3 &&
        matches(row[0], DIGEST) &&
        Number.isSafeInteger(row[1]) &&
        row[1] >= 1 &&
        row[1] <= MAX_ATTACHMENT_BYTES &&
        matches(row[2], TYPE) &&
        sealed === (row[2] === ""),
    )
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === "string" && pattern.test(value);
}
