/** Reads one feed answer: keeps pages in batches as they come, shows `first` once it proves, switches once all proves. */
import type { Holding } from "../db/contract";
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

/** Bytes of pages that are kept together: what a phone that dies loses at most. */
const BATCH = 64 * 1024;

export async function readFeedResponse(
  tools: PullContext,
  position: ChannelPosition,
  answer: NetworkResponse,
): Promise<PullStep> {
  const lines = answer.lines(HEADER_LIMIT, LINE_LIMIT, BYTES_LIMIT);
  const opening = await lines.next();
  if (opening.done) throw new Interrupted("no header");
  const header = isRefusal(opening.value) ? opening.value : readHeader(opening.value);
  if (isRefusal(header)) return refused(header);
  const judged = await verifyHeader(tools.verifier, position.channel, header, position.trust, position.holding);
  if (isRefusal(judged)) return refused(judged);
  if (judged.id === position.holding?.whole?.id) return known(tools, position.holding, judged, header);
  const download = prepare(tools, position, header, judged);
  if (isRefusal(download)) return { kind: "repair", id: judged.id, why: download };
  if (download.early && !download.reading.base && tools.stopsAfterFirst()) return { kind: "first-only" };
  const end = await download.run(lines);
  if (isRefusal(end)) return { kind: "repair", id: judged.id, why: end };
  return end;
}

function refused({ refused }: Refusal): PullStep {
  return { kind: "refused", refused };
}

/** The answer leads to what this phone has: only the date may be news. */
async function known(
  tools: PullContext,
  holding: Holding,
  judged: VerifiedHeader,
  header: FeedHeader,
): Promise<PullStep> {
  const confirmed = await withConfirmation(tools.verifier, judged.trust, holding, header.fresh);
  await tools.store.show(confirmed, judged.trust, true);
  return { kind: "head", changed: false };
}

function prepare(
  tools: PullContext,
  { channel, holding, progress }: ChannelPosition,
  header: FeedHeader,
  judged: VerifiedHeader,
): Download | Refusal {
  const whole = holding?.whole;
  if (header.base !== "" && header.base !== whole?.id) return refuse("base-unknown");
  const base = header.base !== "" && whole ? parseManifest(whole.first, whole.rest) : null;
  if (isRefusal(base)) return base;
  const earlier = progress?.id === judged.id && progress.base === header.base ? progress.changes : [];
  const reading = startFeed(header, base, earlier);
  return isRefusal(reading) ? reading : new Download(tools, channel, holding, judged, reading);
}

/** One answer on its way into the store. */
class Download {
  /** Whether this edition's first part is already shown. */
  early: boolean;
  private batch = new Map<string, string>();
  private batchBytes = 0;
  private bytes = 0;
  private readonly startedAt: number;

  constructor(
    private readonly tools: PullContext,
    private readonly channel: string,
    private holding: Holding | undefined,
    private readonly judged: VerifiedHeader,
    readonly reading: FeedState,
  ) {
    this.early = holding?.early?.id === judged.id;
    this.startedAt = reading.changes.length;
  }

  async run(lines: AsyncGenerator<string | Refusal, void>): Promise<PullStep | Refusal> {
    try {
      for await (const line of lines) {
        const problem = isRefusal(line) ? line : await this.line(line);
        if (problem) return problem;
        if (this.isDue()) await this.flush();
        if (this.early && !this.reading.base && this.tools.stopsAfterFirst()) return { kind: "first-only" };
      }
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
    }
    return isFeedComplete(this.reading) ? this.finish() : this.cut();
  }

  private async line(text: string): Promise<Refusal | null> {
    const asked = readChangeLine(this.reading, text);
    if (isRefusal(asked)) return asked;
    const digest = await this.digestOf(asked);
    if (isRefusal(digest)) return digest;
    recordChange(this.reading, asked, digest);
    this.bytes += text.length;
    this.tell();
    return null;
  }

  /** The digest of the page that a line gives, its body put into the batch. */
  private async digestOf(asked: ChangeLine): Promise<string | Refusal> {
    if (!("body" in asked) && asked.patch === null) return asked.old;
    const body = "body" in asked ? asked.body : await this.patched(asked.old, asked.patch ?? []);
    if (isRefusal(body)) return body;
    const digest = await this.tools.verifier.digest(body);
    this.batch.set(digest, body);
    this.batchBytes += body.length;
    return digest;
  }

  private async patched(old: string, patch: readonly unknown[]): Promise<string | Refusal> {
    const body = await this.tools.store.body(old);
    return body === undefined ? refuse("patch-misfit") : applyPatch(body, patch);
  }

  private isDue(): boolean {
    const firstIsHere = !this.reading.base && this.reading.changes.length === this.reading.header.first;
    return firstIsHere || this.batchBytes >= BATCH;
  }

  /** Keeps what has come; shows `first` when it proves by now. */
  private async flush(): Promise<void> {
    const { id } = this.judged;
    const { changes, header } = this.reading;
    const progress = { channel: this.channel, id, base: header.base, changes: [...changes], repairing: false };
    await withEviction(this.tools, this.channel, () =>
      this.tools.store.keepPages(this.batch, { progress, trust: this.judged.trust }),
    );
    this.batch = new Map();
    this.batchBytes = 0;
    if (!this.early && !isFeedComplete(this.reading)) await this.showFirst();
    this.tell();
  }

  private async showFirst(): Promise<void> {
    const { base, changes, header } = this.reading;
    if (!base && changes.length < header.first) return;
    const manifest = partialManifest(this.reading);
    if (isRefusal(manifest)) return;
    const first = firstText(manifest);
    const { statement } = this.judged;
    if ((await this.tools.verifier.digest(first)) !== statement.first) return;
    if ((await this.tools.store.missing(manifest.entries.slice(0, manifest.first).map((entry) => entry.digest))).length)
      return;
    const whole = this.holding?.whole ?? null;
    const confirmed = whole ? (this.holding?.confirmed ?? "") : this.judged.confirmed || statement.date;
    this.holding = { channel: this.channel, whole, early: { ...this.judged.signed, first }, confirmed };
    await this.tools.store.show(this.holding, this.judged.trust, false);
    this.early = true;
  }

  private async cut(): Promise<PullStep> {
    await this.flush();
    return { kind: "interrupted", progressed: this.reading.changes.length > this.startedAt };
  }

  private async finish(): Promise<PullStep | Refusal> {
    const manifest: Manifest | Refusal = finishFeed(this.reading);
    await this.flush();
    if (isRefusal(manifest)) return manifest;
    const problem = await switchToEdition(this.tools, this.channel, this.judged, this.judged.signed, manifest);
    if (problem) return problem;
    return this.judged.confirmed ? { kind: "head", changed: true } : { kind: "again", changed: true };
  }

  private tell(): void {
    const { header, changes } = this.reading;
    this.tools.onProgress({
      pages: changes.length,
      pagesTotal: header.count,
      bytes: this.bytes,
      bytesTotal: header.bytes,
      isFirstDownload: !this.holding?.whole,
      isFirstPartReady: this.early || !!this.holding?.whole,
    });
  }
}
