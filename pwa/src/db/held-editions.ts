/** Queries over a holding: the digest at a path, the entries shown, the digests to keep. Pure; both stores use it. */
import { findDigest } from "../protocol/manifest";
import type { Holding, PartialDownload } from "./store-contract";

/** The digest shown at a path: the early first part's, else the whole edition's. */
export function shownDigest(holding: Holding, path: string): string | undefined {
  const { early, whole } = holding;
  return (
    (early && findDigest(early.first, path)) ??
    (whole ? (findDigest(whole.first, path) ?? findDigest(whole.rest, path)) : undefined)
  );
}

/** A key of what a phone shows of a channel now, for comparison: with a + since the search index comes in pieces. */
export function shownEditionKey({ early, whole }: Holding): string {
  return [early?.id, whole?.id].join("+");
}

/** Digests that a channel's records still need. */
export function neededDigests(holding: Holding | undefined, progress: PartialDownload | undefined): Set<string> {
  const texts = [holding?.early?.first, holding?.whole?.first, holding?.whole?.rest];
  const digests = new Set(progress?.changes.map((change) => change.digest));
  for (const { digest } of entriesOf(texts)) digests.add(digest);
  return digests;
}

/** Every entry that a person may open now, in reading order, each path once. */
export function shownEntries(holding: Holding): { path: string; digest: string }[] {
  const byPath = new Map<string, string>();
  for (const { path, digest } of entriesOf([holding.early?.first, holding.whole?.first, holding.whole?.rest])) {
    if (!byPath.has(path)) byPath.set(path, digest);
  }
  return [...byPath].map(([path, digest]) => ({ path, digest }));
}

function* entriesOf(texts: readonly (string | undefined)[]): Generator<{ path: string; digest: string }> {
  for (const text of texts) {
    for (const line of text?.split("\n") ?? []) {
      const space = line.indexOf(" ");
      if (space > 0) yield { path: line.slice(0, space), digest: line.slice(space + 1) };
    }
  }
}
