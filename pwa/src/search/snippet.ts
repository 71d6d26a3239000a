/** Cuts a passage around the first match into plain and matching parts. Pure. */
import { fold } from "../protocol/folding";
import { queryTerms } from "./query";

export interface SnippetPart {
  readonly text: string;
  readonly isMatch: boolean;
}

const BEFORE = 40; // characters
const LENGTH = 150;

export function extractSnippet(text: string, question: string): SnippetPart[] {
  const hits = findHits(text, queryTerms(question));
  const start = wordStart(text, Math.max(0, (hits[0]?.[0] ?? 0) - BEFORE));
  const end = Math.min(text.length, start + LENGTH);
  const pieces: SnippetPart[] = start > 0 ? [{ text: "… ", isMatch: false }] : [];
  let at = start;
  for (const [from, to] of hits.filter(([from, to]) => from >= start && to <= end)) {
    if (from > at) pieces.push({ text: text.slice(at, from), isMatch: false });
    pieces.push({ text: text.slice(from, to), isMatch: true });
    at = to;
  }
  pieces.push({ text: text.slice(at, end) + (end < text.length ? "…" : ""), isMatch: false });
  return pieces.filter((piece) => piece.text !== "");
}

/** Positions of the text's words that begin with a word of the question. */
function findHits(text: string, terms: readonly string[]): [from: number, to: number][] {
  const { folded, places } = foldWithOffsets(text);
  const hits: [number, number][] = [];
  for (const word of folded.matchAll(/[\p{L}\p{N}]+/gu)) {
    const start = word.index ?? 0;
    if (terms.some((term) => word[0].startsWith(term)))
      hits.push([places[start] ?? 0, places[start + word[0].length] ?? text.length]);
  }
  return hits;
}

function foldWithOffsets(text: string): { folded: string; places: number[] } {
  const places: number[] = [];
  let folded = "";
  let at = 0;
  for (const letter of text) {
    const plain = letter < "\x80" ? letter.toLowerCase() : fold(letter);
    for (let index = 0; index < plain.length; index++) places.push(at);
    folded += plain;
    at += letter.length;
  }
  return { folded, places };
}

function wordStart(text: string, at: number): number {
  const space = at === 0 ? -1 : text.indexOf(" ", at);
  return space < 0 ? at : space + 1;
}
