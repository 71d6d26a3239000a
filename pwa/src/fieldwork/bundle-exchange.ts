/**
 * Bundles between phones (PROTOCOL.md, section 13): write waiting submissions or receipts to a file, and import a
 * file of either.
 */
import { encodeUtf8 } from "../crypto/bytes";
import { decodeStrictly, gunzip, gzip } from "../crypto/gzip";
import { decryptText, encryptText } from "../crypto/local-encryption";
import { verifier } from "../crypto/signature-verifier";
import type { CarriedLine, FieldworkStore, OutboxEntry, Receipt, SubmissionPayload } from "../db/fieldwork-contract";
import { type BundleKind, MAX_LINES, linesOf, readBundle, writeBundle } from "../protocol/bundle";
import { parseReceiptLine } from "../protocol/receipts";
import { type Refusal, isRefusal, refuse } from "../protocol/refusal";
import { parseRequestLine } from "../protocol/request-lines";
import { receiptText } from "../protocol/submission";
import { isGzip } from "../protocol/text-file";
import { allPieces, pieceLines } from "../send/attachment-pieces";
import { ensurePhoneKey } from "./vault";

/** Limit of a file once unpacked: its source is not trusted. */
const UNPACKED_LIMIT = 64 * 1024 * 1024;

export interface BundleFile {
  readonly name: string;
  readonly text: string;
  readonly count: number;
}

/** Characters of lines in one file: as base64, and with line ends, even what does not compress stays under the limit. */
const FILE_CHARACTERS = 14_000_000;

/**
 * Writes entries to files that any phone and the server take and, with `carried`, the lines that this phone carries
 * for others. Entries without photos come first: the first file holds as many records as it can.
 */
export async function createBundles(
  fieldwork: FieldworkStore,
  site: string,
  day: string,
  entries: readonly OutboxEntry[],
  comments: readonly string[],
  carried: boolean,
): Promise<BundleFile[]> {
  const phoneKey = await ensurePhoneKey(fieldwork);
  const records: string[] = [];
  const pieces: string[] = [];
  const here = await fieldwork.markLeft(entries.map(({ id }) => id)); // from here on somebody may have them
  for (const entry of entries) {
    if (!here.has(entry.id)) continue;
    const payload = JSON.parse((await decryptText(phoneKey, entry.shut)) ?? "{}") as Partial<SubmissionPayload>;
    if (payload.text === undefined) continue;
    const { text, signature } = payload;
    records.push(JSON.stringify({ submission: text, ...(signature ? { signature } : {}) }));
    pieces.push(...(await pieceLines({ fieldwork, phoneKey }, entry, text, allPieces(text))));
  }
  if (carried) {
    for (const { shut } of (await fieldwork.carried()).values()) {
      const line = await decryptText(phoneKey, shut);
      if (line !== null) (line.startsWith('{"submission"') ? records : pieces).push(line);
    }
  }
  const parts = splitLines([...records, ...pieces]);
  return Promise.all(
    parts.map((lines, index) => bundleFile("submissions", site, day, lines, comments, partName(index, parts.length))),
  );
}

/** The lines in order, in as many parts as files may hold; one empty part for none. */
function splitLines(lines: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  let size = 0;
  for (const line of lines) {
    const part = parts[parts.length - 1] as string[];
    if (part.length > 0 && (part.length >= MAX_LINES || size + line.length > FILE_CHARACTERS)) {
      parts.push([line]);
      size = line.length;
    } else {
      part.push(line);
      size += line.length;
    }
  }
  return parts;
}

function partName(index: number, count: number): string {
  return count > 1 ? `-${index + 1}-sur-${count}` : "";
}

/** Writes the receipts that this phone carries back to a file. */
export async function createReceiptsBundle(
  fieldwork: FieldworkStore,
  site: string,
  day: string,
  comments: readonly string[],
): Promise<BundleFile> {
  const receipts = Object.entries((await fieldwork.setting("receipts")) ?? {});
  return bundleFile(
    "receipts",
    site,
    day,
    receipts.map(([id, receipt]) => JSON.stringify({ id, receipt })),
    comments,
  );
}

