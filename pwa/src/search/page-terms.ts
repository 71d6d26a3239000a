/**
 * The terms of a page for search, each with its weight, and the page's kind. A word weighs by where it stands: title,
 * the author's keywords, headings, text. Twin: sync/search/page_terms.py, pinned by tests/vectors/search.json.
 */
import { fragmentOf, titleOf } from "../protocol/page";
import { headingAttribute, textOfHtml } from "../protocol/page-text";
import { aboutWords, wordPairs } from "./lexicon";
import { soundOf } from "./sounds";

export const HEAVIEST = 15; // the most that a word weighs in a page
const [TITLE, SHORT_TITLE, KEYWORD, HEADING, PAIR] = [8, 10, 7, 3, 3];
const SHORT = 3; // words of a short title
const LETTER = "l";

/** By path: the letter of the kind. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^guides\/[^/]+$/, "g"],
  [/^complaints\/[^/]+$/, "p"],
  [/^alerts\/[^/]+$/, "a"],
  [/^notices\/[^/]+$/, "n"],
  [/^recommendations\/[^/]+$/, "r"],
  [/^authorities$/, "o"],
  [/^forms\/[^/]+$/, "f"],
  [/^complaints\/[^/]+\/[^/]+$/, LETTER],
];
/** The weight of a page by its kind. */
export const KIND_PERCENT: Readonly<Record<string, number>> = {
  g: 100,
  p: 90,
  a: 90,
  n: 85,
  r: 80,
  o: 75,
  f: 60,
  l: 50,
};

export interface PageTerms {
  readonly kind: string;
  readonly title: string;
  /** By sound, and by pair of the author's keywords. */
  readonly weights: ReadonlyMap<string, number>;
  /** The author's keywords, as written. */
  readonly phrases: readonly string[];
}

/** The letter of the page's kind; "" for pages that are not searched: lists and tools, which lead to others. */
export function kindOf(path: string): string {
  return KINDS.find(([pattern]) => pattern.test(path))?.[1] ?? "";
}

/** True for a letter, which serves several paths: one of a title is indexed. */
export function isLetter(kind: string): boolean {
  return kind === LETTER;
}

export function pageTerms(path: string, body: string, ignored: ReadonlySet<string>): PageTerms {
  const fragment = fragmentOf(body);
  const title = textOfHtml(titleOf(body));
  const phrases = textOfHtml(headingAttribute(body, "data-words"))
    .split(",")
    .map((phrase) => phrase.trim())
    .filter(Boolean);
  const sounds = (text: string) => aboutWords(text, ignored).map(soundOf);
  const weights = new Map<string, number>();
  const weigh = (found: Iterable<string>, weight: number) => {
    for (const sound of new Set(found)) weights.set(sound, Math.min(HEAVIEST, (weights.get(sound) ?? 0) + weight));
  };
  const titleSounds = new Set(sounds(title));
  weigh(titleSounds, titleSounds.size <= SHORT ? SHORT_TITLE : TITLE);
  weigh(phrases.flatMap(sounds), KEYWORD);
  weigh(phrases.flatMap(wordPairs), PAIR);
  weigh(
    [...fragment.matchAll(/<h[23]\b[^>]*>(.*?)<\/h[23]>/gs)].flatMap(([, text = ""]) => sounds(textOfHtml(text))),
    HEADING,
  );
  const counts = new Map<string, number>();
  const text = textOfHtml(fragment.replace(/<(h[123]|a|footer|svg|script|style)\b.*?<\/\1>/gs, " "));
  for (const sound of sounds(text)) counts.set(sound, (counts.get(sound) ?? 0) + 1);
  for (const [sound, count] of counts) weigh([sound], count >= 4 ? 3 : Math.min(count, 2));
  return { kind: kindOf(path), title, weights, phrases };
}
