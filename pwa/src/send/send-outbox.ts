/**
 * Sends the outbox (PROTOCOL.md, sections 11, 13 and 14) in small requests, and applies each verdict as it arrives,
 * so that a lost connection costs one request. Sending is idempotent: a submission's id is its digest. Nothing is
 * dropped before headquarters signed its receipt.
 */
import { decryptText, encryptText } from "../crypto/local-encryption";
import type { CarriedLine, FieldworkStore, OutboxEntry, Receipt, SubmissionPayload } from "../db/fieldwork-contract";
import { ServerBusy, readRows } from "../net/ndjson-rows";
import { Interrupted, type Network } from "../net/network";
import type { Verifier } from "../protocol/canonical";
import { receiptText } from "../protocol/submission";
import { allPieces, pieceLines } from "./attachment-pieces";
import { padJson } from "./padding";
import { type Line, type Verdict, batches, ignoreVerdict } from "./request-lines";
import { retryDelay } from "./retry-delay";
import { doWork, doWorkForEntry, isCurrent, withWork } from "./work";

/** Rounds of pieces that one submission may ask for in one run. */
const ROUNDS = 8;
/** Characters left for the worker to post: it has minutes. */
const MAIL_LIMIT = 3_000_000;

export interface SendContext {
  readonly fieldwork: FieldworkStore;
  readonly network: Network;
  readonly verifier: Verifier;
  readonly phoneKey: CryptoKey;
  readonly site: string;
  /** The key trusted for an epoch; undefined for one that this phone does not know yet. */
  readonly keyOfEpoch: (epoch: number) => string | undefined;
  readonly clock: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** The request's body and headers: compressed where the browser can, and padded. */
  readonly compress: (
    text: string,
  ) => Promise<{ readonly body: BodyInit; readonly headers: Readonly<Record<string, string>> }>;
  /** Called when the phone has worked for a report for a while, and its entry says so. */
  readonly onLongWork: () => void;
}

export type SendOutcome =
  | { readonly kind: "done"; readonly received: number }
  | { readonly kind: "interrupted" | "busy"; readonly received: number };

export class Sender {
  private receivedCount = 0;
  /** Lines of other phones whose pieces were missing, to be sent again. */
  private readonly incompleteLines: Line[] = [];

  constructor(private readonly context: SendContext) {}

  /** Sends what the device signed and what this phone carries, in batches. */
  async sendAll(): Promise<SendOutcome> {
    return this.run(async () => {
      const now = this.context.clock();
      const signedEntries = (await this.context.fieldwork.outbox()).filter(
        (entry) => !entry.public && entry.state === "waiting" && entry.notBefore <= now,
      );
      const lines: Line[] = [];
      for (const entry of signedEntries) lines.push(...(await this.linesOfEntry(entry)));
      lines.push(...(await this.linesOfOthers()));
      for (const batch of batches(lines)) await this.send(batch);
      for (const batch of batches(this.incompleteLines)) await this.send(batch);
      await this.requestReceipts();
    });
  }

  /** Sends one report, in a request of its own. */
  async sendReport(entry: OutboxEntry): Promise<SendOutcome> {
    return this.run(async () => this.send(await this.linesOfEntry(entry)));
  }

  /** Applies the responses that the worker got while no page was open. */
  async applyBackgroundResponses(answers: readonly string[]): Promise<void> {
    for (const line of answers.join("\n").split("\n")) {
      const verdict = line === "" ? null : (JSON.parse(line) as Verdict & { readonly id?: string });
      const entry = verdict?.id === undefined ? undefined : await this.context.fieldwork.outboxEntry(verdict.id);
      const payload = entry?.state === "waiting" && !verdict?.missing ? await this.payloadOf(entry) : null;
      if (entry && verdict && payload) await this.applyVerdict(entry, payload, verdict);
    }
  }

