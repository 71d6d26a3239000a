/** Asks for pages by digest: what a repair needs, and what a browser may have lost. */

import { Interrupted } from "../net/network";
import { BYTES_LIMIT, HEADER_LIMIT, LINE_LIMIT } from "../protocol/feed";
import { type Refusal, isRefusal, refuse } from "../protocol/refusal";
import type { PullContext } from "./context";
import { withEviction } from "./eviction";

const DIGESTS = 512; // of one request, as the protocol says
const BATCH = 64 * 1024;

/** Null when every page is now kept; each was hashed. Throws Interrupted when the link breaks; what had come is kept. */
export async function fetchPages(
  tools: PullContext,
  channel: string,
  digests: readonly string[],
): Promise<Refusal | null> {
  for (let at = 0; at < digests.length; at += DIGESTS) {
    const problem = await fetchSome(tools, channel, digests.slice(at, at + DIGESTS));
    if (problem) return problem;
  }
  return null;
}

async function fetchSome(tools: PullContext, channel: string, wanted: readonly string[]): Promise<Refusal | null> {
  const answer = await tools.network.request(`/feed/${channel}/pages`, {
    method: "POST",
    body: JSON.stringify(wanted),
  });
  const pages = new Map<string, string>();
  let batchBytes = 0;
  let taken = 0;
  const keep = async () => {
    await withEviction(tools, channel, () => tools.store.keepPages(pages));
    pages.clear();
    batchBytes = 0;
  };
  try {
    if (answer.status !== 200) throw new Interrupted(`pages: ${answer.status}`);
    for await (const line of answer.lines(Math.max(HEADER_LIMIT, LINE_LIMIT), LINE_LIMIT, BYTES_LIMIT)) {
      const body = isRefusal(line) ? null : bodyOf(line);
      if (body === null || (await tools.verifier.digest(body)) !== wanted[taken]) return refuse("manifest-false");
      pages.set(wanted[taken++] as string, body);
      batchBytes += body.length;
      if (batchBytes >= BATCH) await keep();
    }
  } finally {
    answer.close();
    await keep();
  }
  if (taken < wanted.length) throw new Interrupted("pages");
  return null;
}

function bodyOf(line: string): string | null {
  try {
    const body: unknown = (JSON.parse(line) as { body?: unknown } | null)?.body;
    return typeof body === "string" ? body : null;
  } catch {
    return null;
  }
}
