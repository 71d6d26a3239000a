/** The moment a form is finished: answers checked and put in order, sealed where the form asks it, signed by the device, put in the outbox in one write. */
import { digestBytes, randomText } from "../crypto/bytes";
import { signText } from "../crypto/device-key";
import { encrypt, encryptText } from "../crypto/encrypt";
import { verifier } from "../crypto/verifier";
import type { FieldworkStore, OutboxEntry, SubmissionPayload } from "../db/fieldwork-contract";
import type { Answers } from "../protocol/answers";
import { fromBase64url } from "../protocol/canonical";
import { collectFinalAnswers } from "../protocol/final-answers";
import type { FormState } from "../protocol/form-state";
import {
  ATTACHMENTS_LIMIT,
  ATTACHMENT_LIMIT,
  type FileRow,
  SUBMISSION_LIMIT,
  type SubmissionContent,
  fileBinding,
  receiptCode,
  sealInfo,
  sealedPlaintext,
  signedText,
  submissionText,
  utf8Length,
} from "../protocol/submission";
import type { Attachment } from "./drafts";
import { ensurePhoneKey } from "./vault";

/** Where a form is sent, and who may open it. */
export interface Destination {
  readonly site: string;
  readonly version: string;
  /** Public keys; "" where there is none. */
  readonly sealingKey: string;
  readonly recoveryKey: string;
}

export interface FinishRequest {
  readonly desk: FieldworkStore;
  readonly filling: FormState;
  readonly destination: Destination;
  readonly lang: string;
  readonly title: string;
  readonly draft: string | undefined;
  attachment(key: string): Promise<Attachment | null>;
  /** Not to be sent before; for reports, a random while from now. */
  readonly notBefore: number;
}

export type FinishFailure = "not-enrolled" | "cannot-seal" | "too-large" | "attachment-lost";

interface Ready {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly row: FileRow;
}

/** What now waits, or why it cannot. */
export async function finishForm(finishing: FinishRequest): Promise<OutboxEntry | FinishFailure> {
  const { desk, filling, destination, lang, title, draft, notBefore } = finishing;
  const { form } = filling;
  const device = form.audience === "device" ? await desk.setting("device") : undefined;
  if (form.audience === "device" && !device) return "not-enrolled";
  if (form.sealed && !(destination.sealingKey && destination.recoveryKey)) return "cannot-seal";
  const { answers, attachmentKeys: attached, place } = collectFinalAnswers(filling);
  const attachments: Attachment[] = [];
  for (const key of attached) {
    const attachment = await finishing.attachment(key);
    if (!attachment) return "attachment-lost";
    attachments.push(attachment);
  }
  if (attachments.length > ATTACHMENTS_LIMIT) return "too-large";
  if (attachments.some(({ bytes }) => bytes.byteLength > ATTACHMENT_LIMIT)) return "too-large";
  const { content, files } = form.sealed
    ? await sealed(finishing, answers, attachments)
    : await plain(answers, attachments);
  const secret = randomText(32);
  const header = {
    nonce: randomText(16),
    site: destination.site,
    form: form.form,
    version: destination.version,
    day: filling.time.today,
    lang,
    place: form.sealed ? (device?.place ?? "") : place,
    answer: await verifier.digest(secret),
    ...(device ? { device: device.device } : {}),
  };
  const text = submissionText(
    header,
    content,
    files.map(({ row }) => row),
  );
  if (utf8Length(text) > SUBMISSION_LIMIT) return "too-large";
  const id = await verifier.digest(text);
  const letter: SubmissionPayload = {
    text,
    secret,
    ...(device ? { signature: await signText(device.secret, signedText(destination.site, id)) } : {}),
  };
  const phoneKey = await ensurePhoneKey(desk);
  const sent: OutboxEntry = {
    id,
    code: receiptCode(fromBase64url(id) as Uint8Array),
    form: form.form,
    title,
    day: header.day,
    public: !device,
    sealed: form.sealed,
    state: "waiting",
    notBefore,
    shut: await encryptText(phoneKey, JSON.stringify(letter)),
  };
  const kept = [];
  for (const { bytes } of files) kept.push(await encrypt(phoneKey, bytes));
  await desk.moveToOutbox(sent, kept, draft);
  return sent;
}

type Made = { readonly content: SubmissionContent; readonly files: readonly Ready[] };

async function plain(answers: Answers, attachments: readonly Attachment[]): Promise<Made> {
  const files: Ready[] = [];
  for (const { bytes, type } of attachments) {
    const whole = new Uint8Array(bytes);
    files.push({ bytes: whole, row: [await digestBytes(whole), whole.length, type] });
  }
  return { content: { answers }, files };
}

async function sealed(
  { filling: { form }, destination }: FinishRequest,
  answers: Answers,
  attachments: readonly Attachment[],
): Promise<Made> {
  const { seal, sealFile } = await import("../crypto/sealing");
  const { site, version, sealingKey, recoveryKey } = destination;
  const count = attachments.length;
  const files: Ready[] = [];
  const keys: string[] = [];
  for (const [index, { bytes }] of attachments.entries()) {
    const made = await sealFile(bytes, fileBinding(site, form.form, version, index, count));
    files.push({ bytes: made.bytes, row: [made.digest, made.bytes.length, ""] });
    keys.push(made.key);
  }
  const plaintext = sealedPlaintext(
    answers,
    keys,
    attachments.map(({ type }) => type),
  );
  const boxes: Record<string, string> = {};
  for (const key of [sealingKey, recoveryKey]) {
    const name = await verifier.keyDigest(key);
    boxes[name] = await seal(key, sealInfo(site, name, form.form, version, count), plaintext);
  }
  return { content: { sealed: boxes }, files };
}