async function bundleFile(
  kind: BundleKind,
  site: string,
  day: string,
  lines: readonly string[],
  comments: readonly string[],
  part = "",
): Promise<BundleFile> {
  const whole = lines.map((line) => `${line}\n`).join("");
  const body = (await gzip(whole)) ?? encodeUtf8(whole);
  const count = kind === "receipts" ? lines.length : lines.filter((line) => line.startsWith('{"submission"')).length;
  const prefix = kind === "receipts" ? "kunnafoni-recus" : "kunnafoni";
  return { name: `${prefix}-${day}-${count}${part}.txt`, text: writeBundle({ kind, site, body }, comments), count };
}

export type ImportOutcome =
  | { readonly kind: "carried"; readonly count: number }
  | { readonly kind: "receipts"; readonly count: number };

export interface ImportContext {
  readonly fieldwork: FieldworkStore;
  readonly site: string;
  readonly day: string;
  /** The key trusted for an epoch. */
  readonly keyOfEpoch: (epoch: number) => string | undefined;
}

/** Imports a file: submissions of others to carry, or receipts, for this phone's own entries and to hand on. */
export async function importBundle(reader: ImportContext, text: string): Promise<ImportOutcome | Refusal> {
  const bundle = readBundle(text);
  if (isRefusal(bundle)) return bundle;
  if (bundle.site !== reader.site) return refuse("other-site");
  const { body } = bundle;
  const unpacked = isGzip(body) ? await gunzip(body, UNPACKED_LIMIT) : decodeStrictly(body);
  const lines = unpacked === null ? refuse("bundle-malformed") : linesOf(unpacked);
  if (isRefusal(lines)) return lines;
  return bundle.kind === "receipts" ? importReceipts(reader, lines) : importSubmissions(reader, lines);
}

/** Stores the lines unchanged, except those of this phone's own submissions. */
async function importSubmissions(
  { fieldwork, day }: ImportContext,
  lines: readonly string[],
): Promise<ImportOutcome | Refusal> {
  const phoneKey = await ensurePhoneKey(fieldwork);
  const carried = await fieldwork.carried();
  const newLines = new Map<string, CarriedLine>();
  let count = 0;
  for (const line of lines) {
    const row = parseRequestLine(line);
    if (!row) return refuse("bundle-malformed");
    const isWhole = "submission" in row;
    const id = isWhole ? await verifier.digest(row.submission) : "";
    const key = isWhole ? id : `${row.file}/${row.at}`;
    if (carried.has(key) || (isWhole && (await fieldwork.outboxEntry(id)))) continue;
    newLines.set(key, { id, day, state: "waiting", shut: await encryptText(phoneKey, line) });
    if (isWhole) count++;
  }
  await fieldwork.saveCarried(newLines);
  return { kind: "carried", count };
}

async function importReceipts(
  { fieldwork, site, keyOfEpoch }: ImportContext,
  lines: readonly string[],
): Promise<ImportOutcome | Refusal> {
  const phoneKey = await ensurePhoneKey(fieldwork);
  const receipts: Record<string, Receipt> = { ...(await fieldwork.setting("receipts")) };
  const arrivedIds: string[] = [];
  let count = 0;
  for (const line of lines) {
    const row = parseReceiptLine(line);
    if (!row) return refuse("bundle-malformed");
    const { id, receipt } = row;
    const [date, epoch, signature] = receipt;
    const key = keyOfEpoch(epoch);
    if (!key || !(await verifier.verify(key, receiptText(site, id, date), signature))) continue;
    const entry = await fieldwork.outboxEntry(id);
    if (entry && entry.state !== "received") {
      const { secret } = JSON.parse((await decryptText(phoneKey, entry.shut)) ?? "{}") as SubmissionPayload;
      const { stuck: _, tries: __, work: ___, ...rest } = entry;
      await fieldwork.markReceived({
        ...rest,
        state: "received",
        receipt,
        shut: await encryptText(phoneKey, JSON.stringify({ secret })),
      });
      count++;
    } else if (!entry) {
      receipts[id] = receipt; // to be handed on
      arrivedIds.push(id);
    }
  }
  await fieldwork.saveSetting("receipts", receipts);
  await fieldwork.dropCarried(arrivedIds);
  return { kind: "receipts", count };
}
