/** Reads one feed response: keeps pages in batches, shows `first` once it verifies, switches once everything does. */
import type { Holding } from "../db/store-contract";
import { Interrupted, type NetworkResponse } from "../net/network";
import {
  BYTES_LIMIT,
  type ChangeLine,
  type FeedHeader,
  type FeedState,
  HEADER_LIMIT,
  LINE_LIMIT,
  finishFeed,
  isFeedComplete,
  partialManifest,
  readChangeLine,
  readHeader,
  recordChange,
  startFeed,
} from "../protocol/feed";
import { type Manifest, firstText, parseManifest } from "../protocol/manifest";
import { applyPatch } from "../protocol/patch";
import { type Refusal, isRefusal, refuse } from "../protocol/refusal";
import type { ChannelPosition, PullContext, PullStep } from "./context";
import { withEviction } from "./eviction";
import { switchToEdition } from "./switch-edition";
import { type VerifiedHeader, verifyHeader, withConfirmation } from "./verify";

/** Bytes of pages written together: the most that a power failure costs. */
const BATCH = 64 * 1024;

export async function readFeedResponse(
  context: PullContext,
  position: ChannelPosition,
  response: NetworkResponse,
): Promise<PullStep> {
  const lines = response.lines(HEADER_LIMIT, LINE_LIMIT, BYTES_LIMIT);
  const opening = await lines.next();
  if (opening.done) throw new Interrupted("no header");
  const header = isRefusal(opening.value) ? opening.value : readHeader(opening.value);
  if (isRefusal(header)) return refused(header);
  const verified = await verifyHeader(context.verifier, position.channel, header, position.trust, position.holding);
  if (isRefusal(verified)) return refused(verified);
  if (verified.id === position.holding?.whole?.id) return confirmHeld(context, position.holding, verified, header);
  const download = startDownload(context, position, header, verified);
  if (isRefusal(download)) return { kind: "repair", id: verified.id, why: download };
  if (download.isFirstPartShown && !download.feed.base && context.stopsAfterFirst()) return { kind: "first-only" };
  const end = await download.run(lines);
  if (isRefusal(end)) return { kind: "repair", id: verified.id, why: end };
  return end;
}

function refused({ refused }: Refusal): PullStep {
  return { kind: "refused", refused };
}

/** Handles a feed that leads to the edition held: only its date of confirmation may be new. */
async function confirmHeld(
  context: PullContext,
  holding: Holding,
  verified: VerifiedHeader,
  header: FeedHeader,
): Promise<PullStep> {
  const confirmed = await withConfirmation(context.verifier, verified.trust, holding, header.fresh);
  await context.store.show(confirmed, verified.trust, true);
  return { kind: "head", changed: false };
}

function startDownload(
  context: PullContext,
  { channel, holding, progress }: ChannelPosition,
  header: FeedHeader,
  verified: VerifiedHeader,
): Download | Refusal {
  const whole = holding?.whole;
  if (header.base !== "" && header.base !== whole?.id) return refuse("base-unknown");
  const base = header.base !== "" && whole ? parseManifest(whole.first, whole.rest) : null;
  if (isRefusal(base)) return base;
  const earlier = progress?.id === verified.id && progress.base === header.base ? progress.changes : [];
  const feed = startFeed(header, base, earlier);
  return isRefusal(feed) ? feed : new Download(context, channel, holding, verified, feed);
}

/** One feed response being stored. */
class Download {
  /** True if this edition's first part is already shown. */
  isFirstPartShown: boolean;
  private batch = new Map<string, string>();
  private batchBytes = 0;
  private bytes = 0;
  private readonly startedAt: number;

  constructor(
    private readonly context: PullContext,
    private readonly channel: string,
    private holding: Holding | undefined,
    private readonly verified: VerifiedHeader,
    readonly feed: FeedState,
  ) {
    this.isFirstPartShown = holding?.early?.id === verified.id;
    this.startedAt = feed.changes.length;
  }

