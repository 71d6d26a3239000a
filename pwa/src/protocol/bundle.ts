/** Bundles: an inbox request or its receipts in a file (PROTOCOL.md, section 13). Twin: sync/submissions/bundle.py. */
import { type Refusal, refuse } from "./refusal";
import { MAX_TEXT_LENGTH, readTextFile, writeTextFile } from "./text-file";

export const MAX_LINES = 2_000;

const NAMES = {
  submissions: "kunnafoni-bundle/1",
  receipts: "kunnafoni-receipts/1",
} as const;
const HEADER = /^(kunnafoni-(?:bundle|receipts)\/\d{1,3}) ([a-z0-9.-]{1,64})[ \t]*$/;

export type BundleKind = keyof typeof NAMES;

export interface Bundle {
  readonly kind: BundleKind;
  readonly site: string;
  /** The request's body, gzip or not. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The text of the file; `comments` explain it to a person who opens it. */
export function writeBundle({ kind, site, body }: Bundle, comments: readonly string[]): string {
  return writeTextFile(`${NAMES[kind]} ${site}`, body, comments);
}

/** Kind and packed body of the file, or a refusal. */
export function readBundle(text: string): Bundle | Refusal {
  if (text.length > MAX_TEXT_LENGTH) return refuse("bundle-too-large");
  const file = readTextFile(text);
  const [, name, site] = HEADER.exec(file.heading) ?? [];
  if (name === undefined || site === undefined) return refuse("bundle-malformed");
  const kind = (Object.keys(NAMES) as BundleKind[]).find((candidate) => NAMES[candidate] === name);
  if (!kind) return refuse("version-unknown");
  const body = file.body();
  return body ? { kind, site, body } : refuse("bundle-malformed");
}

/** The lines of an unpacked body, each ended by a line feed. */
export function linesOf(text: string): string[] | Refusal {
  const lines = text.split("\n");
  if (lines.pop() !== "") return refuse("bundle-malformed");
  return lines.length > MAX_LINES ? refuse("bundle-too-large") : lines;
}