  /**
   * Prepares the worker's requests for what a device signed: submissions, their pieces, then submissions again for
   * the receipts.
   */
  async prepareBackgroundRequests(): Promise<string[]> {
    const { fieldwork } = this.context;
    const lines: string[] = [];
    const pieces: string[] = [];
    for (const entry of await fieldwork.outbox()) {
      const payload = entry.public || entry.state !== "waiting" ? null : await this.payloadOf(entry);
      if (!payload?.text) continue;
      const { text, signature } = payload;
      lines.push(JSON.stringify({ submission: text, signature }));
      pieces.push(...(await pieceLines(this.context, entry, text, allPieces(text))));
    }
    const requests = (of: readonly string[]) =>
      [...batches(of.map((text) => ({ text, onVerdict: ignoreVerdict })))].map((batch) =>
        batch.map(({ text }) => `${text}\n`).join(""),
      );
    const allRequests = [...requests(lines), ...requests(pieces), ...(pieces.length > 0 ? requests(lines) : [])];
    return allRequests.reduce((sum, text) => sum + text.length, 0) > MAIL_LIMIT ? requests(lines) : allRequests;
  }

  private async run(work: () => Promise<void>): Promise<SendOutcome> {
    try {
      await work();
      return { kind: "done", received: this.receivedCount };
    } catch (error) {
      if (error instanceof Interrupted) return { kind: "interrupted", received: this.receivedCount };
      if (error instanceof ServerBusy) return { kind: "busy", received: this.receivedCount };
      throw error;
    }
  }

  private async linesOfEntry(entry: OutboxEntry, site = false): Promise<Line[]> {
    const payload = await this.payloadOf(entry);
    if (!payload?.text) return [];
    const { text, signature } = payload;
    let rounds = 0;
    const take = async (verdict: Verdict): Promise<void> => {
      if (verdict.verdict === "accepted" && verdict.missing && rounds++ < ROUNDS) {
        const pieces = await pieceLines(this.context, entry, text, verdict.missing);
        for (const batch of batches(pieces.map((piece) => ({ text: piece, onVerdict: ignoreVerdict }))))
          await this.send(batch, site);
        await this.send([line], site);
      } else {
        await this.applyVerdict(entry, payload, verdict);
      }
    };
    const line: Line = {
      text: JSON.stringify({ submission: text, ...(signature ? { signature } : {}) }),
      entry: entry.id,
      doWork: (challenge) => doWorkForEntry(this.context, entry.id, challenge),
      onVerdict: take,
    };
    if (isCurrent(entry.work, this.context.clock())) {
      const work = entry.work.solution
        ? entry.work
        : await doWorkForEntry(this.context, entry.id, entry.work.challenge);
      if (work) line.text = withWork(line.text, work);
    }
    return [line];
  }

  private async payloadOf(entry: OutboxEntry): Promise<SubmissionPayload | null> {
    const text = await decryptText(this.context.phoneKey, entry.shut);
    return text === null ? null : (JSON.parse(text) as SubmissionPayload);
  }

  private async applyVerdict(entry: OutboxEntry, payload: SubmissionPayload, verdict: Verdict): Promise<void> {
    const { fieldwork, clock, random } = this.context;
    const change = (to: Partial<OutboxEntry>) =>
      fieldwork.changeEntry(entry.id, (current) => ({ ...withoutProblem(current), ...to }));
    if (verdict.verdict === "later") {
      const { code = "busy", seconds = 60 } = verdict;
      await fieldwork.changeEntry(entry.id, ({ tries = 0, ...current }) => ({
        ...current,
        tries: tries + 1,
        stuck: { code },
        notBefore: clock() + retryDelay(seconds, tries, random),
      }));
    } else if (verdict.verdict === "refused") {
      const { code = "submission-malformed", sentence } = verdict;
      await change({ state: "refused", stuck: { code, ...(sentence ? { sentence } : {}) } });
    } else if (verdict.receipt) {
      await this.acceptReceipt(entry, payload, verdict.receipt);
    } else if (verdict.verdict === "accepted") {
      await change({ state: "carried", carrier: verdict.carrier ?? "" });
    }
  }

