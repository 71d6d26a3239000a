/** One submission as the console fetched it: decrypted where the key opens it, and its answers checked against the form. */
import { utf8 } from "../../crypto/bytes";
import type { OpeningKey } from "../../crypto/opening-key";
import { digestOfBytes } from "../../crypto/verifier";
import { decode } from "../../protocol/canonical";
import { type Opened, type Submission, judge } from "../../protocol/opened-submission";
import { receiptCode, sealInfo } from "../../protocol/submission";
import type { Entry } from "../../protocol/tables";
import type { SealedLine, Taken } from "./fetch-sealed";

export interface Found extends Entry {
  readonly id: string;
  readonly opened: Opened | null;
}

/** A submission with its answers, where this key opens them; null for one of an unknown version. */
export async function openLine(
  key: OpeningKey,
  { forms }: Taken,
  { text, received, device, doubt }: SealedLine,
): Promise<Found | null> {
  const submission = JSON.parse(text) as Submission;
  const form = forms[submission.version];
  if (!form) return null;
  const id = await digestOfBytes(utf8(text).buffer);
  const about = { submission, form, id, code: receiptCode(decode(id) as Uint8Array), received, device };
  const sealed = submission.sealed?.[key.id];
  if (submission.sealed && sealed === undefined) return { ...about, answers: null, opened: null, doubt };
  if (sealed === undefined) return { ...about, answers: submission.answers ?? {}, opened: null, doubt };
  const info = sealInfo(submission.site, key.id, submission.form, submission.version, submission.files?.length ?? 0);
  const judged = judge(form, submission, await key.open(sealed, info));
  return { ...about, answers: judged.answers, opened: judged.opened, doubt: judged.doubt || doubt };
}
