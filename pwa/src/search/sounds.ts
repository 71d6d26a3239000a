/**
 * The sound of a French word, as a key: spellings that are said alike, and forms of one word, have the same key.
 * Works on folded words; a key is for comparison only. Twin: sync/search/sounds.py, pinned by tests/vectors/search.json.
 */

const CONSONANTS = /ph|s?ch|sh|ck|qu|q|c(?=[eiy])|c|gu(?=[eiy])|g(?=[eiy])|t(?=ion)|y|w|z|h/g;
const CONSONANT_SOUNDS: Readonly<Record<string, string>> = {
  ph: "f",
  ch: "c",
  sch: "c",
  sh: "c",
  gu: "g",
  g: "j",
  t: "s",
  y: "i",
  w: "v",
  z: "s",
  h: "",
};
/** Ending, what takes its place, letters that must stand before it. In sounds: "tion" is "sion". First match counts. */
const ENDINGS: readonly (readonly [string, string, number])[] = [
  ["ikasion", "i", 3],
  ["asion", "", 4],
  ["ement", "", 3],
  ["ikateur", "i", 3],
  ["ateur", "", 4],
  ["euse", "", 3],
  ["eur", "", 3],
  ["aient", "", 3],
  ["ait", "", 3],
  ["ant", "", 5],
  ["ent", "", 5],
  ["dre", "d", 3],
  ["ajer", "", 4],
  ["aje", "", 4],
  ["eau", "o", 1],
  ["ee", "", 2],
  ["ue", "", 4],
  ["er", "", 3],
  ["es", "", 3],
  ["u", "", 4],
  ["e", "", 3],
];
const VOWELS = /eau|au|ai|ei|e(?=[nm](?![aeiou]))/g;
const VOWEL_SOUNDS: Readonly<Record<string, string>> = { eau: "o", au: "o", ai: "e", ei: "e", e: "a" };
const LATIN = /^[a-z]{3,}$/;

/** The key of a folded word; words with digits, of other scripts, or of two letters are their own. */
export function soundOf(word: string): string {
  return LATIN.test(word) ? vowels(stem(consonants(word))) : word;
}

/** The first letters of the key of every word that may begin with these; "" if they are too few to tell. */
export function openingOf(word: string): string {
  if (!LATIN.test(word)) return [...word].length > 2 ? word : "";
  const sounds = consonants(word);
  const opening = vowels(/[aeucgpqst]$/.test(word) ? sounds.slice(0, -1) : sounds);
  return opening.length > 1 ? opening : "";
}

function consonants(word: string): string {
  return word.replace(CONSONANTS, (letters, at: number) => {
    const soft = letters === "c" && /[eiy]/.test(word.charAt(at + 1));
    return CONSONANT_SOUNDS[letters] ?? (soft ? "s" : "k");
  });
}

function stem(word: string): string {
  const one = word.length > 3 && /[^s][sx]$/.test(word) ? word.slice(0, -1) : word;
  if (one.length > 4 && /[^e]au$/.test(one)) return `${one.slice(0, -1)}l`; // journaux, journal; the x is gone
  for (const [ending, replacement, before] of ENDINGS)
    if (one.endsWith(ending) && one.length - ending.length >= before)
      return one.slice(0, one.length - ending.length) + replacement;
  return one;
}

function vowels(word: string): string {
  return word.replace(VOWELS, (letters) => VOWEL_SOUNDS[letters] ?? "").replace(/([a-z])\1+/g, "$1");
}
