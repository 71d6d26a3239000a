/** The phone's store in IndexedDB: the only file that touches it. Promises are in `contract.ts`. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { MISSING, SHELL } from "../protocol/page";
import type { Trust } from "../protocol/trust";
import { type Holding, type PhoneStore, type Progress, type SearchTexts, type Settings, type Shown, StorageFull } from "./contract";
import { digestShown, needed } from "./holding";

const NAME = "kunnafoni";
const VERSION = 1;
const TRUST = "site"; // one site an origin, so one key

interface Schema extends DBSchema {
  pages: { key: string; value: string };
  holdings: { key: string; value: Holding };
  progress: { key: string; value: Progress };
  trust: { key: string; value: Trust };
  settings: { key: string; value: Settings[keyof Settings] };
  searchTexts: { key: string; value: SearchTexts };
  searchIndexes: { key: string; value: string };
}

const STORES = ["pages", "holdings", "progress", "trust", "settings", "searchTexts", "searchIndexes"] as const;
type StoreName = (typeof STORES)[number];

/** Opens the store; rejects where the browser refuses (private windows, a broken profile). */
export async function openIndexed(): Promise<PhoneStore> {
  const store = new IndexedStore();
  await store.trust();
  return store;
}

class IndexedStore implements PhoneStore {
  readonly lasting = true;
  private opened: Promise<IDBPDatabase<Schema>> | null = null;

  async trust(): Promise<Trust | undefined> {
    return (await this.open()).get("trust", TRUST);
  }

  async holding(channel: string): Promise<Holding | undefined> {
    return (await this.open()).get("holdings", channel);
  }

  async progress(channel: string): Promise<Progress | undefined> {
    return (await this.open()).get("progress", channel);
  }

  async body(digest: string): Promise<string | undefined> {
    return (await this.open()).get("pages", digest);
  }

  async missing(digests: readonly string[]): Promise<string[]> {
    const pages = (await this.open()).transaction("pages").store;
    const keys = await Promise.all(digests.map((digest) => pages.getKey(digest)));
    return digests.filter((_, index) => keys[index] === undefined);
  }

  async shown(channel: string, path: string): Promise<Shown | undefined> {
    const moment = (await this.open()).transaction(["holdings", "pages"]);
    const holding = await moment.objectStore("holdings").get(channel);
    if (!holding) return undefined;
    const [shell, missing, body] = await Promise.all(
      [SHELL, MISSING, path].map((each) => {
        const digest = digestShown(holding, each);
        return digest === undefined ? undefined : moment.objectStore("pages").get(digest);
      }),
    );
    return shell === undefined ? undefined : { shell, missing, body };
  }

  async keep(pages: ReadonlyMap<string, string>, with_: { progress?: Progress; trust?: Trust } = {}): Promise<void> {
    await this.write(["pages", "progress", "trust"], (stores) => {
      for (const [digest, body] of pages) void stores("pages").put(body, digest);
      if (with_.progress) void stores("progress").put(with_.progress, with_.progress.channel);
      if (with_.trust) void stores("trust").put(with_.trust, TRUST);
    });
  }

  async show(holding: Holding, trust: Trust, finished: boolean): Promise<void> {
    await this.write(["holdings", "progress", "trust"], (stores) => {
      void stores("holdings").put(holding, holding.channel);
      void stores("trust").put(trust, TRUST);
      if (finished) void stores("progress").delete(holding.channel);
    });
  }

  async dropProgress(channel: string): Promise<void> {
    await this.write(["progress"], (stores) => void stores("progress").delete(channel));
  }

  async sweep(channel: string): Promise<number> {
    const change = (await this.open()).transaction(["holdings", "progress", "pages"], "readwrite");
    const [holdings, progress, pages] = [change.objectStore("holdings"), change.objectStore("progress"), change.objectStore("pages")];
    const keep = needed(await holdings.get(channel), await progress.get(channel));
    for (const other of await holdings.getAllKeys()) if (other !== channel) void holdings.delete(other);
    for (const other of await progress.getAllKeys()) if (other !== channel) void progress.delete(other);
    const unneeded = (await pages.getAllKeys()).filter((digest) => !keep.has(digest));
    for (const digest of unneeded) void pages.delete(digest);
    await change.done;
    return unneeded.length;
  }

  async setting<Name extends keyof Settings>(name: Name): Promise<Settings[Name] | undefined> {
    return (await (await this.open()).get("settings", name)) as Settings[Name] | undefined;
  }

  async changeSetting<Name extends keyof Settings>(name: Name, change: (old: Settings[Name] | undefined) => Settings[Name]): Promise<void> {
    const writing = (await this.open()).transaction("settings", "readwrite");
    const old = (await writing.store.get(name)) as Settings[Name] | undefined;
    await Promise.all([writing.store.put(change(old), name), writing.done]).catch(asStorageFull);
  }

  async searchTexts(channel: string): Promise<SearchTexts | undefined> {
    return (await this.open()).get("searchTexts", channel);
  }

  async searchIndex(channel: string): Promise<string | undefined> {
    return (await this.open()).get("searchIndexes", channel);
  }

  async keepSearch(channel: string, texts: SearchTexts, index: string): Promise<void> {
    await this.write(["searchTexts", "searchIndexes"], (stores) => {
      void stores("searchTexts").clear();
      void stores("searchIndexes").clear();
      void stores("searchTexts").put(texts, channel);
      void stores("searchIndexes").put(index, channel);
    });
  }

  async dropSearch(): Promise<void> {
    await this.write(["searchTexts", "searchIndexes"], (stores) => {
      void stores("searchTexts").clear();
      void stores("searchIndexes").clear();
    });
  }

  async forget(): Promise<void> {
    await this.write([...STORES], (stores) => {
      for (const name of STORES) void stores(name).clear();
    });
  }

  /** One transaction: all of `requests` or nothing. */
  private async write<Names extends StoreName>(names: Names[], requests: (stores: <Name extends Names>(name: Name) => WriteStore<Name>) => void): Promise<void> {
    const change = (await this.open()).transaction(names, "readwrite");
    const done = change.done.catch(asStorageFull);
    requests((name) => quiet(change.objectStore(name)) as unknown as WriteStore<typeof name>);
    await done;
  }

  /** The open database; opened again where the browser has closed it (iOS does after a while in the background). */
  private open(): Promise<IDBPDatabase<Schema>> {
    const again = () => (this.opened = null);
    this.opened ??= openDB<Schema>(NAME, VERSION, {
      upgrade(db) {
        for (const name of STORES) if (!db.objectStoreNames.contains(name)) db.createObjectStore(name);
      },
      blocking(_old, _new, event) {
        (event.target as IDBDatabase).close(); // a newer version of the app wants to change the schema
        again();
      },
      terminated: again,
    }).catch((error: unknown) => {
      again();
      throw error;
    });
    return this.opened;
  }
}

interface WriteStore<Name extends StoreName> {
  put(value: Schema[Name]["value"], key: string): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  clear(): Promise<unknown>;
}

/** Requests whose failure is heard once, from the transaction. */
function quiet(store: WriteStore<never>): WriteStore<never> {
  const silent = (request: Promise<unknown>) => request.catch(() => undefined);
  return {
    put: (value, key) => silent(store.put(value, key)),
    delete: (key) => silent(store.delete(key)),
    clear: () => silent(store.clear()),
  };
}

function asStorageFull(error: unknown): never {
  if (error instanceof Error && error.name === "QuotaExceededError") throw new StorageFull();
  throw error;
}
