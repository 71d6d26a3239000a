/**
 * Sends what waits (PROTOCOL.md, sections 11, 13 and 14): small requests, each verdict taken as it comes, so that a cut costs one request.
 * Sending again is harmless: a submission's id is its bytes. Nothing leaves the phone's keeping before headquarters signed for it.
 */
import { decryptText, encryptText } from "../crypto/encrypt";
import type { CarriedLine, FieldworkStore, OutboxEntry, Receipt, SubmissionPayload } from "../db/fieldwork-contract";
import { ServerBusy, readRows } from "../net/ndjson-rows";
import { Interrupted, type Network } from "../net/network";
import type { Verifier } from "../protocol/canonical";
import { receiptText } from "../protocol/submission";
import { allPieces, piecesOf } from "./attachment-pieces";

/** Of one request: small enough that a cut on EDGE costs seconds. */
const BATCH_BYTES = 96 * 1024;
const BATCH_LINES = 20;
/** Rounds of pieces that one submission may ask for in one run. */
const ROUNDS = 8;
/** What the worker may be given to post: it has minutes. */
const MAIL_LIMIT = 3_000_000;

export interface SendContext {
  readonly desk: FieldworkStore;
  readonly network: Network;
  readonly verifier: Verifier;
  readonly phoneKey: CryptoKey;
  readonly site: string;
  /** The key trusted for an epoch; undefined for one that this phone does not know yet. */
  readonly keyOfEpoch: (epoch: number) => string | undefined;
  readonly clock: () => number;
  /** The body as it travels: packed where the browser can. */
  readonly compress: (
    text: string,
  ) => Promise<{ readonly body: BodyInit; readonly headers: Readonly<Record<string, string>> }>;
}

export type SendOutcome =
  | { readonly kind: "done"; readonly received: number }
  | { readonly kind: "interrupted" | "busy"; readonly received: number };

/** A line to send and whom its verdict concerns. */
interface Line {
  readonly text: string;
  /** In a request of its own: a report that nothing may be linked to. */
  readonly alone?: boolean;
  readonly take: (verdict: Verdict) => Promise<void>;
}

interface Verdict {
  readonly verdict?: string;
  readonly receipt?: Receipt;
  readonly missing?: Readonly<Record<string, readonly number[]>>;
  readonly carrier?: string;
  readonly code?: string;
  readonly sentence?: string;
  readonly seconds?: number;
}

export class Sender {
  private received = 0;
  /** Of others, what lacked pieces that may be sent by now. */
  private readonly lacking: Line[] = [];

  constructor(private readonly tools: SendContext) {}

  /** What the device signed and what this phone carries, in batches. */
  async sendAll(): Promise<SendOutcome> {
    return this.run(async () => {
      const now = this.tools.clock();
      const own = (await this.tools.desk.outbox()).filter(
        (sent) => !sent.public && sent.state === "waiting" && sent.notBefore <= now,
      );
      const lines: Line[] = [];
      for (const sent of own) lines.push(...(await this.ownLine(sent)));
      lines.push(...(await this.carriedLines()));
      for (const batch of batches(lines)) await this.send(batch);
      for (const batch of batches(this.lacking)) await this.send(batch);
      await this.askReceipts();
    });
  }

  /** One report, in a request of its own. */
  async sendReport(sent: OutboxEntry): Promise<SendOutcome> {
    return this.run(async () => this.send(await this.ownLine(sent)));
  }

  /** What the worker was answered while no page was there. */
  async takeBackgroundResponses(answers: readonly string[]): Promise<void> {
    for (const line of answers.join("\n").split("\n")) {
      const verdict = line === "" ? null : (JSON.parse(line) as Verdict & { readonly id?: string });
      const sent = verdict?.id === undefined ? undefined : await this.tools.desk.outboxEntry(verdict.id);
      const letter = sent?.state === "waiting" && !verdict?.missing ? await this.letterOf(sent) : null;
      if (sent && verdict && letter) await this.judge(sent, letter, verdict);
    }
  }

  /** The requests that would send what a device signed, for the worker: submissions, their pieces, and once more for the receipts. */
  async prepareBackgroundRequests(): Promise<string[]> {
    const { desk } = this.tools;
    const lines: string[] = [];
    const pieces: string[] = [];
    for (const sent of await desk.outbox()) {
      const letter = sent.public || sent.state !== "waiting" ? null : await this.letterOf(sent);
      if (!letter?.text) continue;
      const { text, signature } = letter;
      lines.push(JSON.stringify({ submission: text, signature }));
      pieces.push(...(await piecesOf(this.tools, sent, text, allPieces(text))));
    }
    const requests = (of: readonly string[]) =>
      [...batches(of.map((text) => ({ text, take: refuseNothing })))].map((batch) =>
        batch.map(({ text }) => `${text}\n`).join(""),
      );
    const made = [...requests(lines), ...requests(pieces), ...(pieces.length > 0 ? requests(lines) : [])];
    return made.reduce((sum, text) => sum + text.length, 0) > MAIL_LIMIT ? requests(lines) : made;
  }

