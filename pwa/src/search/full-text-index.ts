/**
 * Builds the full-text index (MiniSearch) in slices after a pull, stores it as text, and loads it for the first
 * search.
 */
import MiniSearch, { type Options } from "minisearch";
import { shownEditionKey } from "../db/held-editions";
import type { PhoneStore, SearchDocument } from "../db/store-contract";
import { terms } from "../protocol/folding";
import { type Pause, collectDocuments } from "./documents";
import { stem } from "./query";

const SLICE = 8; // documents between two pauses
/** Shortest word that may have a typing error: in a shorter one it makes another word. */
const FUZZY_FROM = 5;

const OPTIONS: Options<SearchDocument> = {
  idField: "path",
  fields: ["titleFolded", "folded"],
  tokenize: (text) => text.split(" "),
  processTerm: stem,
  searchOptions: {
    tokenize: terms,
    boost: { titleFolded: 4 },
    prefix: (term) => term.length > 1,
    fuzzy: (term) => (term.length >= FUZZY_FROM ? 0.2 : false),
    weights: { prefix: 0.6, fuzzy: 0.2 },
    combineWith: "AND",
  },
};

export type SearchIndex = MiniSearch<SearchDocument>;

/** Builds and stores the index of the pages that the phone shows now, unless it is there. */
export async function prepareIndex(store: PhoneStore, channel: string, pause: Pause): Promise<void> {
  const holding = await store.holding(channel);
  const previous = await store.searchTexts(channel);
  if (!holding) return;
  const edition = shownEditionKey(holding);
  if (previous?.edition === edition) return store.changeSetting("indexed", () => edition);
  const documents = await collectDocuments(store, channel, previous?.documents ?? [], pause);
  const index = new MiniSearch(OPTIONS);
  for (let at = 0; at < documents.length; at += SLICE) {
    index.addAll(documents.slice(at, at + SLICE));
    await pause();
  }
  await store.keepSearch(channel, { edition, documents }, JSON.stringify(index));
  await store.changeSetting("indexed", () => edition);
}

/** Loads the stored index, in slices. */
export async function loadIndex(serialized: string): Promise<SearchIndex> {
  return MiniSearch.loadJSONAsync(serialized, OPTIONS);
}

/** Paths by relevance; where no page has every word, those that have one. */
export function searchPaths(index: SearchIndex, question: string): string[] {
  const matches = index.search(question);
  const results = matches.length > 0 ? matches : index.search(question, { combineWith: "OR" });
  return results.map((result) => String(result.id));
}
