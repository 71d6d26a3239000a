/**
 * Ranking of pages by a question's units: rare words count more, pages with more of them more, guides before letters.
 * Whole numbers only, so that phone and server agree. Pure. Twin: sync/search/ranking.py, pinned by
 * tests/vectors/search.json.
 */
import { KIND_PERCENT } from "./page-terms";
import type { Alternative, Unit } from "./query";

/** Weights of a sound by page. */
export type Postings = ReadonlyMap<number, number>;

export interface Index {
  /** Letters of the pages' kinds, by page; GONE for a page that is no more. */
  readonly kinds: string;
  postings(sound: string): Postings;
  /** The sounds that begin so. */
  opened(opening: string): readonly string[];
  /** Sounds with the same first letter. */
  alike(sound: string): readonly string[];
}

export const GONE = "-";
const [OPENED, ALIKE] = [50, 50]; // percent
const MAX_OPENED = 12; // words that a beginning may stand for
const ALIKE_FROM = 4; // letters of a sound that may have a typing error
const TWO_ERRORS_FROM = 8;
const WORST_SHARE = 5; // a page with less than a fifth of the best score is not shown

/** Scores by page, of those worth showing. */
export function rank(units: readonly Unit[], index: Index): Map<number, number> {
  const pages = [...index.kinds].filter((kind) => kind !== GONE).length;
  const totals = new Map<number, number>();
  const matched = new Map<number, number>();
  let known = 0;
  for (const unit of units) {
    const weights = unitWeights(unit, index);
    if (weights.size === 0) continue;
    const rarity = Math.round(100 * Math.log(1 + pages / weights.size));
    const counted = unit.joined ? 0 : rarity;
    known += counted;
    for (const [page, weight] of weights) {
      if (unit.pair && !totals.has(page)) continue;
      totals.set(page, (totals.get(page) ?? 0) + rarity * weight);
      matched.set(page, (matched.get(page) ?? 0) + counted);
    }
  }
  const scores = [...totals].map(([page, total]) => {
    const share = Math.floor((50 * (matched.get(page) ?? 0)) / Math.max(1, known));
    return [page, total * (KIND_PERCENT[index.kinds.charAt(page)] ?? 0) * (50 + share)] as const;
  });
  const best = scores.reduce((most, [, score]) => Math.max(most, score), 0);
  return new Map(scores.filter(([, score]) => score * WORST_SHARE >= best));
}

/** True if some page has the unit, so that no word like it is looked for. */
export function isKnown(unit: Unit, index: Index): boolean {
  return unit.joined || writtenWeights(unit, index).size > 0;
}

/** By page, the weight of the best alternative times its percentage. */
function unitWeights(unit: Unit, index: Index): Map<number, number> {
  const weights = writtenWeights(unit, index);
  if (weights.size > 0 || unit.joined) return weights;
  return best(
    alike(unit, index).map((sound) => ({ sounds: [sound], percent: ALIKE })),
    index,
  );
}

function writtenWeights(unit: Unit, index: Index): Map<number, number> {
  const weights = best(unit.alternatives, index);
  if (unit.opening === "") return weights;
  const begun = index
    .opened(unit.opening)
    .map((sound) => [sound, index.postings(sound).size] as const)
    .sort(([one, size], [other, otherSize]) => otherSize - size || (one < other ? -1 : 1));
  const opened = begun.slice(0, MAX_OPENED).map(([sound]) => ({ sounds: [sound], percent: OPENED }));
  for (const [page, weight] of best(opened, index)) weights.set(page, Math.max(weights.get(page) ?? 0, weight));
  return weights;
}

function best(alternatives: readonly Alternative[], index: Index): Map<number, number> {
  const weights = new Map<number, number>();
  for (const { sounds, percent } of alternatives) {
    const [first, ...others] = sounds.map((sound) => index.postings(sound));
    for (const [page, weight] of first ?? []) {
      if (index.kinds.charAt(page) === GONE) continue;
      const least = others.reduce((less, postings) => Math.min(less, postings.get(page) ?? 0), weight);
      if (least > 0) weights.set(page, Math.max(weights.get(page) ?? 0, least * percent));
    }
  }
  return weights;
}

/** The sounds nearest to a word that no page has: one error away, or two for a long one. */
function alike(unit: Unit, index: Index): string[] {
  const [sound = "", ...others] = unit.alternatives[0]?.sounds ?? [];
  const letters = [...sound];
  if (others.length > 0 || letters.length < ALIKE_FROM) return [];
  const most = letters.length >= TWO_ERRORS_FROM ? 2 : 1;
  const distances = index.alike(sound).map((other) => [other, errorsBetween(letters, [...other], most)] as const);
  const least = Math.min(most, ...distances.map(([, distance]) => distance));
  return distances
    .filter(([, distance]) => distance === least)
    .map(([other]) => other)
    .sort();
}

/** Letters added, lost, changed or swapped with the next one; more than `most` is `most + 1`. */
export function errorsBetween(one: readonly string[], other: readonly string[], most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let earlier: number[] = [];
  let before: number[] = [];
  let row = [...Array(other.length + 1).keys()];
  for (let i = 1; i <= one.length; i++) {
    [earlier, before, row] = [before, row, [i]];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      let cost = Math.min(
        (before[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (before[j - 1] as number) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        cost = Math.min(cost, (earlier[j - 2] as number) + 1);
      row.push(cost);
    }
    if (Math.min(...row) > most) return most + 1;
  }
  return Math.min(row[other.length] as number, most + 1);
}
