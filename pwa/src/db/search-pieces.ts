/** The pieces of the search index in IndexedDB, texts by key. The index is a cache: any search works without it. */
import { Database } from "./database";

export interface SearchPieces {
  get(key: string): Promise<string | undefined>;
  /** Pieces by key. */
  startingWith(beginning: string): Promise<Map<string, string>>;
  /** Writes pieces, all or none; `alone`: in the place of all that are there. Throws StorageFull. */
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
    write: (pieces, alone) =>
      database.write(["searchTexts", "searchIndexes"], (stores) => {
        void stores("searchTexts").clear(); // of releases before 0.2, which kept the pages' texts
        if (alone) void stores("searchIndexes").clear();
        for (const [key, piece] of pieces) void stores("searchIndexes").put(piece, key);
      }),
  };
}