  /** Drops the bytes once the receipt verifies. */
  private async acceptReceipt(entry: OutboxEntry, { secret }: SubmissionPayload, receipt: Receipt): Promise<void> {
    const { fieldwork, phoneKey } = this.context;
    const proven = await this.verifyReceipt(entry.id, receipt);
    if (proven) {
      this.receivedCount++;
      await fieldwork.markReceived({
        ...withoutProblem(entry),
        state: "received",
        receipt,
        shut: await encryptText(phoneKey, JSON.stringify({ secret })),
      });
    } else {
      await fieldwork.changeEntry(entry.id, (current) => ({
        ...current,
        state: "carried",
        stuck: { code: proven === null ? "receipt-key" : "receipt-false" },
      }));
    }
  }

  /** Null when the phone does not know the key yet. */
  private async verifyReceipt(id: string, [date, epoch, signature]: Receipt): Promise<boolean | null> {
    const key = this.context.keyOfEpoch(epoch);
    return key === undefined
      ? null
      : this.context.verifier.verify(key, receiptText(this.context.site, id, date), signature);
  }

  private async linesOfOthers(): Promise<Line[]> {
    const [whole, pieces]: [Line[], Line[]] = [[], []];
    for (const [key, carried] of await this.context.fieldwork.carried()) {
      const text = carried.state === "waiting" ? await decryptText(this.context.phoneKey, carried.shut) : null;
      if (text === null) continue;
      const isPiece = key !== carried.id;
      const alone = !isPiece && !text.includes('"signature":');
      const line: Line = {
        text,
        alone,
        doWork: (challenge) => doWork(challenge, carried.id),
        onVerdict: (verdict) => this.applyVerdictToCarried(key, carried, verdict, line),
      };
      (isPiece ? pieces : whole).push(line);
    }
    return [...whole, ...pieces]; // a piece is accepted once its submission is there
  }

  private async applyVerdictToCarried(key: string, carried: CarriedLine, verdict: Verdict, line: Line): Promise<void> {
    const { fieldwork } = this.context;
    if (verdict.missing && !this.incompleteLines.includes(line)) this.incompleteLines.push(line);
    if (verdict.verdict === "later" || verdict.missing) return;
    if (verdict.verdict === "refused")
      return verdict.code === "file-unknown" ? undefined : fieldwork.dropCarried([key]);
    if (verdict.receipt && (await this.verifyReceipt(carried.id, verdict.receipt))) {
      await this.keepReceiptForOther(carried.id, verdict.receipt);
      await fieldwork.dropCarried([key]);
    } else if (key === carried.id) {
      await fieldwork.saveCarried(new Map([[key, { ...carried, state: "carried" }]]));
    } else {
      await fieldwork.dropCarried([key]); // a piece that is there now
    }
  }

  private async keepReceiptForOther(id: string, receipt: Receipt): Promise<void> {
    const { fieldwork } = this.context;
    await fieldwork.saveSetting("receipts", { ...(await fieldwork.setting("receipts")), [id]: receipt });
  }

  /** Asks for the receipts of what other carriers hold. */
  private async requestReceipts(): Promise<void> {
    const { fieldwork, network } = this.context;
    const ownEntries = (await fieldwork.outbox()).filter((entry) => !entry.public && entry.state === "carried");
    const others = [...(await fieldwork.carried())].filter(([key, { id, state }]) => key === id && state === "carried");
    const ids = [...ownEntries.map(({ id }) => id), ...others.map(([key]) => key)].slice(0, 200);
    if (ids.length === 0) return;
    const response = await network.request("/inbox/receipts", { method: "POST", body: padJson(ids) });
    const answeredIds = new Set<string>();
    for await (const { id, receipt, erased } of readRows<{ id: string; receipt?: Receipt; erased?: true }>(response)) {
      answeredIds.add(id);
      await this.storeReceipt(
        ownEntries.find((entry) => entry.id === id),
        id,
        receipt,
        erased === true,
      );
    }
    if (response.isFromHub) return;
    const lines: Line[] = [];
    for (const entry of ownEntries)
      if (entry.carrier && !answeredIds.has(entry.id)) lines.push(...(await this.linesOfEntry(entry, true)));
    for (const batch of batches(lines)) await this.send(batch, true); // headquarters responds and does not have it: do not wait for the hub
  }

