/**
 * The lexicon of a channel: words that a question is asked with but not about, and words that stand for each other.
 * Twin: sync/search/lexicon.py, pinned by tests/vectors/search.json.
 */
import { terms } from "../protocol/folding";
import { textOfHtml } from "../protocol/page-text";
import { soundOf } from "./sounds";

export const LEXICON_PATH = "search/words";
export const LONGEST_PHRASE = 4; // words, ignored ones not counted

export interface Lexicon {
  /** Folded words. */
  readonly ignored: ReadonlySet<string>;
  /** By phrase, the phrases that stand for it. A phrase: the sounds of its words, with a space between two. */
  readonly synonyms: ReadonlyMap<string, ReadonlySet<string>>;
  /** The phrases as they are written, for completion. */
  readonly phrases: readonly string[];
}

/** The lexicon of the page at LEXICON_PATH; an empty one of an empty body. */
export function readLexicon(body: string): Lexicon {
  const ignored = new Set([...body.matchAll(/<p data-ignored>([^<]*)/g)].flatMap(([, text]) => terms(plain(text))));
  const synonyms = new Map<string, Set<string>>();
  const written: string[] = [];
  for (const [, group] of body.matchAll(/<li>([^<]*)/g)) {
    const texts = plain(group).split(",");
    written.push(...texts.map((text) => text.trim()));
    const phrases = texts.map((text) => aboutWords(text, ignored).map(soundOf).join(" ")).filter(Boolean);
    for (const phrase of phrases) {
      const others = synonyms.get(phrase) ?? new Set();
      for (const other of phrases) if (other !== phrase) others.add(other);
      synonyms.set(phrase, others);
    }
  }
  return { ignored, synonyms, phrases: written };
}

/** The folded words that the text is about. */
export function aboutWords(text: string, ignored: ReadonlySet<string>): string[] {
  return terms(text).filter((term) => isWord(term) && !ignored.has(term));
}

/** The keys of each two neighbouring words of a text, ignored ones too ("dit du", "du mal"); no word has one. */
export function wordPairs(text: string): string[] {
  const sounds = terms(text).map(soundOf);
  return sounds.slice(1).map((sound, before) => `+${sounds[before]}+${sound}`);
}

/** False for single letters: l’, d’, the SMS writer's g. */
export function isWord(term: string): boolean {
  return [...term].length > 1;
}

function plain(html = ""): string {
  return textOfHtml(html);
}
