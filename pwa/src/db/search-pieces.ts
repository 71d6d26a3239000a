/** The pieces of the search index in IndexedDB, texts by key. The index is a cache: any search works without it. */
import { Database } from "./database";
import { StorageFull } from "./store-contract";

/** Bytes that the index leaves to what cannot be made again: an update of the app, forms. */
const LEFT_FREE = 256 * 1024;

export interface SearchPieces {
  get(key: string): Promise<string | undefined>;
  /** Pieces by key. */
  startingWith(beginning: string): Promise<Map<string, string>>;
  /** Writes pieces, all or none; `alone`: in the place of all that are there. Throws StorageFull, also where little room would be left. */
  write(pieces: ReadonlyMap<string, string>, alone: boolean): Promise<void>;
}

export function openSearchPieces(): SearchPieces {
  const database = new Database();
  return {
    get: async (key) => (await database.open()).get("searchIndexes", key),
    startingWith: async (beginning) => {
      const store = (await database.open()).transaction("searchIndexes").store;
      const range = IDBKeyRange.bound(beginning, `${beginning}\uffff`);
      const [keys, pieces] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
      return new Map(keys.map((key, index) => [key, pieces[index] as string]));
    },
    write: async (pieces, alone) => {
      const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
      if (quota - usage < LEFT_FREE) throw new StorageFull();
      await database.write(["searchTexts", "searchIndexes"], (stores) => {
        void stores("searchTexts").clear(); // of releases before 0.2, which kept the pages' texts
        if (alone) void stores("searchIndexes").clear();
        for (const [key, piece] of pieces) void stores("searchIndexes").put(piece, key);
      });
    },
  };
}
