/** Makes the documents of the search index: pages and their folded texts. */

import { shownEntries } from "../db/held-editions";
import type { PhoneStore, SearchDocument } from "../db/store-contract";
import { terms } from "../protocol/folding";
import { titleOf } from "../protocol/page";
import { textOfHtml, textOfPage } from "../protocol/page-text";

/** Paths left out: lists and tools, which lead to pages. */
const NOT_SEARCHED = /^(?:_.*|index|guides|topics\/.*|notices|complaints|languages|search|phone)$/;

export type Pause = () => Promise<void>;

/** Pages between two pauses: a few milliseconds of a slow phone. */
const SLICE = 8;

/** The documents of the pages that a phone shows now; unchanged ones of `old` are reused. */
export async function collectDocuments(
  store: PhoneStore,
  channel: string,
  previous: readonly SearchDocument[],
  pause: Pause,
): Promise<SearchDocument[]> {
  const holding = await store.holding(channel);
  if (!holding) return [];
  const previousByPath = new Map(previous.map((document) => [document.path, document]));
  const documents: SearchDocument[] = [];
  for (const { path, digest } of shownEntries(holding)) {
    if (NOT_SEARCHED.test(path)) continue;
    const same = previousByPath.get(path);
    const document = same?.digest === digest ? same : await readDocument(store, path, digest);
    if (document) documents.push(document);
    if (documents.length % SLICE === 0) await pause();
  }
  return documents;
}

/** The words of a document, folded, each after a space: a prefix is found by a space and its letters. */
export function foldForSearch(text: string): string {
  return ` ${terms(text).join(" ")}`;
}

async function readDocument(store: PhoneStore, path: string, digest: string): Promise<SearchDocument | null> {
  const body = await store.body(digest);
  if (body === undefined) return null;
  const title = textOfHtml(titleOf(body));
  return { path, digest, title, titleFolded: foldForSearch(title), folded: foldForSearch(textOfPage(body)) };
}
