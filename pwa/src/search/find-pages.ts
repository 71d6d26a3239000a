/** Answers a question from the pieces of the index: the pages, best first, and completions of what is typed. */
import type { SearchPieces } from "../db/search-pieces";
import { terms } from "../protocol/folding";
import type { Lexicon } from "./lexicon";
import * as pieces from "./pieces";
import { type Unit, parseQuery } from "./query";
import { type Index, type Postings, isKnown, rank } from "./ranking";

const SORTED = 60; // the best pages that are put in order by path too
const COMPLETIONS = 3; // more would push the results out of sight

export interface FoundPage {
  readonly path: string;
  readonly title: string;
}

/** `count`: of the pages found; `pages`: the best of them. */
export interface Found {
  readonly units: readonly Unit[];
  readonly count: number;
  readonly pages: readonly FoundPage[];
}

export type PieceReader = Pick<SearchPieces, "get" | "startingWith">;

/** The pieces of an index that the phone had no room for. */
export function piecesInMemory(kept: ReadonlyMap<string, string>): PieceReader {
  return {
    get: async (key) => kept.get(key),
    startingWith: async (beginning) => new Map([...kept].filter(([key]) => key.startsWith(beginning))),
  };
}

/** Answers a question; undefined where there is no index of the channel. */
export async function findPages(
  reader: PieceReader,
  channel: string,
  question: string,
  lexicon: Lexicon,
): Promise<Found | undefined> {
  const head = pieces.readHead(await reader.get(pieces.HEAD));
  if (head?.channel !== channel) return undefined;
  const units = parseQuery(question, lexicon);
  const scores = [...rank(units, await LoadedIndex.load(reader, head.kinds, units))];
  scores.sort(([one, score], [other, otherScore]) => otherScore - score || one - other);
  const last = scores[SORTED - 1]?.[1] ?? 0;
  const best = scores.filter(([, score]) => score >= last);
  const rows = new Map<string, pieces.PageRow[]>();
  for (const key of new Set(best.map(([page]) => pieces.rowKey(page))))
    rows.set(key, JSON.parse((await reader.get(key)) ?? "[]"));
  const found = best.map(([page, score]) => {
    const [path, title] = rows.get(pieces.rowKey(page))?.[page % pieces.ROWS] ?? ["", ""];
    return { path, title, score };
  });
  found.sort((one, other) => other.score - one.score || (one.path < other.path ? -1 : 1));
  return { units, count: scores.length, pages: found.map(({ path, title }) => ({ path, title })) };
}

/** The words that a person may be typing: the whole question completed, else its last word. */
export async function completions(reader: PieceReader, question: string): Promise<string[]> {
  const words = terms(question);
  const whole = words.join(" ");
  const found = await phrasesFrom(reader, whole);
  const last = words[words.length - 1] ?? "";
  if (words.length > 1) {
    const begun = question.trim().replace(/\S+$/, "");
    found.push(...(await phrasesFrom(reader, last)).map((phrase) => begun + phrase));
  }
  return [...new Set(found)].slice(0, COMPLETIONS);
}

async function phrasesFrom(reader: PieceReader, folded: string): Promise<string[]> {
  if (folded.length < 2) return [];
  const lines = (await reader.get(pieces.phraseKey(folded)))?.split("\n") ?? [];
  const found = lines.map((line) => line.split("\t")).filter(([key = ""]) => key !== folded && key.startsWith(folded));
  return found.sort(([one = ""], [other = ""]) => one.length - other.length).map(([, phrase = ""]) => phrase);
}

/** The pieces that a question needs, read before it is ranked. */
class LoadedIndex implements Index {
  private readonly loaded = new Map<string, string>();
  private readonly weights = new Map<string, Postings>();

  private constructor(readonly kinds: string) {}

  static async load(reader: PieceReader, kinds: string, units: readonly Unit[]): Promise<LoadedIndex> {
    const index = new LoadedIndex(kinds);
    const sounds = units.flatMap((unit) => unit.alternatives.flatMap((each) => each.sounds));
    const openings = units.map((unit) => unit.opening).filter(Boolean);
    const keys = new Set([...sounds, ...openings].map(pieces.soundKey));
    await Promise.all(
      [...keys].map(async (key) => {
        const piece = await reader.get(key);
        if (piece !== undefined) index.loaded.set(key, piece);
      }),
    );
    for (const unit of units) {
      const [sound = ""] = unit.alternatives[0]?.sounds ?? [];
      if (isKnown(unit, index)) continue;
      for (const [key, piece] of await reader.startingWith(`=${[...sound][0] ?? ""}`)) index.loaded.set(key, piece);
    }
    return index;
  }

  postings(sound: string): Postings {
    const weights = this.weights.get(sound) ?? pieces.readWeights(this.loaded.get(pieces.soundKey(sound)), sound);
    this.weights.set(sound, weights);
    return weights;
  }

  opened(opening: string): readonly string[] {
    return soundsFrom(this.loaded.get(pieces.soundKey(opening)), opening);
  }

  alike(sound: string): readonly string[] {
    const [letter = ""] = sound;
    const beginning = `=${letter}`;
    return [...this.loaded].flatMap(([key, piece]) => (key.startsWith(beginning) ? pieces.soundsOf(piece) : []));
  }
}

function soundsFrom(piece: string | undefined, opening: string): string[] {
  return pieces.soundsOf(piece).filter((sound) => sound.startsWith(opening));
}
