/** A submission with its answers, where they could be read. Used by tables and by names of attachments. */
import type { Answers } from "./answers";
import type { Form } from "./form";
import type { Submission } from "./opened-submission";

export interface ReadSubmission {
  readonly submission: Submission;
  readonly form: Form;
  readonly code: string;
  readonly received: string;
  readonly device: string;
  readonly doubt: string;
  readonly answers: Answers | null;
  /** Media types of sealed attachments, once they are known. */
  readonly fileTypes?: readonly string[];
}
