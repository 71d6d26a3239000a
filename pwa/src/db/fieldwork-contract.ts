/**
 * The contract of the fieldwork store: drafts, the outbox, lines carried for other phones. `fieldwork-store.ts`
 * implements it with IndexedDB.
 *
 * - No answer is stored in clear: drafts are encrypted with the PIN's key or the phone's own, the outbox with the
 *   phone's own (`shut`).
 * - Every write is atomic, and resolves when it is on the disk. A full disk is thrown as `StorageFull`.
 * - A form's text is kept under its version as long as a draft or a readable entry needs it, whatever the edition says later.
 */
import type { DeviceKey } from "../crypto/device-key";
import type { Encrypted } from "../crypto/local-encryption";
import type { PinLock } from "../crypto/pin";
import type { WorkChallenge, WorkSolution } from "../crypto/proof-of-work";
import type { Receipt } from "../protocol/receipts";

export type { Receipt };

/** The key that encrypted something: the phone's or the PIN's. */
export type LockKind = "phone" | "pin";

/** The face that tells one record of a form from another; encrypted with its answers. */
export interface RecordFace {
  /** The form's `instance_name`, else the first answers; "" where there is none to show. */
  readonly name: string;
  /** The label of the place that it is about, or "". */
  readonly place: string;
  /** The time when it was begun or finished, YYYY-MM-DDThh:mm. */
  readonly moment: string;
  /** Questions answered, of all that are asked. */
  readonly answered: number;
  readonly asked: number;
}

/** A form being filled, or a complaint case, which has no form (""). `shut`: its answers, encrypted. */
export interface Draft {
  readonly id: string;
  readonly form: string;
  readonly title: string;
  readonly version: string;
  readonly lang: string;
  /** The form's recovery key when it was begun, "" when it is not sealed. */
  readonly recovery: string;
  /** Days, YYYY-MM-DD. */
  readonly begun: string;
  readonly changed: string;
  /** The time (ms) of its removal, for as long as it can be restored. */
  readonly removed?: number;
  readonly lock: LockKind;
  readonly shut: Encrypted;
}

export interface DraftAttachment {
  readonly lock: LockKind;
  readonly type: string;
  readonly shut: Encrypted;
}

/** The reason why an entry waits: a code of the wire, or `network`; `sentence` is the server's. */
export interface SendingProblem {
  readonly code: string;
  readonly sentence?: string;
}

/** A challenge of a flooded inbox, and its solution once the phone has found it. */
export interface Work {
  readonly challenge: WorkChallenge;
  readonly solution?: WorkSolution;
}

/** A finished form. `shut`: its `SubmissionPayload`, encrypted; once received, only the secret is left of it. */
export interface OutboxEntry {
  readonly id: string;
  readonly code: string;
  readonly form: string;
  readonly title: string;
  readonly day: string;
  /** A report without a device: sent alone, and never with what a device signed. */
  readonly public: boolean;
  readonly sealed: boolean;
  readonly state: "waiting" | "carried" | "received" | "refused" | "removed";
  /** The time (ms) and the state in which it was removed, for as long as it can be restored. */
  readonly removed?: { readonly at: number; readonly from: "waiting" | "carried" | "refused" };
  readonly carrier?: string;
  /** The form's version, whose text stays as long as the answers can be read here; absent when they are sealed. */
  readonly version?: string;
  /** True once its bytes may have left this phone: it was given, or a request with it was begun. */
  readonly left?: true;
  readonly receipt?: Receipt;
  readonly stuck?: SendingProblem;
  /** Times in a row that it was told to come later. */
  readonly tries?: number;
  readonly work?: Work;
  /** Not to be sent, or asked about, before (phone's clock, ms). */
  readonly notBefore: number;
  readonly answer?: { readonly text: string; readonly lang: string; readonly date: string; readonly page?: string };
  readonly shut: Encrypted;
}

/** The content of `OutboxEntry.shut`. */
export interface SubmissionPayload {
  /** The exact submission; absent once it is received. */
  readonly text?: string;
  readonly signature?: string;
  readonly secret: string;
  /** Without a name and a place when the answers are sealed; absent once it is received. */
  readonly face?: RecordFace;
}

/**
 * A line of another phone's inbox request, encrypted. `id`: its submission, "" for a piece whose submission is not
 * known.
 */