  private async run(work: () => Promise<void>): Promise<SendOutcome> {
    try {
      await work();
      return { kind: "done", received: this.received };
    } catch (error) {
      if (error instanceof Interrupted) return { kind: "interrupted", received: this.received };
      if (error instanceof ServerBusy) return { kind: "busy", received: this.received };
      throw error;
    }
  }

  private async ownLine(sent: OutboxEntry, site = false): Promise<Line[]> {
    const letter = await this.letterOf(sent);
    if (!letter?.text) return [];
    const { text, signature } = letter;
    let rounds = 0;
    const take = async (verdict: Verdict): Promise<void> => {
      if (verdict.verdict === "accepted" && verdict.missing && rounds++ < ROUNDS) {
        const pieces = await piecesOf(this.tools, sent, text, verdict.missing);
        for (const batch of batches(pieces.map((piece) => ({ text: piece, take: refuseNothing }))))
          await this.send(batch, site);
        await this.send([line], site);
      } else {
        await this.judge(sent, letter, verdict);
      }
    };
    const line: Line = { text: JSON.stringify({ submission: text, ...(signature ? { signature } : {}) }), take };
    return [line];
  }

  private async letterOf(sent: OutboxEntry): Promise<SubmissionPayload | null> {
    const text = await decryptText(this.tools.phoneKey, sent.shut);
    return text === null ? null : (JSON.parse(text) as SubmissionPayload);
  }

  private async judge(sent: OutboxEntry, letter: SubmissionPayload, verdict: Verdict): Promise<void> {
    const { desk, clock } = this.tools;
    const change = (to: Partial<OutboxEntry>) =>
      desk.changeEntry(sent.id, ({ stuck: _, ...old }) => ({ ...old, ...to }));
    if (verdict.verdict === "later") {
      await change({ stuck: { code: verdict.code ?? "busy" }, notBefore: clock() + (verdict.seconds ?? 60) * 1000 });
    } else if (verdict.verdict === "refused") {
      const { code = "submission-malformed", sentence } = verdict;
      await change({ state: "refused", stuck: { code, ...(sentence ? { sentence } : {}) } });
    } else if (verdict.receipt) {
      await this.receive(sent, letter, verdict.receipt);
    } else if (verdict.verdict === "accepted") {
      await change({ state: "carried", carrier: verdict.carrier ?? "" });
    }
  }

  /** Only a receipt that proves lets the bytes go. */
  private async receive(sent: OutboxEntry, { secret }: SubmissionPayload, receipt: Receipt): Promise<void> {
    const { desk, phoneKey } = this.tools;
    const proven = await this.proves(sent.id, receipt);
    if (proven) {
      this.received++;
      const { stuck: _, ...rest } = sent;
      await desk.markReceived({
        ...rest,
        state: "received",
        receipt,
        shut: await encryptText(phoneKey, JSON.stringify({ secret })),
      });
    } else {
      await desk.changeEntry(sent.id, (old) => ({
        ...old,
        state: "carried",
        stuck: { code: proven === null ? "receipt-key" : "receipt-false" },
      }));
    }
  }

  /** Null when the phone does not know the key yet. */
  private async proves(id: string, [date, epoch, signature]: Receipt): Promise<boolean | null> {
    const key = this.tools.keyOfEpoch(epoch);
    return key === undefined
      ? null
      : this.tools.verifier.verify(key, receiptText(this.tools.site, id, date), signature);
  }

  private async carriedLines(): Promise<Line[]> {
    const [whole, pieces]: [Line[], Line[]] = [[], []];
    for (const [key, carried] of await this.tools.desk.carried()) {
      const text = carried.state === "waiting" ? await decryptText(this.tools.phoneKey, carried.shut) : null;
      if (text === null) continue;
      const isPiece = key !== carried.id;
      const alone = !isPiece && !text.includes('"signature":');
      const line: Line = { text, alone, take: (verdict) => this.judgeCarried(key, carried, verdict, line) };
      (isPiece ? pieces : whole).push(line);
    }
    return [...whole, ...pieces]; // a piece is taken for a submission that is there
  }

