/**
 * Folding for search: text typed without accents or special letters matches text written with them.
 * Twin: sync/folding.py, pinned by tests/vectors/folding.json.
 */

/** Letters without a Unicode decomposition. ɲ is written ny in older Bambara spelling; ŋ is most often typed n. */
const LETTERS: Readonly<Record<string, string>> = {
  ɛ: "e",
  ɔ: "o",
  ɲ: "ny",
  ŋ: "n",
  ɓ: "b",
  ɗ: "d",
  ƴ: "y",
  ƙ: "k",
  ɩ: "i",
  ʊ: "u",
  ə: "e",
  ɣ: "g",
  œ: "oe",
  æ: "ae",
  ß: "ss",
  ø: "o",
  ł: "l",
};

/** Lower case, without diacritics, special letters replaced by those that people type. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[ɛɔɲŋɓɗƴƙɩʊəɣœæßøł]/g, (letter) => LETTERS[letter] ?? letter);
}

/** The folded words of a text, in order. */
export function terms(text: string): string[] {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}
