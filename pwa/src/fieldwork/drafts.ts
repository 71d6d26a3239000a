/** Saves drafts, encrypted, as they are written, and reopens them with the form version they were begun with. */
import { decodeUtf8, encodeUtf8, randomText } from "../crypto/bytes";
import type { Draft, FieldworkStore, RecordFace } from "../db/fieldwork-contract";
import type { Answers } from "../protocol/answers";
import type { Vault } from "./vault";

/** The encrypted content of a draft. `at`: the screen where the person is. */
export interface DraftContent {
  readonly answers: Answers;
  readonly at: string;
  readonly face?: RecordFace;
  /** The language that the person chose in the form; absent in drafts of release 0.1.0. */
  readonly lang?: string;
}

export interface Attachment {
  readonly bytes: ArrayBuffer;
  readonly type: string;
}

/** Storage of a form being filled. */
export interface DraftStorage {
  /** Resolves when this, or something newer, is kept. Rejects with StorageFull when it is not. */
  save(content: DraftContent, today: string): Promise<void>;
  attach(attachment: Attachment): Promise<string>;
  attachment(key: string): Promise<Attachment | null>;
  detach(key: string): Promise<void>;
}

/** An exercise: nothing is stored beyond the page. */
export class PracticeDraft implements DraftStorage {
  private readonly attachments = new Map<string, Attachment>();

  async save(): Promise<void> {
    // an exercise is not kept
  }

  async attach(attachment: Attachment): Promise<string> {
    const key = randomText(9);
    this.attachments.set(key, attachment);
    return key;
  }

  async attachment(key: string): Promise<Attachment | null> {
    return this.attachments.get(key) ?? null;
  }

  async detach(key: string): Promise<void> {
    this.attachments.delete(key);
  }
}

/** A draft that is open on a page. Saves are done one after the other, the last one wins. */
export class OpenDraft implements DraftStorage {
  private saving: Promise<void> = Promise.resolve();
  private latest: DraftContent | null = null;

  constructor(
    private readonly fieldwork: FieldworkStore,
    private readonly vault: Vault,
    readonly draft: Draft,
    /** The form's text, until it is kept. */
    private text: string | undefined,
  ) {}

  get id(): string {
    return this.draft.id;
  }

  save(content: DraftContent, today: string): Promise<void> {
    this.latest = content;
    const after = this.saving.catch(() => undefined).then(() => this.write(today));
    this.saving = after;
    return after;
  }

  async attach(attachment: Attachment): Promise<string> {
    const key = randomText(9);
    await this.fieldwork.saveFile(this.id, key, {
      type: attachment.type,
      ...(await this.vault.encryptDraft(attachment.bytes)),
    });
    return key;
  }

  async attachment(key: string): Promise<Attachment | null> {
    const file = await this.fieldwork.file(this.id, key);
    const bytes = file && (await this.vault.decryptDraft(file));
    return file && bytes ? { bytes, type: file.type } : null;
  }

  async detach(key: string): Promise<void> {
    await this.fieldwork.dropFile(this.id, key);
  }

  async drop(): Promise<void> {
    await this.saving.catch(() => undefined);
    await this.fieldwork.dropDraft(this.id);
  }

  private async write(today: string): Promise<void> {
    const content = this.latest;
    if (!content) return;
    this.latest = null;
    try {
      const encrypted = await this.vault.encryptDraft(encodeUtf8(JSON.stringify(content)));
      await this.fieldwork.saveDraft({ ...this.draft, changed: today, ...encrypted }, this.text);
      this.text = undefined;
    } catch (error) {
      this.latest ??= content;
      throw error;
    }
  }
}

/** A new draft; it is kept with its first save. */
export function createDraft(
  fieldwork: FieldworkStore,
  vault: Vault,
  form: { form: string; title: string; version: string; lang: string; recovery: string; text: string },
  today: string,
): OpenDraft {
  const { text, ...about } = form;
  const empty = { iv: new Uint8Array(0), data: new ArrayBuffer(0) };
  return new OpenDraft(
    fieldwork,
    vault,
    { id: randomText(9), ...about, begun: today, changed: today, lock: "phone", shut: empty },
    text,
  );
}

/** The face that tells a draft from others; undefined while it is locked. */
export async function draftFace(vault: Vault, draft: Draft): Promise<RecordFace | undefined> {
  if (draft.lock === "pin" && !vault.isOpen) return undefined;
  return (await readDraft(vault, draft))?.face;
}

/** The content of a draft, or null where the vault's key is another. */
export async function readDraft(vault: Vault, draft: Draft): Promise<DraftContent | null> {
  const bytes = await vault.decryptDraft(draft);
  return bytes && (JSON.parse(decodeUtf8(bytes)) as DraftContent);
}
