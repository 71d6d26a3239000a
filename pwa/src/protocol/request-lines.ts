/** Lines of an inbox request (PROTOCOL.md, section 11), as a carrier takes them. Twin: sync/submissions/body_lines.py. */
import { base64urlDecode, isWellFormed } from "./canonical";
import { DIGEST } from "./manifest";
import { MAX_ATTACHMENT_BYTES, PIECE_BYTES } from "./submission";

export type RequestLine =
  | { readonly submission: string; readonly signature: string }
  | { readonly file: string; readonly at: number; readonly data: string };

const MAX_PIECES = Math.ceil(MAX_ATTACHMENT_BYTES / PIECE_BYTES);

/** A submission or a piece of an attachment; null for any other line. */
export function parseRequestLine(line: string): RequestLine | null {
  let value: Readonly<Record<string, unknown>> | null;
  try {
    value = JSON.parse(line) as typeof value;
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { submission, signature, file, at, data } = value;
  if (isText(submission))
    return isWellFormed(submission) ? { submission, signature: isText(signature) ? signature : "" } : null;
  const isPiece =
    isText(file) &&
    DIGEST.test(file) &&
    Number.isSafeInteger(at) &&
    (at as number) >= 0 &&
    (at as number) < MAX_PIECES &&
    isText(data) &&
    base64urlDecode(data) !== null;
  return isPiece ? { file, at: at as number, data } : null;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