  private async storeReceipt(
    entry: OutboxEntry | undefined,
    id: string,
    receipt: Receipt | undefined,
    erased: boolean,
  ): Promise<void> {
    const { fieldwork } = this.context;
    if (entry) {
      const payload = await this.payloadOf(entry);
      if (payload && receipt) await this.acceptReceipt(entry, payload, receipt);
      else if (erased)
        await fieldwork.changeEntry(id, (current) => ({ ...current, state: "refused", stuck: { code: "erased" } }));
      return;
    }
    if (receipt && (await this.verifyReceipt(id, receipt))) await this.keepReceiptForOther(id, receipt);
    if (receipt || erased) await fieldwork.dropCarried([id]);
  }

  /** Sends one request; its verdicts are in the order of its lines. `site`: past the hub. */
  private async send(unmarked: readonly Line[], site = false): Promise<void> {
    const lines = await this.markLeft(unmarked);
    if (lines.length === 0) return;
    const { body, headers } = await this.context.compress(lines.map(({ text }) => `${text}\n`).join(""));
    const response = await this.context.network.request("/inbox", {
      method: "POST",
      body,
      headers: { "content-type": "application/x-ndjson", ...headers },
      siteOnly: site,
    });
    if (response.status === 413 || response.status === 400) {
      response.close();
      return this.sendOneByOne(lines, response.status, site);
    }
    const incomplete: [Line, Verdict][] = [];
    const challenged: [Line, Verdict][] = [];
    const refusedByHub: Line[] = [];
    let at = 0;
    for await (const verdict of readRows<Verdict>(response)) {
      const line = lines[at++];
      if (!line) break;
      if (verdict.missing)
        incomplete.push([line, verdict]); // asks again: after this answer
      else if (response.isFromHub && verdict.verdict === "refused")
        refusedByHub.push(line); // it may not know a new device or form yet
      else if (verdict.work) challenged.push([line, verdict]);
      else await line.onVerdict(verdict);
    }
    for (const [line, verdict] of incomplete) await line.onVerdict(verdict);
    for (const [line, verdict] of challenged) await this.sendWithWork(line, verdict, site);
    if (at < lines.length) throw new Interrupted("/inbox");
    for (const batch of batches(refusedByHub)) await this.send(batch, true);
  }

  /** The lines whose records are still in the outbox, marked before their bytes leave. */
  private async markLeft(lines: readonly Line[]): Promise<readonly Line[]> {
    const ids = lines.flatMap(({ entry }) => entry ?? []);
    if (ids.length === 0) return lines;
    const here = await this.context.fieldwork.markLeft(ids);
    return lines.filter(({ entry }) => entry === undefined || here.has(entry));
  }

  /** Sends a line again with the work that its verdict asks for, or takes the verdict where there is none to do. */
  private async sendWithWork(line: Line, verdict: Verdict, site: boolean): Promise<void> {
    const work = !line.hasWorked && verdict.work && (await line.doWork?.(verdict.work));
    line.hasWorked = true;
    if (!work) return line.onVerdict(verdict);
    line.text = withWork(line.text, work);
    await this.send([line], site);
  }

  /** Sends each line of a refused request alone, to find the bad one. */
  private async sendOneByOne(lines: readonly Line[], status: number, site: boolean): Promise<void> {
    if (lines.length > 1) for (const line of lines) await this.send([line], site);
    else
      await lines[0]?.onVerdict({
        verdict: "refused",
        code: status === 413 ? "submission-too-large" : "submission-malformed",
      });
  }
}

/** The entry without what kept it from being sent. */
function withoutProblem({ stuck: _, tries: __, work: ___, ...entry }: OutboxEntry): OutboxEntry {
  return entry;
}
