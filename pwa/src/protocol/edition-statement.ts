/** An edition's signed statement and its daily freshness (PROTOCOL.md, section 3). Twin: sync/editions/edition_statement.py. */
import { type Json, canonical } from "./canonical";
import { DIGEST } from "./manifest";
import { type Refusal, refuse } from "./refusal";

const STATEMENT_TAG = "kunnafoni-edition/1";
const FRESHNESS_TAG = "kunnafoni-fresh/1";

const SITE = /^[a-z0-9.-]{1,64}$/;
const CHANNEL = /^[a-z]{2,3}-[A-Z]{2}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const PUBLIC_KEY = /^(?:[A-Za-z0-9_-]{87})?$/;

/** `text`: the signed text; its digest is the edition's id. `date`: day of publication, UTC. */
export interface Statement {
  readonly text: string;
  readonly site: string;
  readonly channel: string;
  readonly epoch: number;
  readonly number: number;
  readonly date: string;
  readonly sealingKey: string;
  readonly nextKeyDigest: string;
  readonly first: string;
  readonly rest: string;
}

/** Parses a statement from canonical JSON; refuses any other text. */
export function parseStatement(text: string): Statement | Refusal {
  let values: Json;
  try {
    values = JSON.parse(text) as Json;
  } catch {
    return refuse("statement-malformed");
  }
  if (!Array.isArray(values)) return refuse("statement-malformed");
  const [name, site, channel, epoch, number, date, sealingKey, nextKeyDigest, first, rest] = values as Json[];
  if (name !== STATEMENT_TAG) return refuse("version-unknown");
  const sound =
    values.length === 10 &&
    matches(site, SITE) &&
    matches(channel, CHANNEL) &&
    atLeast(epoch, 1) &&
    atLeast(number, 0) &&
    matches(date, DATE) &&
    matches(sealingKey, PUBLIC_KEY) &&
    matches(nextKeyDigest, DIGEST) &&
    matches(first, DIGEST) &&
    matches(rest, DIGEST) &&
    canonical(values as Json) === text;
  return sound
    ? { text, site, channel, epoch, number, date, sealingKey, nextKeyDigest, first, rest }
    : refuse("statement-malformed");
}

/** Negative if `one` is older than `other`. */
export function compareOrder(one: Statement, other: Statement): number {
  return one.epoch - other.epoch || one.number - other.number;
}

/** The text that the publisher signs once a day: this edition was the head on that date. */
export function freshnessText(statement: Statement, date: string): string {
  return canonical([
    FRESHNESS_TAG,
    statement.site,
    statement.channel,
    statement.epoch,
    statement.number,
    date,
  ]) as string;
}

export function isDate(value: unknown): value is string {
  return matches(value, DATE);
}

function matches(value: unknown, form: RegExp): value is string {
  return typeof value === "string" && form.test(value);
}

function atLeast(value: unknown, least: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least;
}
