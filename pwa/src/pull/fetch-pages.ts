/** Fetches pages by digest: for a repair, and where the browser lost some. */

import { Interrupted } from "../net/network";
import { BYTES_LIMIT, HEADER_LIMIT, LINE_LIMIT } from "../protocol/feed";
import { type Refusal, isRefusal, refuse } from "../protocol/refusal";
import type { PullContext } from "./context";
import { withEviction } from "./eviction";

const DIGESTS = 512; // a request (PROTOCOL.md, section 4)
const BATCH = 64 * 1024;

/**
 * Fetches pages, hashes and stores them; null once all are stored. Throws Interrupted where the connection is lost;
 * earlier pages stay.
 */
export async function fetchPages(
  context: PullContext,
  channel: string,
  digests: readonly string[],
): Promise<Refusal | null> {
  for (let at = 0; at < digests.length; at += DIGESTS) {
    const problem = await fetchBatch(context, channel, digests.slice(at, at + DIGESTS));
    if (problem) return problem;
  }
  return null;
}

async function fetchBatch(context: PullContext, channel: string, digests: readonly string[]): Promise<Refusal | null> {
  const response = await context.network.request(`/feed/${channel}/pages`, {
    method: "POST",
    body: JSON.stringify(digests),
  });
  const pages = new Map<string, string>();
  let batchBytes = 0;
  let received = 0;
  const keepBatch = async () => {
    await withEviction(context, channel, () => context.store.keepPages(pages));
    pages.clear();
    batchBytes = 0;
  };
  try {
    if (response.status !== 200) throw new Interrupted(`pages: ${response.status}`);
    for await (const line of response.lines(Math.max(HEADER_LIMIT, LINE_LIMIT), LINE_LIMIT, BYTES_LIMIT)) {
      const body = isRefusal(line) ? null : parseBody(line);
      if (body === null || (await context.verifier.digest(body)) !== digests[received]) return refuse("manifest-false");
      pages.set(digests[received++] as string, body);
      batchBytes += body.length;
      if (batchBytes >= BATCH) await keepBatch();
    }
  } finally {
    response.close();
    await keepBatch();
  }
  if (received < digests.length) throw new Interrupted("pages");
  return null;
}

function parseBody(line: string): string | null {
  try {
    const body: unknown = (JSON.parse(line) as { body?: unknown } | null)?.body;
    return typeof body === "string" ? body : null;
  } catch {
    return null;
  }
}
