/**
 * Submissions as the console fetched them: decrypted where the key opens them, and their answers checked against the
 * form. Twin: sync/submissions/submission_reader.py.
 */
import { digestBytes, encodeUtf8 } from "../../crypto/bytes";
import type { OpeningKey } from "../../crypto/private-sealing-key";
import { base64urlDecode } from "../../protocol/canonical";
import { type SealedContent, checkOpenedSubmission } from "../../protocol/opened-submission";
import type { ReadSubmission } from "../../protocol/read-submission";
import { receiptCode } from "../../protocol/submission";
import { parseSubmission } from "../../protocol/submission-reader";
import type { SealedLine, SealedSubmissions } from "./fetch-sealed";
import { openSeal } from "./open-seal";

export interface DecryptedSubmission extends ReadSubmission {
  readonly id: string;
  readonly content: SealedContent | null;
  /** Headquarters' own day of arrival, "" if unknown. */
  readonly arrived: string;
}

/** A submission with its answers, where this key opens them; null if it is malformed or of an unknown version. */
export async function decryptSubmission(
  key: OpeningKey,
  { forms }: SealedSubmissions,
  { text, received, arrived, device, doubt }: SealedLine,
): Promise<DecryptedSubmission | null> {
  const submission = parseSubmission(text);
  const form = typeof submission === "string" ? undefined : forms[submission.version];
  if (typeof submission === "string" || !form) return null;
  const id = await digestBytes(encodeUtf8(text));
  const code = receiptCode(base64urlDecode(id) as Uint8Array);
  const about = { submission, form, id, code, received, arrived, device };
  if (!submission.sealed) return { ...about, answers: submission.answers ?? {}, content: null, doubt };
  if (!(key.id in submission.sealed)) return { ...about, answers: null, content: null, doubt };
  const opened = await openSeal(key, submission);
  const checked = checkOpenedSubmission(form, submission, opened);
  const fileTypes = checked.content?.types;
  return {
    ...about,
    ...checked,
    ...(fileTypes ? { fileTypes } : {}),
    doubt: checked.answers ? joinCodes(doubt, checked.doubt) : checked.doubt,
  };
}

/**
 * Marks what seals of kind 1 gave, and closes it again where it arrived at headquarters when it had the form's first
 * of kind 2; `opensLate` leaves that open too.
 */
export function judgeUnbound(
  submissions: readonly DecryptedSubmission[],
  opensLate: boolean,
): readonly DecryptedSubmission[] {
  const boundDays = submissions.flatMap(({ content, arrived }) => (content?.isBound && arrived ? [arrived] : []));
  const firstBound = boundDays.sort()[0];
  return submissions.map((entry) => {
    if (!entry.content || entry.content.isBound) return entry;
    if (firstBound === undefined || (entry.arrived !== "" && entry.arrived < firstBound))
      return { ...entry, doubt: joinCodes(entry.doubt, "seal-unbound") };
    return opensLate
      ? { ...entry, doubt: joinCodes(entry.doubt, "seal-unbound-late") }
      : { ...entry, answers: null, content: null, doubt: "seal-unbound-late" };
  });
}

function joinCodes(...codes: readonly string[]): string {
  return codes.filter(Boolean).join(" ");
}
