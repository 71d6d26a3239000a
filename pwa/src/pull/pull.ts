/**
 * Brings a phone to the newest edition of a channel: asks, resumes, verifies, shows `first` early, switches when
 * everything is there. Every failure is an outcome; the phone shows the old edition until one write switches.
 */

import { type PhoneStore, StorageFull } from "../db/store-contract";
import { Interrupted, type NetworkResponse } from "../net/network";
import { isRepairable } from "../protocol/refusal";
import { parseFreshness } from "../protocol/trust";
import type { ChannelPosition, PullContext, PullStep } from "./context";
import { readFeedResponse } from "./feed-reader";
import type { PullOutcome } from "./outcome";
import { repair } from "./repair";
import { withConfirmation } from "./verify";

/** Responses of one pull: a snapshot, a delta from it and a pruned edition in between need no more. */
const ANSWERS = 6;

export async function pull(context: PullContext, channel: string): Promise<PullOutcome> {
  let changed = false;
  let repaired = false;
  try {
    for (let answers = 0; answers < ANSWERS; answers++) {
      const position = await readPosition(context.store, channel);
      const step = await takeStep(context, position, repaired);
      if (step.kind === "repair") {
        repaired = true;
        await context.store.keepPages(new Map(), {
          progress: { channel, id: step.id, base: "", changes: [], repairing: true },
        });
      } else if (step.kind === "again") {
        changed ||= step.changed;
      } else {
        return step.kind === "head" ? { kind: "head", changed: changed || step.changed } : step;
      }
    }
    return { kind: "busy" };
  } catch (error) {
    if (error instanceof Interrupted) return { kind: "interrupted", progressed: changed };
    if (error instanceof StorageFull) return { kind: "storage-full" };
    throw error;
  }
}

async function takeStep(context: PullContext, position: ChannelPosition, repaired: boolean): Promise<PullStep> {
  if (position.progress?.repairing) return repair(context, position, position.progress.id);
  const response = await context.network.request(feedAddress(position));
  try {
    const step = await readResponse(context, position, response);
    const outrun = step.kind === "refused" && step.refused === "edition-older" && position.progress;
    if (step.kind !== "repair" && !outrun) return step;
    await context.store.dropProgress(position.channel);
    if (step.kind !== "repair") return { kind: "again", changed: false }; // another tab has brought a newer one meanwhile
    return isRepairable(step.why) && !repaired ? step : { kind: "refused", refused: step.why.refused };
  } finally {
    response.close();
  }
}

async function readResponse(
  context: PullContext,
  position: ChannelPosition,
  response: NetworkResponse,
): Promise<PullStep> {
  if (response.status === 200) return readFeedResponse(context, position, response);
  if (response.status === 204) return confirmNewest(context, position, response);
  if (response.status === 404) return { kind: "unknown-channel" };
  if (position.progress && (response.status === 410 || response.status === 400)) {
    await context.store.dropProgress(position.channel);
    return { kind: "again", changed: false };
  }
  return { kind: "busy" };
}

/** Handles a server's confirmation that the edition held is the newest. */
async function confirmNewest(
  context: PullContext,
  { holding, trust }: ChannelPosition,
  response: NetworkResponse,
): Promise<PullStep> {
  if (!holding?.whole || !trust) return { kind: "busy" };
  if (holding.early) return { kind: "refused", refused: "edition-older" }; // this phone has seen a newer one
  const confirmed = await withConfirmation(
    context.verifier,
    trust,
    holding,
    parseFreshness(response.header("Kunnafoni-Fresh")),
  );
  if (confirmed !== holding) await context.store.show(confirmed, trust, false);
  return { kind: "head", changed: false };
}

async function readPosition(store: PhoneStore, channel: string): Promise<ChannelPosition> {
  const [holding, progress, trust] = await Promise.all([
    store.holding(channel),
    store.progress(channel),
    store.trust(),
  ]);
  const fits = progress && (progress.repairing || progress.base === "" || progress.base === holding?.whole?.id);
  return { channel, holding, progress: fits ? progress : undefined, trust };
}

function feedAddress({ channel, holding, progress }: ChannelPosition): string {
  const query = new URLSearchParams();
  const have = progress ? progress.base : holding?.whole?.id;
  if (have) query.set("have", have);
  if (progress) {
    query.set("to", progress.id);
    query.set("after", String(progress.changes.length));
  }
  const text = query.toString();
  return `/feed/${channel}${text && `?${text}`}`;
}
