/**
 * Opens a pack: pages that another phone, a memory card or a computer hands on as a file. They are judged as a feed
 * is, by key, signature, order and digests, before anything is kept.
 */

import { decodeStrictly, gunzip } from "../crypto/gzip";
import type { Holding, PhoneStore } from "../db/store-contract";
import { Interrupted, type Network } from "../net/network";
import type { Verifier } from "../protocol/canonical";
import { BYTES_LIMIT } from "../protocol/feed";
import { type Manifest, entriesText, firstText, parseManifest, restText } from "../protocol/manifest";
import { readPack, readPackLines } from "../protocol/pack";
import { type Refusal, isRefusal, refuse } from "../protocol/refusal";
import { isGzip } from "../protocol/text-file";
import type { PullContext } from "./context";
import { withEviction } from "./eviction";
import { switchToEdition } from "./switch-edition";
import { type VerifiedHeader, verifyHeader, withConfirmation } from "./verify";

export interface PackOutcome {
  /** YYYY-MM-DD: the last day on which the publisher confirmed these pages, else the day of their publication. */
  readonly date: string;
  /** Pages of this edition that are here now, and all of them. */
  readonly pages: number;
  readonly total: number;
  /** False if all that is in the file was here before. */
  readonly changed: boolean;
}

const NOWHERE: Network = {
  request: () => Promise.reject(new Interrupted("a file asks nobody")),
};

/** Takes what a pack brings, or refuses all of it. Throws StorageFull; what was there stays then too. */
export async function openPack(
  store: PhoneStore,
  verifier: Verifier,
  channel: string,
  text: string,
): Promise<PackOutcome | Refusal> {
  const [holding, trust] = await Promise.all([store.holding(channel), store.trust()]);
  if (!trust) return refuse("key-unknown");
  const content = await unpackPack(text);
  if (isRefusal(content)) return content;
  const { header } = content;
  const verified = await verifyHeader(verifier, channel, header, trust, holding);
  if (isRefusal(verified)) return verified;
  const manifest = parseManifest(...(header.manifest ?? ["", ""]));
  if (isRefusal(manifest)) return manifest;
  const { statement } = verified;
  const isProven =
    (await verifier.digest(firstText(manifest))) === statement.first &&
    (await verifier.digest(restText(manifest))) === statement.rest;
  if (!isProven) return refuse("manifest-false");
  const read = content.bodies();
  if (isRefusal(read)) return read;
  const pages = new Map<string, string>();
  for (const body of read) pages.set(await verifier.digest(body), body);
  const named = new Set(manifest.entries.map(({ digest }) => digest));
  if ([...pages.keys()].some((digest) => !named.has(digest))) return refuse("manifest-false");
  const context: PullContext = {
    store,
    verifier,
    network: NOWHERE,
    stopsAfterFirst: () => false,
    onProgress: () => undefined,
  };
  const changed = (await store.missing([...pages.keys()])).length > 0;
  if (holding?.whole?.id !== verified.id)
    return keepPack(context, channel, holding, verified, manifest, pages, changed);
  if (changed) await withEviction(context, channel, () => store.keepPages(pages)); // the browser had lost some
  const confirmed = await withConfirmation(verifier, verified.trust, holding, header.fresh);
  if (confirmed !== holding) await store.show(confirmed, verified.trust, false);
  const total = manifest.entries.length;
  const missing = await store.missing(manifest.entries.map(({ digest }) => digest));
  return { date: confirmed.confirmed, pages: total - missing.length, total, changed };
}

async function unpackPack(text: string): Promise<ReturnType<typeof readPackLines>> {
  const body = readPack(text);
  if (isRefusal(body)) return body;
  const lines = isGzip(body) ? await gunzip(body, BYTES_LIMIT) : decodeStrictly(body);
  return lines === null ? refuse("pack-malformed") : readPackLines(lines);
}

/**
 * Keeps proven pages, and shows the edition once it is whole. Until then a phone that had nothing shows them once its
 * first part is here, and one with an older edition shows them above that.
 */
async function keepPack(
  context: PullContext,
  channel: string,
  holding: Holding | undefined,
  verified: VerifiedHeader,
  manifest: Manifest,
  pages: ReadonlyMap<string, string>,
  changed: boolean,
): Promise<PackOutcome | Refusal> {
  const { store } = context;
  const { id, trust, statement } = verified;
  const { entries } = manifest;
  const digests = entries.map(({ digest }) => digest);
  // A phone without an edition fetches by digest what is still missing; another one is sent the changes.
  const changes = entries.map((entry) => ({ ...entry, at: null }));
  const progress = { channel, id, base: "", changes, repairing: true };
  await withEviction(context, channel, () => store.keepPages(pages, holding?.whole ? { trust } : { progress, trust }));
  const missing = new Set(await store.missing(digests));
  const date = verified.confirmed || statement.date;
  const outcome = {
    date,
    pages: entries.filter(({ digest }) => !missing.has(digest)).length,
    total: entries.length,
    changed,
  };
  if (missing.size === 0)
    return (await switchToEdition(context, channel, verified, verified.signed, manifest)) ?? outcome;
  const here = entries.filter(({ digest }) => !missing.has(digest));
  const whole = holding?.whole ?? null;
  if (whole || entries.slice(0, manifest.first).every(({ digest }) => !missing.has(digest))) {
    const early = { ...verified.signed, first: entriesText(here) };
    await store.show({ channel, whole, early, confirmed: holding?.confirmed || date }, trust, false);
  }
  return outcome;
}
