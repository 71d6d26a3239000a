/**
 * The tokens of a message: its words and what they mean, as far as a vocabulary knows them. Pure.
 * Twin: sync/claims/message_tokens.py.
 */
import { type MessageWord, messageWords } from "./message-words";
import { CAUTIONS, IGNORED, LONGEST_PHRASE, MEANINGS, SIGNS } from "./words";

const ALIKE = 62; // percent of pairs of letters that two spellings of a word share
const LONGER = 2; // letters by which they differ at most
const SHORTEST = 4; // letters of a key that may be misspelled
const STEM = 4; // letters
const CAUTIOUS = -1_000_000; // so that no score is enough
const ARTICLE = /^[ldjmtsnk][aeiouy]/; // written together with the word: larjan, jarive

/** The keys of words that are known. */
export class Vocabulary {
  private readonly keys: Set<string>;
  private byLetter: Map<string, string[]> | undefined;
  private readonly pairs = new Map<string, ReadonlySet<string>>();

  constructor(keys: Iterable<string>) {
    this.keys = new Set(keys);
    for (const phrase of MEANINGS.keys()) if (!phrase.includes(" ")) this.keys.add(phrase);
  }

  /** The known key that this one is, or is a spelling of; "" if there is none. */
  find(key: string): string {
    if (this.keys.has(key)) return key;
    if (key.length < SHORTEST) return "";
    if (key.length > SHORTEST && ARTICLE.test(key) && this.keys.has(key.slice(1))) return key.slice(1);
    return this.findAlike(key);
  }

  private findAlike(key: string): string {
    const pairs = pairsOf(key);
    let best = 0;
    let found = "";
    for (const known of this.letters().get(key.charAt(0)) ?? []) {
      if (Math.abs(known.length - key.length) > LONGER) continue;
      const others = this.pairs.get(known) ?? pairsOf(known);
      this.pairs.set(known, others);
      let shared = 0;
      for (const pair of pairs) if (others.has(pair)) shared++;
      const share = (200 * shared) / (pairs.size + others.size);
      if (share > best) [best, found] = [share, known];
    }
    return best >= ALIKE ? found : "";
  }

  private letters(): Map<string, string[]> {
    if (this.byLetter) return this.byLetter;
    this.byLetter = new Map();
    for (const key of [...this.keys].sort()) {
      if (key.length < SHORTEST) continue;
      const same = this.byLetter.get(key.charAt(0));
      if (same) same.push(key);
      else this.byLetter.set(key.charAt(0), [key]);
    }
    return this.byLetter;
  }
}

/**
 * `tokens`: each with the words, as written, that brought it. `unknown`: words that no token stands for. `tone`:
 * thousandths for or against that it is surely a claim, by how it speaks; told where a vocabulary is given.
 */
export interface MessageTokens {
  readonly tokens: ReadonlyMap<string, readonly string[]>;
  readonly unknown: number;
  readonly tone: number;
}

/** The tokens of a text: keys of its words, and meanings. Without a vocabulary every word is known. */
export function messageTokens(text: string, vocabulary?: Vocabulary): MessageTokens {
  const words = messageWords(text);
  const known = words.map(({ term, key }) => (!vocabulary || IGNORED.has(term) ? key : vocabulary.find(key)));
  const keys = words.map(({ key }, place) => known[place] || key);
  const tokens = new Map<string, string[]>();
  const meant = new Set<number>();
  const add = (token: string, ...written: string[]): void => {
    const all = tokens.get(token);
    if (all) all.push(...written);
    else tokens.set(token, written);
  };
  for (const [start, { term }] of words.entries())
    for (let length = Math.min(LONGEST_PHRASE, words.length - start); length > 0; length--) {
      const found = MEANINGS.get(keys.slice(start, start + length).join(" "));
      if (!found || (length === 1 && IGNORED.has(term))) continue;
      const part = words.slice(start, start + length);
      for (const [place] of part.entries()) meant.add(start + place);
      for (const token of found) add(token, ...part.map((each) => each.written));
      break;
    }
  let unknown = 0;
  for (const [place, { term, written }] of words.entries()) {
    const key = known[place];
    if (IGNORED.has(term)) continue;
    if (key) add(key, written);
    else if (!meant.has(place)) unknown++;
  }
  return { tokens, unknown, tone: vocabulary ? toneOf(words) : 0 };
}

function toneOf(words: readonly MessageWord[]): number {
  const terms = words.map(({ term }) => term);
  const folded = terms.join(" ");
  if (CAUTIONS.some((pattern) => pattern.test(folded))) return CAUTIOUS;
  const stems = new Set(terms.filter((term) => term.length > STEM).map((term) => term.slice(0, STEM)));
  return [...stems].reduce((sum, stem) => sum + (SIGNS.get(stem) ?? 0), 0);
}

/** The pairs of neighbouring letters of a key, its ends among them. */
function pairsOf(key: string): Set<string> {
  const marked = `^${key}$`;
  const pairs = new Set<string>();
  for (let place = 0; place < marked.length - 1; place++) pairs.add(marked.slice(place, place + 2));
  return pairs;
}