  private async judgeCarried(key: string, carried: CarriedLine, verdict: Verdict, line: Line): Promise<void> {
    const { desk } = this.tools;
    if (verdict.missing && !this.lacking.includes(line)) this.lacking.push(line);
    if (verdict.verdict === "later" || verdict.missing) return;
    if (verdict.verdict === "refused") return verdict.code === "file-unknown" ? undefined : desk.dropCarried([key]);
    if (verdict.receipt && (await this.proves(carried.id, verdict.receipt))) {
      await this.takeBack(carried.id, verdict.receipt);
      await desk.dropCarried([key]);
    } else if (key === carried.id) {
      await desk.saveCarried(new Map([[key, { ...carried, state: "carried" }]]));
    } else {
      await desk.dropCarried([key]); // a piece that is there now
    }
  }

  private async takeBack(id: string, receipt: Receipt): Promise<void> {
    const { desk } = this.tools;
    await desk.saveSetting("receipts", { ...(await desk.setting("receipts")), [id]: receipt });
  }

  /** Of what others hold now: whether headquarters has signed for it meanwhile. */
  private async askReceipts(): Promise<void> {
    const { desk, network } = this.tools;
    const own = (await desk.outbox()).filter((sent) => !sent.public && sent.state === "carried");
    const others = [...(await desk.carried())].filter(([key, { id, state }]) => key === id && state === "carried");
    const ids = [...own.map(({ id }) => id), ...others.map(([key]) => key)].slice(0, 200);
    if (ids.length === 0) return;
    const answer = await network.request("/inbox/receipts", { method: "POST", body: JSON.stringify(ids) });
    const told = new Set<string>();
    for await (const { id, receipt, erased } of readRows<{ id: string; receipt?: Receipt; erased?: true }>(answer)) {
      told.add(id);
      await this.takeReceipt(
        own.find((sent) => sent.id === id),
        id,
        receipt,
        erased === true,
      );
    }
    if (answer.isFromHub) return;
    const lines: Line[] = [];
    for (const sent of own) if (sent.carrier && !told.has(sent.id)) lines.push(...(await this.ownLine(sent, true)));
    for (const batch of batches(lines)) await this.send(batch, true); // headquarters is here and does not have it: why wait for the hub
  }

  private async takeReceipt(
    sent: OutboxEntry | undefined,
    id: string,
    receipt: Receipt | undefined,
    erased: boolean,
  ): Promise<void> {
    const { desk } = this.tools;
    if (sent) {
      const letter = await this.letterOf(sent);
      if (letter && receipt) await this.receive(sent, letter, receipt);
      else if (erased) await desk.changeEntry(id, (old) => ({ ...old, state: "refused", stuck: { code: "erased" } }));
      return;
    }
    if (receipt && (await this.proves(id, receipt))) await this.takeBack(id, receipt);
    if (receipt || erased) await desk.dropCarried([id]);
  }

  /** One request. Its verdicts come in the order of its lines. `site`: past the hub. */
  private async send(lines: readonly Line[], site = false): Promise<void> {
    if (lines.length === 0) return;
    const { body, headers } = await this.tools.compress(lines.map(({ text }) => `${text}\n`).join(""));
    const answer = await this.tools.network.request("/inbox", {
      method: "POST",
      body,
      headers: { "content-type": "application/x-ndjson", ...headers },
      siteOnly: site,
    });
    if (answer.status === 413 || answer.status === 400) {
      answer.close();
      return this.sendApart(lines, answer.status, site);
    }
    const taken: [Line, Verdict][] = [];
    const doubted: Line[] = [];
    let at = 0;
    for await (const verdict of readRows<Verdict>(answer)) {
      const line = lines[at++];
      if (!line) break;
      if (verdict.missing)
        taken.push([line, verdict]); // asks again: after this answer
      else if (answer.isFromHub && verdict.verdict === "refused")
        doubted.push(line); // it may not know a new device or form yet
      else await line.take(verdict);
    }
    for (const [line, verdict] of taken) await line.take(verdict);
    if (at < lines.length) throw new Interrupted("/inbox");
    for (const batch of batches(doubted)) await this.send(batch, true);
  }

  /** A request refused as a whole: each line by itself, to find the one. */
  private async sendApart(lines: readonly Line[], status: number, site: boolean): Promise<void> {
    if (lines.length > 1) for (const line of lines) await this.send([line], site);
    else
      await lines[0]?.take({
        verdict: "refused",
        code: status === 413 ? "submission-too-large" : "submission-malformed",
      });
  }
}

async function refuseNothing(): Promise<void> {
  // what became of a piece shows in the next verdict of its submission
}

function* batches(lines: readonly Line[]): Generator<Line[]> {
  let batch: Line[] = [];
  let bytes = 0;
  for (const line of lines) {
    const full =
      batch.length === BATCH_LINES || bytes + line.text.length > BATCH_BYTES || line.alone || batch[0]?.alone;
    if (full && batch.length > 0) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(line);
    bytes += line.text.length;
  }
  if (batch.length > 0) yield batch;
}
