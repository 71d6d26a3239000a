/** Reads the further parts of a long form (PROTOCOL.md, section 8) from this phone's pages, else from the network. */
import { verifier } from "../crypto/signature-verifier";
import type { PhoneStore } from "../db/store-contract";
import { createSiteNetwork } from "../net/site-network";
import { formPart } from "../protocol/form-parts";
import { pageAddress } from "../protocol/page";
import { fetchPages } from "./fetch-pages";

/** Parts 2 to `count` of a form, of which the last ones stand apart under `digests`; null where one is unavailable. */
export async function readFurtherParts(
  store: PhoneStore,
  channel: string,
  slug: string,
  count: number,
  digests: readonly string[] = [],
): Promise<string[] | null> {
  const parts: string[] = [];
  if (!(await fetchApart(store, channel, digests))) return null;
  for (let number = 2; number <= count; number++) {
    const path = `forms/${slug}/${number}`;
    const digest = digests[number - 1 - (count - digests.length)];
    const body =
      digest === undefined
        ? ((await store.page(channel, path))?.body ?? (await fetchText(pageAddress(channel, path))))
        : await store.body(digest);
    const text = formPart(body ?? "", number);
    if (text === undefined) return null;
    parts.push(text);
  }
  return parts;
}

/** Brings the pages with these digests to this phone, those that are missing in one request; false without a network. */
async function fetchApart(store: PhoneStore, channel: string, digests: readonly string[]): Promise<boolean> {
  const missing = await store.missing(digests);
  if (missing.length === 0) return true;
  const network = createSiteNetwork(store);
  const context = { store, verifier, network, onProgress: () => undefined, stopsAfterFirst: () => false };
  const problem = await fetchPages(context, channel, missing).catch(() => undefined);
  return problem === null;
}

async function fetchText(address: string): Promise<string | undefined> {
  try {
    const response = await fetch(address, { credentials: "omit" });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
