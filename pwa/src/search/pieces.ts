/**
 * The pieces of the search index: texts of a few kilobytes, of which a search reads those that it needs.
 *
 * - HEAD: what the index is of, and the kinds of its pages. A page is a number; a changed page gets a new one.
 * - `#n`: path, title and digest of ROWS pages.
 * - `=ab`: the sounds (and pairs) that begin with "ab", a line each: the sound, a space, the pages that have it. A page is written
 *   as its distance from the one before, in base 36, and its weight as a letter from A.
 * - `~ab`: what can be completed from "ab": folded, a tab, as written.
 */
export const HEAD = "!";
export const ROWS = 64; // pages in a piece
export const FORMAT = 2;

/** `ignored`: the lexicon's words that are not indexed. `kinds`: a letter a page. */
export interface IndexHead {
  readonly format: number;
  readonly channel: string;
  readonly edition: string;
  readonly ignored: string;
  readonly kinds: string;
}

export type PageRow = readonly [path: string, title: string, digest: string];

/** Weights by page, in the order of pages. */
export type PageWeights = readonly (readonly [page: number, weight: number])[];

export const rowKey = (page: number): string => `#${Math.floor(page / ROWS)}`;
export const soundKey = (sound: string): string => `=${beginning(sound)}`;
export const phraseKey = (folded: string): string => `~${beginning(folded)}`;

function beginning(text: string): string {
  return [...text].slice(0, 2).join("");
}

export function readHead(text: string | undefined): IndexHead | undefined {
  const head = text === undefined ? undefined : (JSON.parse(text) as IndexHead);
  return head?.format === FORMAT ? head : undefined;
}

/** The pages of a sound in a piece. */
export function readWeights(piece: string | undefined, sound: string): Map<number, number> {
  const weights = new Map<number, number>();
  if (piece === undefined) return weights;
  const at = `\n${piece}`.indexOf(`\n${sound} `);
  if (at < 0) return weights;
  const end = piece.indexOf("\n", at);
  const line = piece.slice(at + sound.length + 1, end < 0 ? undefined : end);
  let page = 0;
  for (const [, distance = "", letter = ""] of line.matchAll(/([0-9a-z]+)([A-O])/g)) {
    page += parseInt(distance, 36);
    weights.set(page, letter.charCodeAt(0) - 64);
  }
  return weights;
}

/** The sounds of a piece. */
export function soundsOf(piece: string | undefined): string[] {
  return piece ? piece.split("\n").map((line) => line.slice(0, line.indexOf(" "))) : [];
}

/** The piece with more pages of its sounds; they are numbered above those that it has. */
export function addWeights(piece: string | undefined, added: ReadonlyMap<string, PageWeights>): string {
  const lines = new Map<string, string>();
  for (const line of piece?.split("\n") ?? []) {
    const space = line.indexOf(" ");
    lines.set(line.slice(0, space), line.slice(space + 1));
  }
  for (const [sound, weights] of added) {
    const before = lines.get(sound) ?? "";
    let last = [...readWeights(`${sound} ${before}`, sound).keys()].pop() ?? 0;
    let line = before;
    for (const [page, weight] of weights) {
      line += (page - last).toString(36) + String.fromCharCode(64 + weight);
      last = page;
    }
    lines.set(sound, line);
  }
  return [...lines].map(([sound, line]) => `${sound} ${line}`).join("\n");
}

/** The piece with more phrases, each once. */
export function addPhrases(piece: string | undefined, added: ReadonlyMap<string, string>): string {
  const phrases = new Map(piece?.split("\n").map((line) => line.split("\t") as [string, string]));
  for (const [folded, phrase] of added) if (!phrases.has(folded)) phrases.set(folded, phrase);
  return [...phrases].map((pair) => pair.join("\t")).join("\n");
}
