/** What was sealed, once it is open: taken apart and checked with the form's own rules (PROTOCOL.md, sections 9 and 10). Twin: sync/submissions/submission_reader.py. */

import { checkAnswers } from "./answer-checks";
import type { Answers } from "./answers";
import type { Form } from "./form";
import type { FileRow, SubmissionHeader } from "./submission";

/** A submission as it travels. */
export interface Submission extends SubmissionHeader {
  readonly answers?: Answers;
  readonly sealed?: Readonly<Record<string, string>>;
  readonly files?: readonly FileRow[];
}

export interface SealedContent {
  readonly answers: Answers;
  /** Of each attachment: the key, the media type. */
  readonly keys: readonly string[];
  readonly types: readonly string[];
}

/** `doubt`: a code that says why to look twice, else "". `answers` is null where they are not to be read. */
export interface CheckedSubmission {
  readonly answers: Answers | null;
  readonly content: SealedContent | null;
  readonly doubt: string;
}

/** The plaintext of a sealed submission, judged. `text` is null when it did not open. */
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
