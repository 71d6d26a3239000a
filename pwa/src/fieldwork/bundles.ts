/** What waits, as a file for another phone; what other phones wait for, taken along; receipts on their way back (PROTOCOL.md, section 13). */
import { fromUtf8, utf8 } from "../crypto/bytes";
import { openText, shutText } from "../crypto/encrypt";
import { proofs } from "../crypto/verifier";
import type { Carried, DeskStore, Letter, Receipt, Sent } from "../db/fieldwork-contract";
import { gunzip, gzip } from "../net/gzip";
import { type BundleKind, isGzip, linesOf, readBundle, writeBundle } from "../protocol/bundle";
import { type Refusal, isRefusal, refuse } from "../protocol/refusal";
import { receiptText } from "../protocol/submission";
import { everyPiece, piecesOf } from "../send/attachment-pieces";
import { phoneKeyOf } from "./vault";

/** What one file may unpack to: it came from who knows where. */
const UNPACKED_LIMIT = 64 * 1024 * 1024;

export interface MadeBundle {
  readonly name: string;
  readonly text: string;
  readonly count: number;
}

/** A file with these and, when all are asked for, with what this phone carries for others. */
export async function bundleOf(
  desk: DeskStore,
  site: string,
  day: string,
  sent: readonly Sent[],
  words: readonly string[],
  carried: boolean,
): Promise<MadeBundle> {
  const phoneKey = await phoneKeyOf(desk);
  const lines: string[] = [];
  for (const each of sent) {
    const letter = JSON.parse((await openText(phoneKey, each.shut)) ?? "{}") as Partial<Letter>;
    if (letter.text === undefined) continue;
    const { text, signature } = letter;
    lines.push(JSON.stringify({ submission: text, ...(signature ? { signature } : {}) }));
    lines.push(...(await piecesOf({ desk, phoneKey }, each, text, everyPiece(text))));
  }
  if (carried) {
    for (const { shut } of (await desk.carried()).values()) {
      const line = await openText(phoneKey, shut);
      if (line !== null) lines.push(line);
    }
  }
  return file("submissions", site, day, lines, words);
}

/** A file with the receipts this phone takes back. */
export async function receiptsOf(
  desk: DeskStore,
  site: string,
  day: string,
  words: readonly string[],
): Promise<MadeBundle> {
  const receipts = Object.entries((await desk.setting("receipts")) ?? {});
  return file(
    "receipts",
    site,
    day,
    receipts.map(([id, receipt]) => JSON.stringify({ id, receipt })),
    words,
  );
}

async function file(
  kind: BundleKind,
  site: string,
  day: string,
  lines: readonly string[],
  words: readonly string[],
): Promise<MadeBundle> {
  const whole = lines.map((line) => `${line}\n`).join("");
  const body = (await gzip(whole)) ?? utf8(whole);
  const count = kind === "receipts" ? lines.length : lines.filter((line) => line.startsWith('{"submission"')).length;
  return { name: `kunnafoni-${day}-${count}.txt`, text: writeBundle({ kind, site, body }, words), count };
}

export type Taken =
  | { readonly kind: "carried"; readonly count: number }
  | { readonly kind: "receipts"; readonly count: number };

export interface Reader {
  readonly desk: DeskStore;
  readonly site: string;
  readonly day: string;
  /** The key trusted for an epoch. */
  readonly keyOf: (epoch: number) => string | undefined;
}

/** Takes what a file holds: others' submissions to carry, or receipts for one's own and to hand on. */
export async function takeBundle(reader: Reader, text: string): Promise<Taken | Refusal> {
  const bundle = readBundle(text);
  if (isRefusal(bundle)) return bundle;
  if (bundle.site !== reader.site) return refuse("other-site");
  const { body } = bundle;
  const unpacked = isGzip(body) ? await gunzip(body, UNPACKED_LIMIT) : fromUtf8(body);
  const lines = unpacked === null ? refuse("bundle-malformed") : linesOf(unpacked);
  if (isRefusal(lines)) return lines;
  return bundle.kind === "receipts" ? takeReceipts(reader, lines) : carry(reader, lines);
}

/** Lines are kept as they came. One's own, brought back by a courier, are left aside. */
async function carry({ desk, day }: Reader, lines: readonly string[]): Promise<Taken | Refusal> {
  const phoneKey = await phoneKeyOf(desk);
  const held = await desk.carried();
  const kept = new Map<string, Carried>();
  let count = 0;
  for (const line of lines) {
    const row = parsed(line);
    const text = row?.submission;
    const isWhole = typeof text === "string";
    const id = isWhole ? await proofs.digest(text) : "";
    const key = isWhole ? id : `${String(row?.file)}/${String(row?.at)}`;
    if (!row || (!isWhole && typeof row.file !== "string")) return refuse("bundle-malformed");
    if (held.has(key) || (isWhole && (await desk.sent(id)))) continue;
    kept.set(key, { id, day, state: "waiting", shut: await shutText(phoneKey, line) });
    if (isWhole) count++;
  }
  await desk.carry(kept);
  return { kind: "carried", count };
}

async function takeReceipts({ desk, site, keyOf }: Reader, lines: readonly string[]): Promise<Taken | Refusal> {
  const phoneKey = await phoneKeyOf(desk);
  const receipts: Record<string, Receipt> = { ...(await desk.setting("receipts")) };
  const drop: string[] = [];
  let count = 0;
  for (const line of lines) {
    const row = parsed(line);
    const [id, receipt] = [row?.id, row?.receipt];
    if (typeof id !== "string" || !Array.isArray(receipt)) return refuse("bundle-malformed");
    const [date, epoch, signature] = receipt as unknown as Receipt;
    const key = keyOf(epoch);
    if (!key || !(await proofs.verify(key, receiptText(site, id, date), signature))) continue;
    const sent = await desk.sent(id);
    if (sent && sent.state !== "received") {
      const { secret } = JSON.parse((await openText(phoneKey, sent.shut)) ?? "{}") as Letter;
      const { stuck: _, ...rest } = sent;
      await desk.settle({
        ...rest,
        state: "received",
        receipt: [date, epoch, signature],
        shut: await shutText(phoneKey, JSON.stringify({ secret })),
      });
      count++;
    } else if (!sent) {
      receipts[id] = [date, epoch, signature]; // to be handed on
      drop.push(id);
    }
  }
  await desk.remember("receipts", receipts);
  await desk.dropCarried(drop);
  return { kind: "receipts", count };
}

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
