/**
 * The words that carry nothing, the words of one meaning, the cautions, and the messages that no notice is about. Twin:
 * sync/claims/words.py; both read words.json.
 */
import data from "../../../sync/claims/words.json";
import { messageWords } from "./message-words";

export const LONGEST_PHRASE = 5; // words

/** Folded words. */
export const IGNORED: ReadonlySet<string> = new Set(data.ignored.split(" "));
/** Keys of a phrase, with a space between two: the tokens it means, "#" and a number. */
export const MEANINGS = readPhrases(data.meanings);
/** Patterns of messages that warn or are true, for the folded words with a space between two. */
export const CAUTIONS: readonly RegExp[] = data.cautions.map((pattern) => new RegExp(pattern));
/** The thousandths that stems speak for or against a message's being surely a claim. */
export const SIGNS: ReadonlyMap<string, number> = new Map(
  Object.entries(data.signs).flatMap(([weight, stems]) => stems.split(" ").map((stem) => [stem, +weight] as const)),
);
export const EVERYDAY: readonly string[] = [...data.everyday, ...data.others];

function readPhrases(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const phrases = new Map<string, string[]>();
  for (const [number, line] of lines.entries())
    for (const phrase of line.split(", ")) {
      const keys = messageWords(phrase)
        .map(({ key }) => key)
        .join(" ");
      const tokens = phrases.get(keys) ?? [];
      if (keys && !tokens.includes(`#${number}`)) phrases.set(keys, [...tokens, `#${number}`]);
    }
  return phrases;
}
