/**
 * The plaintext of sealed submissions, parsed and checked by the form's rules (PROTOCOL.md, sections 9 and 10).
 * Twin: sync/submissions/submission_reader.py.
 */

import { checkAnswers } from "./answer-checks";
import type { Answers } from "./answers";
import type { Form } from "./form";
import type { FileRow, SubmissionHeader } from "./submission";

/** A submission as parsed from its JSON. */
export interface Submission extends SubmissionHeader {
  readonly answers?: Answers;
  readonly sealed?: Readonly<Record<string, string>>;
  readonly files?: readonly FileRow[];
}

export interface SealedContent {
  readonly answers: Answers;
  /** Key and media type of each attachment. */
  readonly keys: readonly string[];
  readonly types: readonly string[];
}

/** `doubt`: the code of a reason for doubt, or "". `answers`: null if unreadable. */
export interface CheckedSubmission {
  readonly answers: Answers | null;
  readonly content: SealedContent | null;
  readonly doubt: string;
}

/** Checks the plaintext of a sealed submission. `text`: null if it could not be opened. */
export function checkOpenedSubmission(form: Form, submission: Submission, text: string | null): CheckedSubmission {
  const content = text === null ? null : parse(text, submission.files?.length ?? 0);
  if (!content) return { answers: null, content: null, doubt: "seal-broken" };
  const failure = checkAnswers(form, content.answers, submission.day, submission.files?.length ?? 0);
  if (failure && (failure[0] === "answer-form" || failure[0] === "answer-unknown"))
    return { answers: null, content: null, doubt: "answers-refused" };
  return { answers: content.answers, content, doubt: failure ? "answers-refused" : "" };
}

function parse(text: string, files: number): SealedContent | null {
  try {
    const value = JSON.parse(text) as SealedContent;
    return value.keys.length === files && value.types.length === files ? value : null;
  } catch {
    return null;
  }
}
