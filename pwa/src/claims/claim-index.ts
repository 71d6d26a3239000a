/**
 * The index of an edition's checked claims: which one a message resembles, how surely, and by which words. Pure.
 * Twin: sync/claims/claim_index.py, which says how; pinned by tests/vectors/claims.json.
 */
import { type MessageTokens, Vocabulary, messageTokens } from "./message-tokens";
import { EVERYDAY } from "./words";

export type ClaimVerdict = "sure" | "perhaps" | "nothing";

const SHOWN = 3;
const SURE = 42_500; // thousandths of score, lead and tone
const MOST_LEAD = 20_000;
const PERHAPS = 17_500;
const POINTS = 500;
const MOST = 3;
const NEAREST = 12_000;
const ORDINARY = 6_000;
const OTHERS_PART = 0.3;
const ORDINARY_PART = 0.2;
const FLOOR = 0.01;
const EVERYDAY_CLAIMS = 20;
const COMMON = 8;
const UNKNOWN = 1_000;

/** The tokens of a text, each once. */
export type TextTokens = readonly string[];

/** `texts`: tokens of what the claim's notice says that people say. */
export interface IndexedClaim {
  readonly slug: string;
  readonly texts: readonly TextTokens[];
}

/** `score`: 0 to 100. `matched`: words of the message, as written, in order. */
export interface ClaimHit {
  readonly slug: string;
  readonly score: number;
  readonly matched: readonly string[];
}

/** `hits`: best first, three at most; a "sure" holds for the first, and with "nothing" they are only the nearest. */
export interface ClaimMatch {
  readonly verdict: ClaimVerdict;
  readonly hits: readonly ClaimHit[];
}

export function textTokens(text: string): TextTokens {
  return [...messageTokens(text).tokens.keys()];
}

/** The tokens of the everyday messages that every index is held against. */
export function everydayTokens(): readonly TextTokens[] {
  return EVERYDAY.map(textTokens);
}

/** The claims and texts that hold a token. */
interface Held {
  /** Texts of claims that have it, and everyday messages. */
  all: number;
  ordinary: number;
  /** The claims that have it, and how many of the texts of each do. */
  readonly claims: number[];
  readonly counts: number[];
  /** The places of the texts that have it. */
  readonly places: number[];
  /** The square of its weight, which is high for a rare token. */
  square: number;
}

/** Answers which claim a message resembles. What does not depend on a message is counted once, when it is made. */
export class ClaimIndex {
  private readonly held = new Map<string, Held>();
  /** The claim of each text; one past the claims for an everyday message. */
  private readonly owners: number[] = [];
  private readonly lengths: number[];
  private readonly total: number;
  private readonly vocabulary: Vocabulary;

  constructor(
    private readonly claims: readonly IndexedClaim[],
    private readonly everyday: readonly TextTokens[],
  ) {
    const rows = [...claims.map(({ texts }) => texts), everyday].map((texts, number) =>
      texts.map((text) => this.hold(text, number)),
    );
    this.total = this.owners.length - everyday.length;
    for (const each of this.held.values()) each.square = this.weight(each) ** 2;
    this.lengths = rows.flat().map((each) => lengthOf(each));
    this.vocabulary = new Vocabulary([...this.held.keys()].filter((token) => !token.startsWith("#")));
  }

  private hold(text: TextTokens, number: number): Held[] {
    const place = this.owners.push(number) - 1;
    return text.map((token) => {
      let each = this.held.get(token);
      if (!each) {
        each = { all: 0, ordinary: 0, claims: [], counts: [], places: [], square: 0 };
        this.held.set(token, each);
      }
      each.places.push(place);
      if (number === this.claims.length) each.ordinary++;
      else {
        each.all++;
        if (each.claims[each.claims.length - 1] !== number) each.claims.push(number);
        const at = each.claims.length - 1;
        each.counts[at] = (each.counts[at] ?? 0) + 1;
      }
      return each;
    });
  }

