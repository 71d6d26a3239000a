/**
 * A question as units: words or phrases, each with the alternatives that count for it. Pure.
 * Twin: sync/search/query.py, pinned by tests/vectors/search.json.
 */
import { terms } from "../protocol/folding";
import { LONGEST_PHRASE, type Lexicon, aboutWords, isWord, wordPairs } from "./lexicon";
import { openingOf, soundOf } from "./sounds";

const [EXACT, SYNONYM] = [100, 80]; // percent

/** `sounds`: all must be in the page. `percent`: what a match counts. */
export interface Alternative {
  readonly sounds: readonly string[];
  readonly percent: number;
}

/**
 * `opening`: what the last word begins with, which a person may still be typing; "" for others. `joined`: the unit is
 * two words that count only if some page writes them as one. `pair`: two neighbouring words, in the order of an author's
 * keyword; they count only for pages that something else has found.
 */
export interface Unit {
  readonly alternatives: readonly Alternative[];
  readonly opening: string;
  readonly joined: boolean;
  readonly pair?: boolean;
}

/** The units of a question, in order; after two words that may be one, a `joined` unit; last the pairs. */
export function parseQuery(question: string, lexicon: Lexicon): Unit[] {
  const about = aboutWords(question, lexicon.ignored);
  const words = about.length > 0 ? about : terms(question).filter(isWord);
  const isOpen = /[\p{L}\p{N}]$/u.test(question);
  const sounds = words.map(soundOf);
  const units: Unit[] = [];
  for (let place = 0; place < words.length; ) {
    const length = knownLength(sounds, place, lexicon);
    const phrase = sounds.slice(place, place + Math.max(length, 1));
    const others = lexicon.synonyms.get(phrase.join(" ")) ?? [];
    place += phrase.length;
    const opening =
      isOpen && place === words.length && phrase.length === 1 ? openingOf(words[place - 1] as string) : "";
    const alternatives = [
      { sounds: phrase, percent: EXACT },
      ...[...others].map((other) => ({ sounds: other.split(" "), percent: SYNONYM })),
    ];
    units.push({ alternatives, opening, joined: false });
    if (length === 0 && place < words.length) {
      units.push(joinedUnit(soundOf(`${words[place - 1]}${words[place]}`), false));
    }
  }
  return [...units, ...wordPairs(question).map((pair) => joinedUnit(pair, true))];
}

function joinedUnit(sound: string, pair: boolean): Unit {
  return { alternatives: [{ sounds: [sound], percent: EXACT }], opening: "", joined: true, pair };
}

/** The words from `place` on of the longest phrase that has synonyms; 0 if none has. */
function knownLength(sounds: readonly string[], place: number, lexicon: Lexicon): number {
  for (let length = Math.min(LONGEST_PHRASE, sounds.length - place); length > 0; length--)
    if (lexicon.synonyms.has(sounds.slice(place, place + length).join(" "))) return length;
  return 0;
}
