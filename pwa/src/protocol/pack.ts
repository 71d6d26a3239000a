/**
 * Packs: an edition's signed manifest and some or all of its pages as a text file that people hand on (PROTOCOL.md,
 * section 16). Pure; `pull/open-pack.ts` verifies and keeps. Twin: sync/editions/pack.py.
 */
import { isWellFormed } from "./canonical";
import { type FeedHeader, LINE_LIMIT, readHeader } from "./feed";
import { ENTRY_LIMIT } from "./manifest";
import { type Refusal, isRefusal, refuse } from "./refusal";
import { utf8Length } from "./submission";
import { MAX_TEXT_LENGTH, readTextFile, writeTextFile } from "./text-file";

const NAME = "kunnafoni-pack/1";
const HEADING =
  /^(kunnafoni-pack\/[0-9]{1,3}) ([a-z0-9.-]{1,64} [a-z]{2,3}-[A-Z]{2})(?: ([0-9]{1,3}) ([0-9]{1,3}))?[ \t]*$/;
/** A pack that the library as one HTML page carries. */
const WITHIN_HTML = /^[ \t\r\n\ufeff]*<[\s\S]*?<!--[ \t\r\n]*(kunnafoni-pack\/[\s\S]*?)-->/;
const HEADER_LIMIT = 4 * 1024 * 1024; // bytes: a manifest of 10,000 entries in JSON

/** The text of a pack. `body`: the lines of `packLines`, compressed or not. */
export function writePack(site: string, channel: string, body: Uint8Array, comments: readonly string[]): string {
  return writeTextFile(`${NAME} ${site} ${channel}`, body, comments);
}

/** The packed body of a file, or a refusal. */
export function readPack(text: string): Uint8Array<ArrayBuffer> | Refusal {
  if (text.length > MAX_TEXT_LENGTH) return refuse("pack-too-large");
  const file = readTextFile(WITHIN_HTML.exec(text)?.[1] ?? text);
  const [, name] = HEADING.exec(file.heading) ?? [];
  if (name === undefined) return refuse("pack-malformed");
  if (name !== NAME) return refuse("version-unknown");
  return file.body() ?? refuse("pack-malformed");
}

/** The lines of a pack: the feed header with its manifest, then the pages. */
export function packLines(header: Readonly<Record<string, unknown>>, bodies: readonly string[]): string {
  return [header, ...bodies.map((body) => ({ body }))].map((value) => `${JSON.stringify(value)}\n`).join("");
}

export interface PackContent {
  readonly header: FeedHeader;
  /** The bodies of the pages, read when the header was accepted. */
  readonly bodies: () => string[] | Refusal;
}

/** The content of an unpacked pack, or a refusal. */
export function readPackLines(text: string): PackContent | Refusal {
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.length === 0 || lines.length > ENTRY_LIMIT + 1) return refuse("pack-malformed");
  const [first = "", ...rest] = lines;
  const header = utf8Length(first) > HEADER_LIMIT ? refuse("feed-too-long") : readHeader(first);
  return isRefusal(header) ? header : { header, bodies: () => readBodies(rest) };
}

function readBodies(lines: readonly string[]): string[] | Refusal {
  const bodies: string[] = [];
  for (const line of lines) {
    const body = utf8Length(line) > LINE_LIMIT ? null : readBody(line);
    if (body === null) return refuse("pack-malformed");
    bodies.push(body);
  }
  return bodies;
}

function readBody(line: string): string | null {
  try {
    const body = (JSON.parse(line) as { body?: unknown } | null)?.body;
    return typeof body === "string" && isWellFormed(body) ? body : null;
  } catch {
    return null;
  }
}