export interface CarriedLine {
  readonly id: string;
  readonly day: string;
  readonly state: "waiting" | "carried";
  readonly shut: Encrypted;
}

/** A request prepared for the service worker, which posts it when no page is open; `answer`: the response. */
export interface BackgroundRequest {
  readonly shut: Encrypted;
  readonly headers: Readonly<Record<string, string>>;
  readonly answer?: string;
}

export interface Device {
  readonly device: string;
  readonly name: string;
  readonly place: string;
  /** Last day, YYYY-MM-DD. */
  readonly until: string;
  readonly secret: CryptoKey;
  /** The time (ms) of headquarters' last answer about it, and the day of its revocation (YYYY-MM-DD), if it said so. */
  readonly asked?: number;
  readonly revoked?: string;
}

/** Settings of fieldwork by name. */
export interface FieldworkSettings {
  phoneKey: CryptoKey;
  pin: PinLock;
  /** Wrong PINs since the last right one, and the time before which none is accepted (ms). */
  wrong: { readonly count: number; readonly until: number };
  device: Device;
  /** A key made for a code whose answer has not come yet. */
  enrolling: { readonly code: string; readonly key: DeviceKey };
  /** Keys of the site's earlier epochs, for receipts that come late. */
  epochs: Readonly<Record<string, string>>;
  /** Versions of the forms that came apart from the edition and stay on this phone, by form. */
  keptForms: Readonly<Record<string, string>>;
  /** Receipts that this phone carries back to others, by id. */
  receipts: Readonly<Record<string, Receipt>>;
}

export interface FieldworkStore {
  setting<Name extends keyof FieldworkSettings>(name: Name): Promise<FieldworkSettings[Name] | undefined>;
  saveSetting<Name extends keyof FieldworkSettings>(name: Name, value: FieldworkSettings[Name]): Promise<void>;
  dropSetting(name: keyof FieldworkSettings): Promise<void>;

  drafts(): Promise<Draft[]>;
  draft(id: string): Promise<Draft | undefined>;
  /** `text`: of the form, when the draft is new. */
  saveDraft(draft: Draft, text?: string): Promise<void>;
  dropDraft(id: string): Promise<void>;
  formText(version: string): Promise<string | undefined>;
  /** Keeps a form's text without a draft, in the place of an older version. */
  keepForm(form: string, version: string, text: string): Promise<void>;
  saveFile(draft: string, key: string, file: DraftAttachment): Promise<void>;
  file(draft: string, key: string): Promise<DraftAttachment | undefined>;
  dropFile(draft: string, key: string): Promise<void>;
  filesOf(draft: string): Promise<Map<string, DraftAttachment>>;
  /** Replaces drafts and files, encrypted anew, and the PIN's lock, in one write. */
  relock(drafts: readonly Draft[], files: ReadonlyMap<string, DraftAttachment>, pin: PinLock | null): Promise<void>;

  /** Moves a draft to the outbox in one write. */
  moveToOutbox(entry: OutboxEntry, files: readonly Encrypted[], draft?: string): Promise<void>;
  outbox(): Promise<OutboxEntry[]>;
  outboxEntry(id: string): Promise<OutboxEntry | undefined>;
  outboxFile(id: string, index: number): Promise<Encrypted | undefined>;
  /**
   * Marks entries before their bytes leave the phone. Resolves with those that are still in the outbox: the others must
   * not leave.
   */
  markLeft(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Moves an entry back to the drafts, unless its bytes may have left this phone; then resolves with false. Requests
   * prepared for the worker are dropped with it.
   */
  moveToDrafts(id: string, draft: Draft, files: ReadonlyMap<string, DraftAttachment>): Promise<boolean>;
  changeEntry(id: string, change: (entry: OutboxEntry) => OutboxEntry): Promise<void>;
  /** Keeps a received entry, and drops its files. */
  markReceived(entry: OutboxEntry): Promise<void>;
  dropEntry(id: string): Promise<void>;

  saveCarried(lines: ReadonlyMap<string, CarriedLine>): Promise<void>;
  carried(): Promise<Map<string, CarriedLine>>;
  dropCarried(keys: readonly string[]): Promise<void>;

  backgroundRequests(): Promise<BackgroundRequest[]>;
  /** Replaces all requests. */
  saveBackgroundRequests(requests: readonly BackgroundRequest[]): Promise<void>;
}
