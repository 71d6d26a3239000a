/** Splits a text into sentences: pure, so that what is marked and what is spoken are the same. */

/** Start and end of a sentence in its text; the end is exclusive. */
export type Span = readonly [start: number, end: number];

const LONGEST = 220; // signs: a voice that is paused begins the sentence again, and some voices stop after 15 seconds
const END = /[.!?…؟۔]+[\s\u00a0\u202f]*[»”")’]*(?=[\s\u00a0\u202f]|$)/g;
/** Words whose point ends no sentence. */
const ABBREVIATION = /(?:^|[\s(«])(?:M|MM|Mme|Dr|art|n|no|p|ex|cf|tél|St|Ste|Mr|Mrs|e\.g|i\.e)\.$/i;

/** The sentences of a text, in order, without the space around them. A long one is cut at a pause. */
export function splitSentences(text: string): readonly Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (const { 0: mark, index = 0 } of text.matchAll(END)) {
    const end = index + mark.length;
    if (ABBREVIATION.test(text.slice(start, index + 1)) || /^[\s\u00a0\u202f]*\p{Ll}/u.test(text.slice(end))) continue;
    spans.push([start, end]);
    start = end;
  }
  spans.push([start, text.length]);
  return spans
    .flatMap((span) => cutLong(text, trim(text, span)))
    .filter(([first, last]) => /[\p{L}\p{N}]/u.test(text.slice(first, last)));
}

function cutLong(text: string, [start, end]: Span): readonly Span[] {
  if (end - start <= LONGEST) return [[start, end]];
  const piece = text.slice(start, start + LONGEST);
  const pause = Math.max(...[" ; ", " : ", "; ", ": ", ", ", " – "].map((mark) => piece.lastIndexOf(mark) + 1));
  const cut = pause > 0 ? pause : piece.lastIndexOf(" ") + 1 || LONGEST;
  return [trim(text, [start, start + cut]), ...cutLong(text, trim(text, [start + cut, end]))];
}

function trim(text: string, [start, end]: Span): Span {
  const part = text.slice(start, end);
  const from = start + part.length - part.trimStart().length;
  return [from, Math.max(from, end - (part.length - part.trimEnd().length))];
}
