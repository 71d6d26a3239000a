/**
 * The contract of the phone's store: pages, holdings, settings, the search index. `indexeddb-store.ts` implements it
 * with IndexedDB, and the tests in memory; one suite runs over both. Where the browser keeps nothing, `settings-store.ts`
 * has settings alone.
 *
 * - Every write is atomic: after a refusal what was there before is whole.
 * - A full disk is thrown as `StorageFull`, whatever the browser calls it.
 * - Pages are kept by digest and shared by all editions; `sweep` removes those that no edition and no download in
 *   progress needs.
 */
import type { AlertText } from "../protocol/alert";
import type { EntryChange } from "../protocol/manifest";
import type { Trust } from "../protocol/trust";

/** The verified statement of an edition. `id` is the digest of `statement`. */
export interface SignedStatement {
  readonly id: string;
  readonly statement: string;
  readonly signature: string;
  readonly key: string;
}

/** An edition whose pages are all here, with the two texts of its manifest. */
export interface WholeEdition extends SignedStatement {
  readonly first: string;
  readonly rest: string;
}

/** A newer edition of which the first part is here. */
export interface EarlyEdition extends SignedStatement {
  readonly first: string;
}

/**
 * The editions that a phone shows of a channel: `early` before `whole`. One record, so that a switch is one write.
 * `confirmed`: YYYY-MM-DD or "".
 */
export interface Holding {
  readonly channel: string;
  readonly whole: WholeEdition | null;
  readonly early: EarlyEdition | null;
  readonly confirmed: string;
}

/**
 * An interrupted download: the lines recorded of the feed that leads from `base` to the edition `id`.
 * `repairing`: its lines did not verify, and the missing pages are fetched by digest.
 */
export interface PartialDownload {
  readonly channel: string;
  readonly id: string;
  readonly base: string;
  readonly changes: readonly EntryChange[];
  readonly repairing: boolean;
}

/** Settings by name. None identifies a person or phone. */
export interface PhoneSettings {
  /** The channel this phone follows. */
  followed: string;
  /** Bytes that came over the network, by month (YYYY-MM). */
  spent: Readonly<Record<string, number>>;
  /** Milliseconds by which the server's clock was ahead of this phone's at its last response. */
  ahead: number;
  /** The last pull: its time (this phone's clock, ms) and outcome. */
  asked: { readonly at: number; readonly ended: string };
  /** Key of the editions in the search index (`shownEditionKey`). */
  indexed: string;
  /** The person asked for everything although their browser saves data. */
  everything: boolean;
  /** Alerts that pushes brought, newest first: one of each story. */
  alerts: readonly AlertText[];
  /** Alert preferences; null or absent: this phone is not to be subscribed. */
  told: AlertPreferences | null;
  /** The hub that the person chose (an https origin), "" for none. */
  hub: string;
  /** The last pull from the hub (this phone's clock, ms): the outcome's kind, or the refusal's code. */
  hubSaid: { readonly at: number; readonly ended: string };
  /** The languages that the person hears beside the one they read, in the order they were chosen. */
  heard: readonly string[];
  /** The guide that the person was hearing, for the home page. */
  begun: { readonly channel: string; readonly path: string; readonly title: string } | null;
  /** True once the person wanted no icon on the home screen. */
  installRefused: boolean;
  /** True while the person has chosen a text size or colours, which the worker then has applied before the first paint. */
  look: boolean;
  /** The phone's voices without network, by `voiceURI`: spoke, or stayed silent. */
  voices: Readonly<Record<string, boolean>>;
  /** True while forms wait to be sent, or answers to be asked for. */
  waiting: boolean;
  /** The reminders that a person asked for and has not seen to. */
  reminders: readonly Reminder[];
}

/**
 * `id`: the complaint case; `at`: from when on the phone reminds of it; `told`: when it last showed any (this phone's
 * clock, ms).
 */
export interface Reminder {
  readonly id: string;
  readonly at: number;
  readonly told?: number;
}

/**
 * `topics`: "alerts", "tests", slugs of subjects. `region`: "" for the whole country. `severity`: the lowest to be
 * pushed.
 */
export interface AlertPreferences {
  readonly topics: readonly string[];
  /** A place, or "": the whole country, or those of `regions`. */
  readonly region: string;
  /** Two places or more. */
  readonly regions?: readonly string[];
  readonly severity: string;
}

export interface PhoneStore {
  /** False where the browser keeps nothing. */
  readonly isLasting: boolean;

  trust(): Promise<Trust | undefined>;
  holding(channel: string): Promise<Holding | undefined>;
  /** Channels of which the phone holds pages. */
  heldChannels(): Promise<string[]>;
  progress(channel: string): Promise<PartialDownload | undefined>;

  /** The body with this digest. */
  body(digest: string): Promise<string | undefined>;
  /** The given digests that the store lacks. */
  missing(digests: readonly string[]): Promise<string[]>;
  /**
   * The shell of a channel and the body of its page, read at one moment; undefined where the phone does not hold
   * them.
   */
  page(channel: string, path: string): Promise<PageParts | undefined>;

  /** Keeps pages, and the progress and trust they came with, together. */
  keepPages(
    pages: ReadonlyMap<string, string>,
    source?: { readonly progress?: PartialDownload; readonly trust?: Trust },
  ): Promise<void>;
  /** Shows this holding from now on, in one write; `finished` drops the progress of the download too. */
  show(holding: Holding, trust: Trust, finished: boolean): Promise<void>;
  dropProgress(channel: string): Promise<void>;
  /** Drops channels other than `channel`, and pages that nothing needs any more; returns how many pages. */
  sweep(channel: string): Promise<number>;

  setting<Name extends keyof PhoneSettings>(name: Name): Promise<PhoneSettings[Name] | undefined>;
  /** Replaces a setting by the result of `change`, without another writer in between. */
  changeSetting<Name extends keyof PhoneSettings>(
    name: Name,
    change: (current: PhoneSettings[Name] | undefined) => PhoneSettings[Name],
  ): Promise<void>;

  /** Drops the search index (`search-pieces.ts`), which is a cache. */
  dropSearch(): Promise<void>;

  /** Erases everything kept on this phone. */
  eraseAll(): Promise<void>;
}

/** `body` is undefined when the phone holds the channel but not this page. */
export interface PageParts {
  readonly shell: string;
  readonly missing: string | undefined;
  readonly body: string | undefined;
}

/** The phone's disk is full, or the browser gives no more. */
export class StorageFull extends Error {
  override readonly name = "StorageFull";
}
