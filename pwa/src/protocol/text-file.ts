/**
 * Text files that carry a body by hand: a heading, lines for people, base64 (PROTOCOL.md, sections 13 and 16).
 * Twin: sync/text_file.py.
 */
import { base64urlDecode, base64urlEncode } from "./canonical";

export const MAX_TEXT_LENGTH = 20_000_000; // characters of the file

const WIDTH = 76;

/** The text of the file; `comments` explain it to a person who opens it. */
export function writeTextFile(heading: string, body: Uint8Array, comments: readonly string[]): string {
  const base64 = toBase64(body);
  const lines = [heading, ...comments.map((line) => `# ${line.replace(/\s+/g, " ")}`)];
  for (let at = 0; at < base64.length; at += WIDTH) lines.push(base64.slice(at, at + WIDTH));
  return `${lines.join("\n")}\n`;
}

/** The heading, "" if there is none, and the body, compressed or not; null where the base64 is damaged. */
export function readTextFile(text: string): {
  heading: string;
  body: () => Uint8Array<ArrayBuffer> | null;
} {
  const lines = text
    .replace(/^\ufeff/, "")
    .split(/[\r\n]+/)
    .map((line) => line.replace(/^[ \t]+/, ""))
    .filter(Boolean);
  const payload = () =>
    lines
      .slice(1)
      .filter((line) => !line.startsWith("#"))
      .join("");
  return { heading: lines[0] ?? "", body: () => fromBase64(payload()) };
}

export function isGzip(body: Uint8Array): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
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
