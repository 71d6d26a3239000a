/** The console's database in a browser, apart from the phone's: unsaved texts, and passages of a voice not yet sent. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Encrypted } from "../crypto/local-encryption";

const NAME = "kunnafoni-console";
const VERSION = 2; // 2: passages
const MAX_AGE = 90 * 24 * 3600 * 1000; // ms

export interface EncryptedDraft extends Encrypted {
  /** Milliseconds since 1970. */
  readonly when: number;
}

export interface EncryptedPassage extends EncryptedDraft {
  /** Media type of the sound. */
  readonly type: string;
}

interface Schema extends DBSchema {
  texts: { key: string; value: EncryptedDraft };
  passages: { key: string; value: EncryptedPassage };
}

export type ConsoleDatabase = IDBPDatabase<Schema>;

/** Opens the database, and drops what nobody came back for in three months. */
export async function openConsoleDatabase(now: number): Promise<ConsoleDatabase> {
  const database = await openDB<Schema>(NAME, VERSION, {
    upgrade: (database, before) => {
      if (before < 1) database.createObjectStore("texts");
      database.createObjectStore("passages");
    },
    blocking: (_now, _next, event) => (event.target as IDBDatabase).close(),
  });
  for (const name of ["texts", "passages"] as const) {
    const change = database.transaction(name, "readwrite");
    for (let cursor = await change.store.openCursor(); cursor; cursor = await cursor.continue())
      if (cursor.value.when < now - MAX_AGE) void cursor.delete();
    await change.done;
  }
  return database;
}
