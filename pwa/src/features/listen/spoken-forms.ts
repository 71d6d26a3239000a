/**
 * The form in which a sentence is handed to a voice: numbers that are read digit by digit, abbreviations, addresses and
 * a letter's blanks in words. Pure. What a voice reads rightly by itself (years, sums) stays as it is.
 */

interface Words {
  readonly blank: string;
  readonly at: string;
  readonly dot: string;
  readonly slash: string;
  readonly number: string;
  readonly percent: string;
  readonly franc: string;
  readonly kilobyte: string;
  readonly megabyte: string;
  readonly hour: string;
  readonly star: string;
  readonly hash: string;
}

const WORDS: Readonly<Record<string, Words>> = {
  fr: {
    blank: "à compléter : ",
    at: " arobase ",
    dot: " point ",
    slash: " barre ",
    number: "numéro ",
    percent: " pour cent",
    franc: " francs",
    kilobyte: " kilo-octets",
    megabyte: " méga-octets",
    hour: " heures ",
    star: " étoile ",
    hash: " dièse ",
  },
  en: {
    blank: "to fill in: ",
    at: " at ",
    dot: " dot ",
    slash: " slash ",
    number: "number ",
    percent: " percent",
    franc: " francs",
    kilobyte: " kilobytes",
    megabyte: " megabytes",
    hour: " hours ",
    star: " star ",
    hash: " hash ",
  },
};

/** Capitals that people say as a word; others are spelt letter by letter. */
const SAID_AS_WORDS = new Set(["SIM", "PIN", "ANSICE", "CIL"]);
const LONG_NUMBER = 5; // digits in one piece: a telephone number or a code, which nobody reads as a sum

export function spokenForm(sentence: string, lang: string): string {
  const words = WORDS[lang.slice(0, 2)];
  let text = sentence.replace(/[«»“”"_]/g, " ");
  text = text.replace(/\[([^\]]+)\]/g, (_, label: string) => `, ${words?.blank ?? ""}${label}, `);
  if (words) text = inWords(text, words);
  return text
    .replace(/\+?\d(?:[ \u00a0\u202f.-]?\d)+/g, spellLongNumber)
    .replace(/[\p{L}\p{N}]+/gu, spellCapitals)
    .replace(/[\s\u00a0\u202f]+/g, " ")
    .replace(/ ([.,])/g, "$1")
    .replace(/^[, ]+/, "")
    .replace(/,(?=[ ]?[,.])/g, "")
    .trim();
}

/** (`(\d)` and `$1`, because the oldest browsers cannot look behind.) */
function inWords(text: string, words: Words): string {
  return text
    .replace(/https?:\/\//g, "")
    .replace(/[\w.+-]*\w@\w[\w.-]*\w/g, (address) => sayAddress(address, words))
    .replace(/\b\w[\w-]*(?:\.[\w-]+)*\.(?:org|com|net|info|africa|ml|bf|ne|td|mr|sn|fr)\b(?:\/[\w/-]*)?/g, (address) =>
      sayAddress(address, words),
    )
    .replace(/\bn[°º]\s*/gi, words.number)
    .replace(/(\d)\s*%/g, `$1${words.percent}`)
    .replace(/(\d)\s*(?:F\s?CFA|FCFA|F)\b/g, `$1${words.franc}`)
    .replace(/(\d)\s*(?:ko|kB)\b/g, `$1${words.kilobyte}`)
    .replace(/(\d)\s*(?:Mo|MB)\b/g, `$1${words.megabyte}`)
    .replace(/(\d)\s*h(?![\p{L}])/gu, `$1${words.hour}`)
    .replace(/\*(?=[\d#*])|(\d)\*/g, `$1${words.star}`)
    .replace(/#(?=[\d*])|(\d)#/g, `$1${words.hash}`);
}

function sayAddress(address: string, words: Words): string {
  return address.replace(/@/g, words.at).replace(/\./g, words.dot).replace(/\//g, words.slash);
}

/** Digits one by one where there are many in one piece, or two by two written apart as telephone numbers are. */
function spellLongNumber(text: string): string {
  const pieces = text.split(/[ \u00a0\u202f.-]/);
  const isTelephone = text.startsWith("+") || (pieces.length > 2 && pieces.every((piece) => piece.length === 2));
  const isLaw = /^\d{4}-\d+$/.test(text);
  if (isLaw) return pieces.join(" ");
  if (isTelephone || (pieces.length === 1 && text.length >= LONG_NUMBER)) return [...text.replace(/\D/g, "")].join(" ");
  return text;
}

function spellCapitals(word: string): string {
  if (!/^\p{Lu}{2,7}$/u.test(word)) return word;
  return SAID_AS_WORDS.has(word) ? word.charAt(0) + word.slice(1).toLowerCase() : [...word].join(" ");
}
