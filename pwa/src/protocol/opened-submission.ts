/**
 * The plaintext of sealed submissions, parsed and checked by the form's rules (PROTOCOL.md, sections 9 and 10).
 * Twins: sync/submissions/sealing.py, sync/submissions/submission_reader.py.
 */

import { checkAnswers } from "./answer-checks";
import type { Answers } from "./answers";
import { type Json, base64urlDecode, canonical } from "./canonical";
import type { Form } from "./form";
import type { FileRow, SubmissionHeader } from "./submission";

/** A submission as parsed from its JSON. */
export interface Submission extends SubmissionHeader {
  readonly answers?: Answers;
  readonly sealed?: Readonly<Record<string, string>>;
  readonly files?: readonly FileRow[];
}

/** `isBound`: false if the seal does not prove that it was made for the submission it arrived in. */
export interface SealedContent {
  readonly answers: Answers;
  /** Key and media type of each attachment. */
  readonly keys: readonly string[];
  readonly types: readonly string[];
  readonly isBound: boolean;
}

/** `doubt`: the code of a reason for doubt, or "". `answers`: null if unreadable. */
export interface CheckedSubmission {
  readonly answers: Answers | null;
  readonly content: SealedContent | null;
  readonly doubt: "" | "seal-broken" | "answers-refused";
}

/** Checks the plaintext of a sealed submission. `opened`: null if it could not be opened. */
export function checkOpenedSubmission(
  form: Form,
  submission: Submission,
  opened: { readonly plaintext: string; readonly isBound: boolean } | null,
): CheckedSubmission {
  const files = submission.files?.length ?? 0;
  const content = opened && parseSealedContent(opened.plaintext, files, opened.isBound);
  if (!content) return { answers: null, content: null, doubt: "seal-broken" };
  const failure = checkAnswers(form, content.answers, submission.day, files);
  if (failure && (failure[0] === "answer-form" || failure[0] === "answer-unknown"))
    return { answers: null, content: null, doubt: "answers-refused" };
  return { answers: content.answers, content, doubt: failure ? "answers-refused" : "" };
}

/** The content of a plaintext; null unless it is canonical, with a key and a type for each attachment. */
export function parseSealedContent(plaintext: string, files: number, isBound: boolean): SealedContent | null {
  let end = plaintext.length;
  while (plaintext.charAt(end - 1) === " ") end--; // the padding
  const text = plaintext.slice(0, end);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || canonical(value) !== text) return null;
  const { answers, keys, types, ...others } = value as Readonly<Record<string, Json>>;
  const isSound =
    answers !== undefined &&
    Object.keys(others).length === 0 &&
    Array.isArray(keys) &&
    Array.isArray(types) &&
    keys.length === files &&
    types.length === files &&
    keys.every((key) => typeof key === "string" && base64urlDecode(key) !== null) &&
    types.every((type) => typeof type === "string");
  return isSound ? ({ answers, keys, types, isBound } as unknown as SealedContent) : null;
}
