/** The second road to an edition: its manifest as it was signed, then the pages that lack. Taken once, when a feed's lines did not prove. */

import { Interrupted } from "../net/network";
import { BYTES_LIMIT, readHeader } from "../protocol/feed";
import { parseManifest } from "../protocol/manifest";
import { isRefusal } from "../protocol/refusal";
import type { ChannelPosition, PullContext, PullStep } from "./context";
import { switchToEdition } from "./switch-edition";
import { verifyHeader } from "./verify";

/** A manifest of 10,000 entries, in JSON, with room for its header. */
const MANIFEST_LIMIT = 4 * 1024 * 1024;

export async function repair(tools: PullContext, position: ChannelPosition, id: string): Promise<PullStep> {
  const { channel } = position;
  const line = await manifestLine(tools, channel, id);
  if (line === null) {
    await tools.store.dropProgress(channel);
    return { kind: "again", changed: false };
  }
  const header = readHeader(line);
  const judged = isRefusal(header)
    ? header
    : await verifyHeader(tools.verifier, channel, header, position.trust, position.holding);
  if (isRefusal(header) || isRefusal(judged)) return giveUp(tools, channel, judged);
  const manifest = parseManifest(...(header.manifest ?? ["", ""]));
  if (isRefusal(manifest)) return giveUp(tools, channel, manifest);
  const problem = await switchToEdition(tools, channel, judged, judged.signed, manifest);
  if (problem) return giveUp(tools, channel, problem);
  return judged.confirmed ? { kind: "head", changed: true } : { kind: "again", changed: true };
}

/** The answer's one line, or null when the edition is gone from the server. */
async function manifestLine(tools: PullContext, channel: string, id: string): Promise<string | null> {
  const answer = await tools.network.request(`/feed/${channel}/manifest?to=${id}`);
  try {
    if (answer.status === 410) return null;
    if (answer.status !== 200) throw new Interrupted(`manifest: ${answer.status}`);
    const { value } = await answer.lines(MANIFEST_LIMIT, MANIFEST_LIMIT, BYTES_LIMIT).next();
    if (value === undefined) throw new Interrupted("manifest");
    return isRefusal(value) ? "" : value;
  } finally {
    answer.close();
  }
}

async function giveUp(tools: PullContext, channel: string, why: unknown): Promise<PullStep> {
  await tools.store.dropProgress(channel);
  return { kind: "refused", refused: isRefusal(why) ? why.refused : "feed-malformed" };
}
