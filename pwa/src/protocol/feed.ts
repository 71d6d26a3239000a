/**
 * A feed read line by line (PROTOCOL.md, section 4): steps from a state and a line to the action that it requires.
 * The reader of a feed, from the network or a file, hashes and stores pages between the steps.
 * Twin: sync/editions/feed.py.
 */
import { isWellFormed } from "./canonical";
import { type EntryChange, type Manifest, digestsByPath, rebuild } from "./manifest";
import { type Refusal, refuse } from "./refusal";
import type { Freshness, RotationLink } from "./trust";

export const VERSION = 1;
/** Limits before parsing (section 5), in bytes and lines. */
export const HEADER_LIMIT = 64 * 1024;
export const LINE_LIMIT = 128 * 1024;
export const LINES_LIMIT = 20_000;
export const BYTES_LIMIT = 64 * 1024 * 1024;

export interface FeedHeader {
  /** The signed text, its signature, and the key of its epoch; "" if the header omits them. */
  readonly link: RotationLink;
  readonly chain: readonly RotationLink[];
  readonly fresh: Freshness | null;
  readonly base: string;
  readonly first: number;
  readonly gone: readonly string[];
  readonly count: number;
  readonly bytes: number;
  readonly from: number;
  /** The manifest's two texts, in the answer of `/feed/{channel}/manifest` only. */
  readonly manifest: readonly [first: string, rest: string] | null;
}

/** The state of reading a feed. `changes`: the lines recorded so far, with digests. */
export interface FeedState {
  readonly header: FeedHeader;
  readonly base: Manifest | null;
  readonly oldDigests: ReadonlyMap<string, string>;
  readonly changes: EntryChange[];
}

/** The action that a line requires: store this body, patch the page `old`, or nothing as the page `old` only moved. */
export type ChangeLine =
  | { readonly path: string; readonly at: number | null; readonly body: string }
  | { readonly path: string; readonly at: number | null; readonly old: string; readonly patch: readonly unknown[] }
  | { readonly path: string; readonly at: number | null; readonly old: string; readonly patch: null };

export function readHeader(line: string): FeedHeader | Refusal {
  const value = parseLine(line);
  if (!value) return refuse("feed-malformed");
  if (value.v !== VERSION) return refuse("version-unknown");
  const {
    statement,
    signature,
    key = "",
    chain = [],
    fresh,
    base = "",
    first = 0,
    gone = [],
    count = 0,
    bytes = 0,
    from = 0,
    manifest,
  } = value;
  const link = [key, statement, signature];
  const sound =
    isTextList(link) &&
    Array.isArray(chain) &&
    chain.every((link) => isTextList(link) && link.length === 3) &&
    typeof base === "string" &&
    isTextList(gone) &&
    [first, count, bytes, from].every((number) => Number.isSafeInteger(number) && (number as number) >= 0) &&
    (manifest === undefined || (isTextList(manifest) && manifest.length === 2));
  if (!sound) return refuse("feed-malformed");
  if ((count as number) > LINES_LIMIT) return refuse("feed-too-long");
  return {
    link: link as unknown as RotationLink,
    chain: chain as unknown as readonly RotationLink[],
    fresh: isTextList(fresh) && fresh.length === 2 ? (fresh as unknown as Freshness) : null,
    base: base as string,
    first: first as number,
    gone: gone as string[],
    count: count as number,
    bytes: bytes as number,
    from: from as number,
    manifest: manifest === undefined ? null : (manifest as [string, string]),
  };
}

/** Starts from `base` (null: no edition), with the lines of an earlier, interrupted response. */
export function startFeed(
  header: FeedHeader,
  base: Manifest | null,
  earlier: readonly EntryChange[] = [],
): FeedState | Refusal {
  if (header.from > earlier.length) return refuse("feed-malformed");
  return { header, base, oldDigests: digestsByPath(base), changes: earlier.slice(0, header.from) };
}

/** The action that the next change line requires. */
export function readChangeLine(feed: FeedState, line: string): ChangeLine | Refusal {
  if (feed.changes.length >= feed.header.count) return refuse("feed-malformed");
  const value = parseLine(line);
  const path = value?.path;
  const at = value?.at ?? null;
  if (!value || typeof path !== "string" || !(at === null || Number.isSafeInteger(at))) return refuse("feed-malformed");
  const common = { path, at: at as number | null };
  if ("body" in value)
    return typeof value.body === "string" && isWellFormed(value.body)
      ? { ...common, body: value.body }
      : refuse("feed-malformed");
  const oldDigest = feed.oldDigests.get(path);
  const patch = value.patch ?? null;
  if (oldDigest === undefined || !(patch === null || Array.isArray(patch))) return refuse("feed-malformed");
  return { ...common, old: oldDigest, patch };
}

/** Records that the line's page has this digest. */
export function recordChange(feed: FeedState, change: ChangeLine, digest: string): void {
  feed.changes.push({ path: change.path, at: change.at, digest });
}

/** True if every line of the response was recorded. */
export function isFeedComplete(feed: FeedState): boolean {
  return feed.changes.length === feed.header.count;
}

/** The manifest after the lines recorded so far; its `first` part may already be verifiable. */
export function partialManifest(feed: FeedState): Manifest | Refusal {
  return rebuild(feed.base, feed.header.gone, feed.changes, feed.header.first);
}

/** The new manifest, after the last line. */
export function finishFeed(feed: FeedState): Manifest | Refusal {
  return isFeedComplete(feed) ? partialManifest(feed) : refuse("feed-malformed");
}

function parseLine(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
