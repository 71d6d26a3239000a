/** Searches by word prefixes, for results before the index is loaded; titles first. Pure. */
import type { SearchDocument } from "../db/store-contract";
import { queryTerms } from "./query";

export function prefixSearch(documents: readonly SearchDocument[], question: string): string[] {
  const prefixes = queryTerms(question).map((term) => ` ${term}`);
  if (prefixes.length === 0) return [];
  const matches = documents
    .map((document) => ({ path: document.path, score: score(document, prefixes) }))
    .filter((match) => match.score > 0);
  return matches.sort((match, other) => other.score - match.score).map((match) => match.path);
}

/** Score of a document: 0 where a word is missing; higher for words in the title and early in the text. */
function score(document: SearchDocument, prefixes: readonly string[]): number {
  let sum = 0;
  for (const word of prefixes) {
    const at = document.folded.indexOf(word);
    if (document.titleFolded.includes(word)) sum += 10;
    else if (at < 0) return 0;
    if (at >= 0) sum += 1 / (1 + at / 200);
  }
  return sum;
}
