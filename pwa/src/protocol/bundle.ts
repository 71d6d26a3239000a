/** Bundles: an inbox request or its receipts in a file (PROTOCOL.md, section 13). Twin: sync/submissions/bundle.py. */
import { base64urlDecode, base64urlEncode } from "./canonical";
import { type Refusal, refuse } from "./refusal";

export const MAX_TEXT_LENGTH = 20_000_000; // characters of the file
export const MAX_LINES = 2_000;

const NAMES = { submissions: "kunnafoni-bundle/1", receipts: "kunnafoni-receipts/1" } as const;
const HEADER = /^(kunnafoni-(?:bundle|receipts)\/\d{1,3}) ([a-z0-9.-]{1,64})[ \t]*$/;
const WIDTH = 76;

export type BundleKind = keyof typeof NAMES;

export interface Bundle {
  readonly kind: BundleKind;
  readonly site: string;
  /** The request's body, gzip or not. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The text of the file; `words` explain it to a person who opens it. */
export function writeBundle({ kind, site, body }: Bundle, comments: readonly string[]): string {
  const base64 = toBase64(body);
  const lines = [`${NAMES[kind]} ${site}`, ...comments.map((line) => `# ${line.replace(/\s+/g, " ")}`)];
  for (let at = 0; at < base64.length; at += WIDTH) lines.push(base64.slice(at, at + WIDTH));
  return `${lines.join("\n")}\n`;
}

/** Kind and packed body of the file, or a refusal. */
export function readBundle(text: string): Bundle | Refusal {
  if (text.length > MAX_TEXT_LENGTH) return refuse("bundle-too-large");
  const lines = text
    .replace(/^\ufeff/, "")
    .split(/[\r\n]+/)
    .map((line) => line.replace(/^[ \t]+/, ""))
    .filter(Boolean);
  const [, name, site] = HEADER.exec(lines[0] ?? "") ?? [];
  if (name === undefined || site === undefined) return refuse("bundle-malformed");
  const kind = (Object.keys(NAMES) as BundleKind[]).find((candidate) => NAMES[candidate] === name);
  if (!kind) return refuse("version-unknown");
  const body = fromBase64(
    lines
      .slice(1)
      .filter((line) => !line.startsWith("#"))
      .join(""),
  );
  return body ? { kind, site, body } : refuse("bundle-malformed");
}

export function isGzip(body: Uint8Array): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
}

/** The lines of an unpacked body, each ended by a line feed. */
export function linesOf(text: string): string[] | Refusal {
  const lines = text.split("\n");
  if (lines.pop() !== "") return refuse("bundle-malformed");
  return lines.length > MAX_LINES ? refuse("bundle-too-large") : lines;
}

function toBase64(bytes: Uint8Array): string {
  const text = base64urlEncode(bytes).replace(/-/g, "+").replace(/_/g, "/");
  return text + "=".repeat((4 - (text.length % 4)) % 4);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const packed = text.replace(/[ \t]+/g, "");
  return /^[A-Za-z0-9+/]*={0,2}$/.test(packed) && packed.length % 4 === 0
    ? base64urlDecode(packed.replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, ""))
    : null;
}
