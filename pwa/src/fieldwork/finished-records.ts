/**
 * Finished records that are still on this phone, readable until headquarters has them: their content, and the way back
 * to a draft for one that nobody else can have. Used by the outbox and by the pages of forms.
 */
import { encodeUtf8, randomText } from "../crypto/bytes";
import { decrypt } from "../crypto/local-encryption";
import type { Draft, DraftAttachment, FieldworkStore, OutboxEntry } from "../db/fieldwork-contract";
import type { Answers } from "../protocol/answers";
import type { Form, FormItem } from "../protocol/form";
import { QUESTION_TYPES } from "../protocol/question-types";
import type { FileRow } from "../protocol/submission";
import type { Attachment, DraftContent } from "./drafts";
import { readPayload } from "./outbox-payload";
import { type Vault, ensurePhoneKey } from "./vault";

/** A finished record as a draft sees it: each attachment has its index in the submission as key. */
export interface FinishedRecord {
  readonly entry: OutboxEntry;
  readonly version: string;
  readonly lang: string;
  readonly answers: Answers;
  readonly files: readonly FileRow[];
}

/** The record, or null if its answers are sealed or no longer here. */
export async function readRecord(
  fieldwork: FieldworkStore,
  form: Form,
  entry: OutboxEntry,
): Promise<FinishedRecord | null> {
  const { text } = await readPayload(fieldwork, entry);
  if (text === undefined || entry.version === undefined) return null;
  const { answers, lang, files = [] } = JSON.parse(text) as { answers: Answers; lang: string; files?: FileRow[] };
  nameAttachments(form.items, answers);
  return { entry, version: entry.version, lang, answers, files };
}

export async function readRecordFile(
  fieldwork: FieldworkStore,
  { entry, files }: FinishedRecord,
  key: string,
): Promise<Attachment | null> {
  const encrypted = await fieldwork.outboxFile(entry.id, Number(key));
  const bytes = encrypted && (await decrypt(await ensurePhoneKey(fieldwork), encrypted));
  return bytes ? { bytes, type: files[Number(key)]?.[2] ?? "" } : null;
}

/**
 * Makes a draft of the record, which then is never sent; it is finished again under a new id. Null if its bytes may
 * have left this phone meanwhile.
 */
export async function reopenRecord(
  fieldwork: FieldworkStore,
  vault: Vault,
  record: FinishedRecord,
  today: string,
): Promise<Draft | null> {
  const { entry, version, lang, answers, files } = record;
  const encryptedFiles = new Map<string, DraftAttachment>();
  for (const key of files.keys()) {
    const attachment = await readRecordFile(fieldwork, record, String(key));
    if (!attachment) return null;
    encryptedFiles.set(String(key), { type: attachment.type, ...(await vault.encryptDraft(attachment.bytes)) });
  }
  const { face } = await readPayload(fieldwork, entry);
  const content: DraftContent = { answers, at: "=", lang, ...(face ? { face } : {}) };
  const draft: Draft = {
    id: randomText(9),
    form: entry.form,
    title: entry.title,
    version,
    lang,
    recovery: "",
    begun: entry.day,
    changed: today,
    ...(await vault.encryptDraft(encodeUtf8(JSON.stringify(content)))),
  };
  return (await fieldwork.moveToDrafts(entry.id, draft, encryptedFiles)) ? draft : null;
}

/** Puts an attachment's key in place of its index, here and in all instances. */
function nameAttachments(items: readonly FormItem[], answers: Answers): void {
  for (const item of items) {
    if ("group" in item) nameAttachments(item.items, answers);
    else if ("repeat" in item)
      for (const row of (answers[item.repeat] as Answers[] | undefined) ?? []) nameAttachments(item.items, row);
    else if (QUESTION_TYPES[item.type].isAttachment && answers[item.q] !== undefined)
      answers[item.q] = { file: String(answers[item.q]) };
  }
}
