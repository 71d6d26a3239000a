/**
 * Finishes a form: orders the answers, seals them where the form asks, signs as the device, and moves the draft to
 * the outbox in one write.
 */
import { digestBytes, randomText } from "../crypto/bytes";
import { signText } from "../crypto/device-key";
import { encrypt, encryptText } from "../crypto/local-encryption";
import { verifier } from "../crypto/signature-verifier";
import type { FieldworkStore, OutboxEntry, RecordFace, SubmissionPayload } from "../db/fieldwork-contract";
import type { Answers } from "../protocol/answers";
import { base64urlDecode } from "../protocol/canonical";
import { collectFinalAnswers } from "../protocol/final-answers";
import type { FormState } from "../protocol/form-state";
import {
  type FileRow,
  MAX_ATTACHMENTS,
  MAX_ATTACHMENT_BYTES,
  MAX_SUBMISSION_BYTES,
  type SubmissionContent,
  type SubmissionHeader,
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

/** The site that a form is sent to, and the keys of its readers. */
export interface Destination {
  readonly site: string;
  readonly version: string;
  /** Public keys; "" where there is none. */
  readonly sealingKey: string;
  readonly recoveryKey: string;
}

export interface FinishRequest {
  readonly fieldwork: FieldworkStore;
  readonly formState: FormState;
  readonly destination: Destination;
  readonly lang: string;
  readonly title: string;
  readonly draft: string | undefined;
  attachment(key: string): Promise<Attachment | null>;
  /** Earliest time to send (ms); for reports, a random while from now. */
  readonly notBefore: number;
  readonly face?: RecordFace;
}

export type FinishFailure = "not-enrolled" | "cannot-seal" | "too-large" | "attachment-lost";

interface OutgoingFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly row: FileRow;
}

/** Moves the form to the outbox and returns its entry, or the reason why it cannot be finished. */
export async function finishForm(request: FinishRequest): Promise<OutboxEntry | FinishFailure> {
  const { fieldwork, formState, destination, lang, title, draft, notBefore, face } = request;
  const { form } = formState;
  const device = form.audience === "device" ? await fieldwork.setting("device") : undefined;
  if (form.audience === "device" && !device) return "not-enrolled";
  if (form.sealed && !(destination.sealingKey && destination.recoveryKey)) return "cannot-seal";
  const { answers, attachmentKeys, place } = collectFinalAnswers(formState);
  const attachments: Attachment[] = [];
  for (const key of attachmentKeys) {
    const attachment = await request.attachment(key);
    if (!attachment) return "attachment-lost";
    attachments.push(attachment);
  }
  if (attachments.length > MAX_ATTACHMENTS) return "too-large";
  if (attachments.some(({ bytes }) => bytes.byteLength > MAX_ATTACHMENT_BYTES)) return "too-large";
  const secret = randomText(32);
  const header = {
    nonce: randomText(16),
    site: destination.site,
    form: form.form,
    version: destination.version,
    day: formState.time.today,
    lang,
    place: form.sealed ? (device?.place ?? "") : place,
    answer: await verifier.digest(secret),
    ...(device ? { device: device.device } : {}),
  };
  const { content, files } = form.sealed
    ? await sealedContent(destination, header, answers, attachments)
    : await plainContent(answers, attachments);
  const text = submissionText(
    header,
    content,
    files.map(({ row }) => row),
  );
  if (utf8Length(text) > MAX_SUBMISSION_BYTES) return "too-large";
  const id = await verifier.digest(text);
  const payload: SubmissionPayload = {
    text,
    secret,
    ...(device ? { signature: await signText(device.secret, signedText(destination.site, id)) } : {}),
    ...(face ? { face: form.sealed ? { ...face, name: "", place: "" } : face } : {}),
  };
  const phoneKey = await ensurePhoneKey(fieldwork);
  const entry: OutboxEntry = {
    id,
    code: receiptCode(base64urlDecode(id) as Uint8Array),
    form: form.form,
    title,
    day: header.day,
    public: !device,
    sealed: form.sealed,
    state: "waiting",
    notBefore,
    ...(form.sealed || draft === undefined ? {} : { version: destination.version }),
    shut: await encryptText(phoneKey, JSON.stringify(payload)),
  };
  const encryptedFiles = [];
  for (const { bytes } of files) encryptedFiles.push(await encrypt(phoneKey, bytes));
  await fieldwork.moveToOutbox(entry, encryptedFiles, draft);
  return entry;
}

type SubmissionParts = { readonly content: SubmissionContent; readonly files: readonly OutgoingFile[] };

async function plainContent(answers: Answers, attachments: readonly Attachment[]): Promise<SubmissionParts> {
  const files: OutgoingFile[] = [];
  for (const { bytes, type } of attachments) {
    const whole = new Uint8Array(bytes);
    files.push({ bytes: whole, row: [await digestBytes(whole), whole.length, type] });
  }
  return { content: { answers }, files };
}

/** Encrypts the attachments, then seals answers and their keys for this header alone. */
async function sealedContent(
  { sealingKey, recoveryKey }: Destination,
  header: SubmissionHeader,
  answers: Answers,
  attachments: readonly Attachment[],
): Promise<SubmissionParts> {
  const { seal, sealFile } = await import("../crypto/seal-answers");
  const { site, form, version } = header;
  const count = attachments.length;
  const files: OutgoingFile[] = [];
  const keys: string[] = [];
  for (const [index, { bytes }] of attachments.entries()) {
    const sealedFile = await sealFile(bytes, fileBinding(site, form, version, index, count));
    files.push({ bytes: sealedFile.bytes, row: [sealedFile.digest, sealedFile.bytes.length, ""] });
    keys.push(sealedFile.key);
  }
  const plaintext = sealedPlaintext(
    answers,
    keys,
    attachments.map(({ type }) => type),
  );
  const headerDigest = await verifier.digest(
    submissionText(
      header,
      {},
      files.map(({ row }) => row),
    ),
  );
  const boxes: Record<string, string> = {};
  for (const key of [sealingKey, recoveryKey]) {
    const name = await verifier.keyDigest(key);
    boxes[name] = await seal(key, sealInfo(name, header, count, headerDigest), plaintext);
  }
  return { content: { sealed: boxes }, files };
}
