/** The contents of an entry of the outbox, and what may still be done with it. Used by the outbox and by pages of forms. */
import { decryptText } from "../crypto/local-encryption";
import type { FieldworkStore, OutboxEntry, SubmissionPayload } from "../db/fieldwork-contract";
import { ensurePhoneKey } from "./vault";

export async function readPayload(fieldwork: FieldworkStore, entry: OutboxEntry): Promise<Partial<SubmissionPayload>> {
  const text = await decryptText(await ensurePhoneKey(fieldwork), entry.shut);
  return text === null ? {} : (JSON.parse(text) as SubmissionPayload);
}

/** True if its answers can be read here: they are not sealed, and headquarters does not have them yet. */
export function isReadable({ state, version }: OutboxEntry): boolean {
  return version !== undefined && state !== "received";
}

/** True if nobody else can have the record, so that it may be changed; `reopenRecord` judges again. */
export function canReopen({ state, left, version }: OutboxEntry): boolean {
  return state === "waiting" && !left && version !== undefined;
}
