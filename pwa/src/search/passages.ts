/**
 * The passage of a page that answers a question best: its section, the words around, which of them match. Pure.
 * Twin: sync/search/passages.py, pinned by tests/vectors/search.json.
 */
import { terms } from "../protocol/folding";
import { fragmentOf } from "../protocol/page";
import { textOfHtml } from "../protocol/page-text";
import type { Unit } from "./query";
import { soundOf } from "./sounds";

const BEFORE = 40; // characters before the first match
const LENGTH = 150; // characters in all
const MORE = 3; // further sections that are named
const HEADING_COUNTS = 2; // times as much as a word of the text
const WORD = /(?:[\p{L}\p{N}]|[\u0300-\u036f])+/gu;

/** A piece of a text, and whether it matches. */
export type Part = readonly [text: string, isMatch: boolean];

/** A part of a page, from one heading to the next; the first has neither anchor nor heading. */
interface Section {
  readonly anchor: string;
  readonly heading: string;
  readonly text: string;
}

/** `anchor`, `heading`: of the section, "" at the beginning. `more`: other sections with matches. */
export interface Passage {
  readonly anchor: string;
  readonly heading: string;
  readonly text: readonly Part[];
  readonly more: readonly (readonly [anchor: string, heading: string])[];
}

/** Tells which words of a text a question asks for. */
export class Matcher {
  private readonly sounds: ReadonlySet<string>;
  private readonly openings: readonly string[];

  constructor(
    units: readonly Unit[],
    private readonly ignored: ReadonlySet<string>,
  ) {
    this.sounds = new Set(units.flatMap((unit) => unit.alternatives.flatMap((each) => each.sounds)));
    this.openings = units.map((unit) => unit.opening).filter(Boolean);
  }

  /** The text in pieces. */
  parts(text: string): Part[] {
    const pieces: Part[] = [];
    let place = 0;
    for (const word of text.matchAll(WORD)) {
      if (!this.sound(word[0])) continue;
      pieces.push([text.slice(place, word.index), false], [word[0], true]);
      place = (word.index ?? 0) + word[0].length;
    }
    pieces.push([text.slice(place), false]);
    return pieces.filter(([piece]) => piece !== "");
  }

  /** The sounds of the question that the text has. */
  found(text: string): Set<string> {
    return new Set((text.match(WORD) ?? []).map((word) => this.sound(word)).filter(Boolean));
  }

  /** The position of the first match; -1 if there is none. */
  first(text: string): number {
    for (const word of text.matchAll(WORD)) if (this.sound(word[0])) return word.index ?? 0;
    return -1;
  }

  /** The sound of the first matching term of a word, "" if none matches. */
  private sound(word: string): string {
    for (const [term, sound] of soundedTerms(word)) {
      const asked = this.sounds.has(sound) || this.openings.some((opening) => sound.startsWith(opening));
      if (asked && !this.ignored.has(term)) return sound;
    }
    return "";
  }
}

/** Terms and sounds by word: texts repeat their words, and so do the questions of a person who types. */
const SOUNDED = new Map<string, readonly (readonly [term: string, sound: string])[]>();
const REMEMBERED = 20_000; // words

function soundedTerms(word: string): readonly (readonly [term: string, sound: string])[] {
  let sounded = SOUNDED.get(word);
  if (!sounded) {
    if (SOUNDED.size >= REMEMBERED) SOUNDED.clear();
    sounded = terms(word).map((term) => [term, soundOf(term)] as const);
    SOUNDED.set(word, sounded);
  }
  return sounded;
}

/** The section with the most words asked for that the title has not; else the beginning. */
export function bestPassage(title: string, body: string, matcher: Matcher): Passage {
  const sections = sectionsOf(body);
  const inTitle = matcher.found(title);
  const count = (text: string) => [...matcher.found(text)].filter((sound) => !inTitle.has(sound)).length;
  const scores = sections.map(({ text, heading }) => count(text) + HEADING_COUNTS * count(heading));
  const best = scores.indexOf(Math.max(...scores));
  const others = [...scores.keys()]
    .filter((place) => place !== best && (scores[place] as number) > 0)
    .sort((one, other) => (scores[other] as number) - (scores[one] as number) || one - other)
    .slice(0, MORE)
    .sort((one, other) => one - other)
    .map((place) => sections[place] as Section);
  const { anchor, heading, text } = sections[best] as Section;
  const more = others.filter((each) => each.anchor).map((each) => [each.anchor, each.heading] as const);
  return { anchor, heading, text: matcher.parts(cut(text, matcher)), more };
}

/** The sections of a page's body, without its title, what leads up and the footer; one at least. */
function sectionsOf(body: string): Section[] {
  const html = fragmentOf(body).replace(/<(h1|footer|svg|script|style)\b.*?<\/\1>|<a rel="?up\b.*?<\/a>/gs, " ");
  const sections: Section[] = [];
  let [anchor, heading, start] = ["", "", 0];
  for (const match of html.matchAll(/<h2\b([^>]*)>(.*?)<\/h2>/gs)) {
    const [whole, attributes = "", title = ""] = match;
    sections.push({ anchor, heading, text: textOfHtml(html.slice(start, match.index)) });
    anchor = /id="?([\w-]+)/.exec(attributes)?.[1] ?? "";
    heading = textOfHtml(title);
    start = (match.index ?? 0) + whole.length;
  }
  return [...sections, { anchor, heading, text: textOfHtml(html.slice(start)) }];
}

/** The text around its first match, with … where something is left out. */
function cut(text: string, matcher: Matcher): string {
  const from = Math.max(0, matcher.first(text) - BEFORE);
  const start = from > 0 ? text.indexOf(" ", from) + 1 : 0;
  const end = start + LENGTH;
  return `${start > 0 ? "… " : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`;
}
