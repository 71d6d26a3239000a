/**
 * One submission as the console fetched it: decrypted where the key opens it, and its answers checked against the
 * form.
 */
import { digestBytes, encodeUtf8 } from "../../crypto/bytes";
import type { OpeningKey } from "../../crypto/private-sealing-key";
import type { ReadSubmission } from "../../protocol/answer-tables";
import { base64urlDecode } from "../../protocol/canonical";
import { type SealedContent, type Submission, checkOpenedSubmission } from "../../protocol/opened-submission";
import { receiptCode, sealInfo } from "../../protocol/submission";
import type { SealedLine, SealedSubmissions } from "./fetch-sealed";

export interface DecryptedSubmission extends ReadSubmission {
  readonly id: string;
  readonly content: SealedContent | null;
}

/** A submission with its answers, where this key opens them; null for one of an unknown version. */
export async function decryptSubmission(
  key: OpeningKey,
  { forms }: SealedSubmissions,
  { text, received, device, doubt }: SealedLine,
): Promise<DecryptedSubmission | null> {
  const submission = JSON.parse(text) as Submission;
  const form = forms[submission.version];
  if (!form) return null;
  const id = await digestBytes(encodeUtf8(text));
  const about = { submission, form, id, code: receiptCode(base64urlDecode(id) as Uint8Array), received, device };
  const sealed = submission.sealed?.[key.id];
  if (submission.sealed && sealed === undefined) return { ...about, answers: null, content: null, doubt };
  if (sealed === undefined) return { ...about, answers: submission.answers ?? {}, content: null, doubt };
  const info = sealInfo(submission.site, key.id, submission.form, submission.version, submission.files?.length ?? 0);
  const checked = checkOpenedSubmission(form, submission, await key.open(sealed, info));
  return { ...about, answers: checked.answers, content: checked.content, doubt: checked.doubt || doubt };
}
