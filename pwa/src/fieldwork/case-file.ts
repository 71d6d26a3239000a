/**
 * A complaint case on this phone: answers, ticks, dates, and under a PIN also the person's own words and proofs. It is
 * kept among the drafts without a form (`form: ""`), encrypted, under the PIN's key or the phone's own.
 */
import { decodeUtf8, encodeUtf8, hexDigestOf, randomText } from "../crypto/bytes";
import type { Draft, FieldworkStore } from "../db/fieldwork-contract";
import type { PathAnswers } from "../protocol/path-questions";
import type { Vault } from "./vault";

/** A picture of the log. `digest`: SHA-256 of its bytes, in hexadecimal; `taken`: YYYY-MM-DDThh:mm. */
export interface ProofFile {
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly digest: string;
  readonly taken: string;
}

/** A line of the proof log. `day`: as the person says it; `written`: YYYY-MM-DDThh:mm. */
export interface ProofEntry {
  readonly kind: "seen" | "asked" | "witness";
  readonly written: string;
  readonly day: string;
  readonly what: string;
  /** The application, the office or the person. */
  readonly where: string;
  readonly link: string;
  readonly account: string;
  readonly files: readonly ProofFile[];
}

/** The words of an entry that was not kept yet. */
export type UnfinishedEntry = Omit<ProofEntry, "written" | "files">;

/** The record of a step that was done. `days`: how long the person waits for an answer, 0 for not at all; `outcome`: a code. */
export interface StepRecord {
  readonly day: string;
  readonly days: number;
  readonly outcome: string;
}

/** The content of a case. `entries`, `letters`, `unfinished` and `region`, the person's own words, stay empty without a PIN. */
export interface CaseContent {
  readonly number: number;
  readonly harm: string;
  readonly answers: PathAnswers;
  readonly screen: string;
  readonly records: Readonly<Record<string, StepRecord>>;
  readonly entries: readonly ProofEntry[];
  /** Answers to the questions of letters, by label. */
  readonly letters: Readonly<Record<string, string>>;
  /** The words of entries that are being written, at most one of each kind. */
  readonly unfinished?: Readonly<Partial<Record<ProofEntry["kind"], UnfinishedEntry>>> | undefined;
  /** The code of the person's region, "" where it is not said; absent before it was asked. */
  readonly region?: string | undefined;
}

const NO_WORDS = { entries: [], letters: {}, unfinished: undefined, region: undefined };

/** Harms of which nothing is kept that shows: a description and an address only. */
const NEVER_SHOWN: readonly string[] = ["intimate-images", "child"];

export function keepsPictures(harm: string): boolean {
  return !NEVER_SHOWN.includes(harm);
}

export class CaseFile {
  private saving: Promise<void> = Promise.resolve();

  private constructor(
    private readonly fieldwork: FieldworkStore,
    private readonly vault: Vault,
    private draft: Draft,
    public content: CaseContent,
    /** False for a case that is not kept yet. */
    public isKept: boolean,
  ) {}

  /** A case that nothing keeps until `keep` is called. */
  static begin(fieldwork: FieldworkStore, vault: Vault, content: CaseContent, today: string): CaseFile {
    const shut = { iv: new Uint8Array(0), data: new ArrayBuffer(0) };
    const draft = { form: "", title: "", version: "", lang: "", recovery: "", begun: today, changed: today };
    return new CaseFile(
      fieldwork,
      vault,
      { id: randomText(9), ...draft, lock: "phone", shut } as Draft,
      content,
      false,
    );
  }

  /** The cases on this phone, oldest first. Only while the vault is open. */
  static async all(fieldwork: FieldworkStore, vault: Vault): Promise<CaseFile[]> {
    const cases: CaseFile[] = [];
    for (const draft of await caseDrafts(fieldwork)) {
      const bytes = await vault.decryptDraft(draft);
      if (bytes) cases.push(new CaseFile(fieldwork, vault, draft, JSON.parse(decodeUtf8(bytes)) as CaseContent, true));
    }
    return cases.sort((one, other) => one.content.number - other.content.number);
  }

  get id(): string {
    return this.draft.id;
  }

  /** The day on which it was begun, YYYY-MM-DD. */
  get begun(): string {
    return this.draft.begun;
  }

  /** True if the person's own words may be kept: the vault has a PIN long enough for a case. */
  get keepsWords(): boolean {
    return this.vault.hasLongPin;
  }

  /** Changes the case, and keeps it if it is to be kept: one write after the other, the last one wins. */
  async change(change: Partial<CaseContent>): Promise<void> {
    this.content = { ...this.content, ...change };
    if (!this.isKept) return;
    this.saving = this.saving.catch(() => undefined).then(() => this.write());
    await this.saving;
  }

  async keep(): Promise<void> {
    this.isKept = true;
    await this.change({});
  }

  /** Keeps a picture, encrypted; refused where the harm or the lock forbids it. */
  async attach(file: File, taken: string): Promise<ProofFile> {
    if (!this.keepsWords || !this.isKept || !keepsPictures(this.content.harm)) throw new Error("not to be kept");
    const bytes = await file.arrayBuffer();
    const key = randomText(9);
    await this.fieldwork.saveFile(this.id, key, { type: file.type, ...(await this.vault.encryptDraft(bytes)) });
    const { name, type, size } = file;
    return { key, name, type, size, digest: await hexDigestOf(bytes), taken };
  }

  async picture({ key, type }: ProofFile): Promise<Blob | null> {
    const file = await this.fieldwork.file(this.id, key);
    const bytes = file && (await this.vault.decryptDraft(file));
    return bytes ? new Blob([bytes], { type }) : null;
  }

  async dropPicture({ key }: ProofFile): Promise<void> {
    await this.fieldwork.dropFile(this.id, key);
  }

  async drop(): Promise<void> {
    this.isKept = false; // at once: what is changed meanwhile is not written behind the erasing
    await this.saving.catch(() => undefined);
    await this.fieldwork.dropDraft(this.id);
  }

  /** Without a PIN of its own length nothing of the person's words reaches the disk. */
  private async write(): Promise<void> {
    const words = this.keepsWords ? {} : NO_WORDS;
    const encrypted = await this.vault.encryptDraft(encodeUtf8(JSON.stringify({ ...this.content, ...words })));
    this.draft = { ...this.draft, ...encrypted };
    await this.fieldwork.saveDraft(this.draft);
  }
}

/** The region that the newest case knows, if the vault is open. */
export async function regionOfCases(fieldwork: FieldworkStore, vault: Vault): Promise<string | undefined> {
  if (!vault.isOpen) return undefined;
  const regions = (await CaseFile.all(fieldwork, vault)).map(({ content }) => content.region);
  return regions.filter((region) => region !== undefined).pop();
}

/** Drafts that are cases: they have no form. */
export async function caseDrafts(fieldwork: FieldworkStore): Promise<Draft[]> {
  return (await fieldwork.drafts()).filter(({ form }) => form === "");
}

/** Erases every case, also one that no key here opens any more. */
export async function dropCases(fieldwork: FieldworkStore): Promise<void> {
  for (const { id } of await caseDrafts(fieldwork)) await fieldwork.dropDraft(id);
}

/** Takes the person's words and pictures out of every case, before a PIN is taken away. */
export async function dropCaseWords(fieldwork: FieldworkStore, vault: Vault): Promise<void> {
  for (const each of await CaseFile.all(fieldwork, vault)) {
    for (const file of each.content.entries.flatMap(({ files }) => files)) await each.dropPicture(file);
    await each.change(NO_WORDS);
  }
}