  match(message: string): ClaimMatch {
    const found = messageTokens(message, this.vocabulary);
    const nearest = this.nearest(found);
    const ordinary = rounded(ORDINARY * (nearest[this.claims.length] ?? 0));
    const scores = this.claims.map((_, number) => rounded(NEAREST * (nearest[number] ?? 0)) - ordinary);
    const matched = new Map<number, readonly string[]>();
    for (const [token, written] of found.tokens) {
      const each = this.held.get(token);
      for (const [at, number] of each?.claims.entries() ?? []) {
        const evidence = each ? this.evidence(each, at) : 0;
        if (!evidence) continue;
        scores[number] = (scores[number] ?? 0) + evidence;
        matched.set(number, [...(matched.get(number) ?? []), ...written]);
      }
    }
    const ranked = this.claims
      .map(({ slug }, number) => ({ slug, number, score: scores[number] ?? 0 }))
      .filter(({ score }) => score > 0)
      .sort((one, other) => other.score - one.score || (one.slug < other.slug ? -1 : 1));
    const [best, second] = ranked;
    if (!best) return { verdict: "nothing", hits: [] };
    const lead = Math.min(MOST_LEAD, best.score - (second?.score ?? 0));
    const isSure = best.score + lead + found.tone >= SURE;
    const verdict = isSure ? "sure" : best.score >= PERHAPS ? "perhaps" : "nothing";
    const hits = ranked.slice(0, SHOWN).map(({ slug, number, score }) => ({
      slug,
      score: Math.min(100, Math.floor(score / POINTS)),
      matched: inOrder(matched.get(number) ?? [], message),
    }));
    return { verdict, hits };
  }

  /** The likeness, 0 to 1, to the nearest text of each claim, and to the nearest everyday message. */
  private nearest(found: MessageTokens): number[] {
    const known = [...found.tokens.keys()].flatMap((token) => this.held.get(token) ?? []);
    const shared = new Map<number, number>();
    for (const { places, square } of known)
      for (const place of places) shared.set(place, (shared.get(place) ?? 0) + square);
    const length = lengthOf(known, found.unknown);
    const nearest: number[] = [];
    for (const [place, same] of shared) {
      const number = this.owners[place] ?? 0;
      nearest[number] = Math.max(nearest[number] ?? 0, same / (length * (this.lengths[place] ?? 1)));
    }
    return nearest;
  }

  /** The thousandths that a token speaks for one of the claims that have it; 0 if it is as frequent elsewhere. */
  private evidence({ all, ordinary, claims, counts }: Held, at: number): number {
    const texts = this.claims[claims[at] ?? 0]?.texts.length ?? 0;
    const count = counts[at] ?? 0;
    const others = (all - count) / Math.max(1, this.total - texts);
    const rate = ordinary / Math.max(1, this.everyday.length);
    const odds = Math.log((count + 0.02) / (texts + 2) / (OTHERS_PART * others + ORDINARY_PART * rate + FLOOR));
    return rounded(1_000 * Math.min(MOST, Math.max(0, odds)));
  }

  private weight({ ordinary, claims }: Held): number {
    const common = EVERYDAY_CLAIMS * Math.min(1, ordinary / COMMON);
    return rounded(1_000 * Math.log(1 + (this.claims.length + EVERYDAY_CLAIMS) / (claims.length + common + 0.5)));
  }
}

function lengthOf(tokens: readonly Held[], unknown = 0): number {
  return Math.sqrt(tokens.reduce((sum, { square }) => sum + square, unknown * UNKNOWN ** 2)) || 1;
}

function inOrder(words: readonly string[], message: string): string[] {
  return [...new Set(words)].sort(
    (one, other) => message.indexOf(one) - message.indexOf(other) || (one < other ? -1 : 1),
  );
}

function rounded(value: number): number {
  return Math.floor(value + 0.5);
}
