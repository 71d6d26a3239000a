/**
 * Repairs a download whose feed lines did not verify: fetches the signed manifest, then the missing pages by digest.
 * Tried once a pull.
 */

import { Interrupted } from "../net/network";
import { BYTES_LIMIT, readHeader } from "../protocol/feed";
import { parseManifest } from "../protocol/manifest";
import { isRefusal } from "../protocol/refusal";
import type { ChannelPosition, PullContext, PullStep } from "./context";
import { switchToEdition } from "./switch-edition";
import { verifyHeader } from "./verify";

/** Limit of a manifest of 10,000 entries in JSON, with its header. */
const MANIFEST_LIMIT = 4 * 1024 * 1024;

export async function repair(context: PullContext, position: ChannelPosition, id: string): Promise<PullStep> {
  const { channel } = position;
  const line = await manifestLine(context, channel, id);
  if (line === null) {
    await context.store.dropProgress(channel);
    return { kind: "again", changed: false };
  }
  const header = readHeader(line);
  const verified = isRefusal(header)
    ? header
    : await verifyHeader(context.verifier, channel, header, position.trust, position.holding);
  if (isRefusal(header) || isRefusal(verified)) return giveUp(context, channel, verified);
  const manifest = parseManifest(...(header.manifest ?? ["", ""]));
  if (isRefusal(manifest)) return giveUp(context, channel, manifest);
  const problem = await switchToEdition(context, channel, verified, verified.signed, manifest);
  if (problem) return giveUp(context, channel, problem);
  return verified.confirmed ? { kind: "head", changed: true } : { kind: "again", changed: true };
}

/** The response's one line, or null where the edition is gone from the server. */
async function manifestLine(context: PullContext, channel: string, id: string): Promise<string | null> {
  const response = await context.network.request(`/feed/${channel}/manifest?to=${id}`);
  try {
    if (response.status === 410) return null;
    if (response.status !== 200) throw new Interrupted(`manifest: ${response.status}`);
    const { value } = await response.lines(MANIFEST_LIMIT, MANIFEST_LIMIT, BYTES_LIMIT).next();
    if (value === undefined) throw new Interrupted("manifest");
    return isRefusal(value) ? "" : value;
  } finally {
    response.close();
  }
}

async function giveUp(context: PullContext, channel: string, why: unknown): Promise<PullStep> {
  await context.store.dropProgress(channel);
  return { kind: "refused", refused: isRefusal(why) ? why.refused : "feed-malformed" };
}
