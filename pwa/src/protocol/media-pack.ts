/**
 * Recordings as text files that people hand on (PROTOCOL.md, section 16). Pure; `features/pack/open-recordings.ts`
 * verifies and keeps. Twin: sync/editions/media_pack.py.
 */
import { base64urlDecode } from "./canonical";
import { type Refusal, refuse } from "./refusal";
import { MAX_TEXT_LENGTH, readTextFile } from "./text-file";

const NAME = "kunnafoni-media/1";
const HEADING = /^(kunnafoni-media\/[0-9]{1,3}) ([a-z0-9.-]{1,64})(?: [0-9]{1,3} [0-9]{1,3})?[ \t]*$/;
const MEDIUM = /^[A-Za-z0-9_-]{43}\.(?:webp|opus|m4a)$/;

/** The site and the body, compressed or not, of a file; a refusal for any other. */
export function readMediaPack(
  text: string,
): { readonly site: string; readonly body: Uint8Array<ArrayBuffer> } | Refusal {
  if (text.length > MAX_TEXT_LENGTH) return refuse("pack-too-large");
  const file = readTextFile(text);
  const [, name, site] = HEADING.exec(file.heading) ?? [];
  if (name === undefined || site === undefined) return refuse("pack-malformed");
  if (name !== NAME) return refuse("version-unknown");
  const body = file.body();
  return body ? { site, body } : refuse("pack-malformed");
}

/** The bytes of each medium by its name, of which nobody has computed the digest yet. */
export function readMediaLines(lines: string): ReadonlyMap<string, Uint8Array<ArrayBuffer>> | Refusal {
  const media = new Map<string, Uint8Array<ArrayBuffer>>();
  const rows = lines.split("\n");
  if (rows.pop() !== "" || rows.length === 0) return refuse("pack-malformed");
  for (const row of rows) {
    const [name, data] = readMedium(row);
    if (!data || name === undefined) return refuse("pack-malformed");
    media.set(name, data);
  }
  return media;
}

function readMedium(row: string): [name?: string, data?: Uint8Array<ArrayBuffer> | null] {
  try {
    const { name, data } = JSON.parse(row) as { name?: unknown; data?: unknown };
    return typeof name === "string" && MEDIUM.test(name) && typeof data === "string"
      ? [name, base64urlDecode(data)]
      : [];
  } catch {
    return [];
  }
}
