/**
 * The phone's IndexedDB: its stores, how it is opened, and atomic writes. Used by the stores beside this file and by
 * the service worker's background send.
 */
import { type DBSchema, type IDBPDatabase, deleteDB, openDB } from "idb";
import type { Bytes } from "../crypto/bytes";
import type { Trust } from "../protocol/trust";
import type {
  BackgroundRequest,
  CarriedLine,
  Draft,
  DraftAttachment,
  FieldworkSettings,
  OutboxEntry,
} from "./fieldwork-contract";
import { type Holding, type PartialDownload, type PhoneSettings, StorageFull } from "./store-contract";

const NAME = "kunnafoni";
/** 2: forms that are filled and sent. 3: requests that the worker posts. */
const VERSION = 3;

export interface Schema extends DBSchema {
  /** gzip; as a text where the browser cannot compress, and of releases before 0.2. */
  pages: { key: string; value: string | Bytes };
  holdings: { key: string; value: Holding };
  progress: { key: string; value: PartialDownload };
  trust: { key: string; value: Trust };
  settings: { key: string; value: PhoneSettings[keyof PhoneSettings] };
  /** An index of releases before 0.2; cleared when the index is made in pieces. */
  searchTexts: { key: string; value: unknown };
  searchIndexes: { key: string; value: string };
  desk: { key: string; value: FieldworkSettings[keyof FieldworkSettings] };
  drafts: { key: string; value: Draft };
  draftFiles: { key: string; value: DraftAttachment };
  forms: { key: string; value: string };
  outbox: { key: string; value: OutboxEntry };
  outboxFiles: { key: string; value: OutboxEntry["shut"] };
  carried: { key: string; value: CarriedLine };
  mail: { key: string; value: BackgroundRequest };
}

export const STORES = [
  "pages",
  "holdings",
  "progress",
  "trust",
  "settings",
  "searchTexts",
  "searchIndexes",
  "desk",
  "drafts",
  "draftFiles",
  "forms",
  "outbox",
  "outboxFiles",
  "carried",
  "mail",
] as const;
export type StoreName = (typeof STORES)[number];

export interface WriteStore<Name extends StoreName> {
  put(value: Schema[Name]["value"], key: string): Promise<unknown>;
  delete(key: string | IDBKeyRange): Promise<unknown>;
  clear(): Promise<unknown>;
}

let onErased: (() => void) | undefined;

/** Calls `leave` when another tab erases everything; from then on this one opens nothing any more. */
export function watchErasure(leave: () => void): void {
  onErased = () => {
    erased = true;
    leave();
  };
}

let erased = false;

export class Database {
  private opened: Promise<IDBPDatabase<Schema>> | null = null;

  /**
   * Writes `requests` in one transaction, all or none. "strict": resolves once they are on the disk, so that a power
   * failure undoes nothing.
   */
  async write<Names extends StoreName>(
    names: Names[],
    requests: (stores: <Name extends Names>(name: Name) => WriteStore<Name>) => void,
    durability: "default" | "strict" = "default",
  ): Promise<void> {
    const change = (await this.open()).transaction(names, "readwrite", { durability });
    const done = change.done.catch(rethrowStorageError);
    requests((name) => ignoreRequestErrors(change.objectStore(name)) as unknown as WriteStore<typeof name>);
    await done;
  }

  /** Drops the search's index, which is made again from the pages. */
  async dropSearch(): Promise<void> {
    await this.write(["searchTexts", "searchIndexes"], (stores) => {
      void stores("searchTexts").clear();
      void stores("searchIndexes").clear();
    });
  }

  /**
   * Empties every store, then deletes the database, so that what another tab still writes comes before, or nowhere. A
   * tab that the system has stopped holds only the deleting back.
   */
  async erase(): Promise<void> {
    await this.write([...STORES], (stores) => {
      for (const name of STORES) void stores(name).clear();
    });
    (await this.open()).close();
    this.opened = null;
    await new Promise<void>((resolve, reject) => {
      deleteDB(NAME, { blocked: () => resolve() }).then(resolve, reject);
    });
  }

  /** The open database; opened again where the browser has closed it (iOS does after a while in the background). */
  open(): Promise<IDBPDatabase<Schema>> {
    if (erased) return new Promise(() => undefined);
    const reset = () => (this.opened = null);
    this.opened ??= openDB<Schema>(NAME, VERSION, {
      upgrade(db) {
        for (const name of STORES) if (!db.objectStoreNames.contains(name)) db.createObjectStore(name);
      },
      blocking(_old, newer, event) {
        (event.target as IDBDatabase).close(); // a newer version of the app wants to change the schema
        reset();
        if (newer === null) onErased?.();
      },
      terminated: reset,
    }).catch((error: unknown) => {
      reset();
      throw error;
    });
    return this.opened;
  }
}

/** Object stores whose failed requests are reported once, by the transaction. */
function ignoreRequestErrors(store: WriteStore<never>): WriteStore<never> {
  const silent = (request: Promise<unknown>) => request.catch(() => undefined);
  return {
    put: (value, key) => silent(store.put(value, key)),
    delete: (key) => silent(store.delete(key)),
    clear: () => silent(store.clear()),
  };
}

export function rethrowStorageError(error: unknown): never {
  if (error instanceof Error && error.name === "QuotaExceededError") throw new StorageFull();
  throw error;
}
