/**
 * Opens the sealed answers of a submission (PROTOCOL.md, section 10), and says whether their seal is bound to it.
 * Twin: `open_answers` in sync/submissions/sealing.py.
 */
import type { OpeningKey } from "../../crypto/private-sealing-key";
import { verifier } from "../../crypto/signature-verifier";
import { type Json, canonical } from "../../protocol/canonical";
import type { Submission } from "../../protocol/opened-submission";
import { sealInfo } from "../../protocol/submission";

/** `isBound`: false if the seal does not prove that it was made for the submission it arrived in. */
export interface OpenedSeal {
  readonly plaintext: string;
  readonly isBound: boolean;
}

/** The plaintext, by the kind 2 of seals, else by the older kind 1; null if it is not sealed to this key or altered. */
export async function openSeal(key: OpeningKey, submission: Submission): Promise<OpenedSeal | null> {
  const { sealed, ...header } = submission;
  const seal = sealed?.[key.id] ?? "";
  const files = header.files?.length ?? 0;
  const headerText = canonical(header as unknown as Json) ?? "";
  const bound = await key.open(seal, sealInfo(key.id, header, files, await verifier.digest(headerText)));
  if (bound !== null) return { plaintext: bound, isBound: true };
  const unbound = await key.open(seal, unboundSealInfo(key.id, submission, files));
  return unbound === null ? null : { plaintext: unbound, isBound: false };
}

/** The information of kind 1, which apps of release 0.1.0 write. */
function unboundSealInfo(keyDigest: string, { site, form, version }: Submission, files: number): string {
  return canonical(["kunnafoni-seal/1", site, keyDigest, form, version, "answers", 0, 1 + files]) ?? "";
}