  async run(lines: AsyncGenerator<string | Refusal, void>): Promise<PullStep | Refusal> {
    try {
      for await (const line of lines) {
        const problem = isRefusal(line) ? line : await this.applyLine(line);
        if (problem) return problem;
        if (this.isBatchDue()) await this.flush();
        if (this.isFirstPartShown && !this.feed.base && this.context.stopsAfterFirst()) return { kind: "first-only" };
      }
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
    }
    return isFeedComplete(this.feed) ? this.finish() : this.endInterrupted();
  }

  private async applyLine(text: string): Promise<Refusal | null> {
    const change = readChangeLine(this.feed, text);
    if (isRefusal(change)) return change;
    const digest = await this.digestOf(change);
    if (isRefusal(digest)) return digest;
    recordChange(this.feed, change, digest);
    this.bytes += text.length;
    this.reportProgress();
    return null;
  }

  /** The digest of a line's page; adds the body to the batch. */
  private async digestOf(change: ChangeLine): Promise<string | Refusal> {
    if (!("body" in change) && change.patch === null) return change.old;
    const body = "body" in change ? change.body : await this.applyPatchOf(change.old, change.patch ?? []);
    if (isRefusal(body)) return body;
    const digest = await this.context.verifier.digest(body);
    this.batch.set(digest, body);
    this.batchBytes += body.length;
    return digest;
  }

  private async applyPatchOf(oldDigest: string, patch: readonly unknown[]): Promise<string | Refusal> {
    const body = await this.context.store.body(oldDigest);
    return body === undefined ? refuse("patch-misfit") : applyPatch(body, patch);
  }

  private isBatchDue(): boolean {
    const firstIsHere = !this.feed.base && this.feed.changes.length === this.feed.header.first;
    return firstIsHere || this.batchBytes >= BATCH;
  }

  /** Stores the batch, and shows `first` once it verifies. */
  private async flush(): Promise<void> {
    const { id } = this.verified;
    const { changes, header } = this.feed;
    const progress = { channel: this.channel, id, base: header.base, changes: [...changes], repairing: false };
    await withEviction(this.context, this.channel, () =>
      this.context.store.keepPages(this.batch, { progress, trust: this.verified.trust }),
    );
    this.batch = new Map();
    this.batchBytes = 0;
    if (!this.isFirstPartShown && !isFeedComplete(this.feed)) await this.showFirst();
    this.reportProgress();
  }

  private async showFirst(): Promise<void> {
    const { base, changes, header } = this.feed;
    if (!base && changes.length < header.first) return;
    const manifest = partialManifest(this.feed);
    if (isRefusal(manifest)) return;
    const first = firstText(manifest);
    const { statement } = this.verified;
    if ((await this.context.verifier.digest(first)) !== statement.first) return;
    if (
      (await this.context.store.missing(manifest.entries.slice(0, manifest.first).map((entry) => entry.digest))).length
    )
      return;
    const whole = this.holding?.whole ?? null;
    const confirmed = whole ? (this.holding?.confirmed ?? "") : this.verified.confirmed || statement.date;
    this.holding = { channel: this.channel, whole, early: { ...this.verified.signed, first }, confirmed };
    await this.context.store.show(this.holding, this.verified.trust, false);
    this.isFirstPartShown = true;
  }

  private async endInterrupted(): Promise<PullStep> {
    await this.flush();
    return { kind: "interrupted", progressed: this.feed.changes.length > this.startedAt };
  }

  private async finish(): Promise<PullStep | Refusal> {
    const manifest: Manifest | Refusal = finishFeed(this.feed);
    await this.flush();
    if (isRefusal(manifest)) return manifest;
    const problem = await switchToEdition(this.context, this.channel, this.verified, this.verified.signed, manifest);
    if (problem) return problem;
    return this.verified.confirmed ? { kind: "head", changed: true } : { kind: "again", changed: true };
  }

  private reportProgress(): void {
    const { header, changes } = this.feed;
    this.context.onProgress({
      pages: changes.length,
      pagesTotal: header.count,
      bytes: this.bytes,
      bytesTotal: header.bytes,
      isFirstDownload: !this.holding?.whole,
      isFirstPartReady: this.isFirstPartShown || !!this.holding?.whole,
    });
  }
}
