/** Fills request bodies up to a few sizes, so that their length tells a network little (PROTOCOL.md, section 11). */
import { type Bytes, encodeUtf8 } from "../crypto/bytes";
import { gzip } from "../crypto/gzip";

const KB = 1024;
const SIZES = [KB, 2 * KB, 4 * KB];
const STEP = 8 * KB;
const SPACE = 0x20;
/** Length of gzip's fixed header, in which byte 3 holds the flags. */
const GZIP_HEADER = 10;
const GZIP_COMMENT = 0x10;

export interface PaddedBody {
  readonly body: ArrayBuffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** The size to which a body of so many bytes is filled up. */
export function paddedSize(bytes: number): number {
  return SIZES.find((size) => bytes <= size) ?? Math.ceil(bytes / STEP) * STEP;
}

/** Request lines as a padded body, compressed where the browser can. */
export async function padLines(text: string): Promise<PaddedBody> {
  const packed = await gzip(text);
  return packed && packed[3] === 0
    ? { body: padGzip(packed).buffer, headers: { "content-encoding": "gzip" } }
    : { body: padText(text).buffer, headers: {} };
}

/** A value as a padded body of JSON. */
export function padJson(value: unknown): ArrayBuffer {
  return padText(JSON.stringify(value)).buffer;
}

/** A padded body of JSON or lines: spaces before the last line feed, or at the end. */
export function padText(text: string): Bytes {
  const bytes = encodeUtf8(text);
  const padded = new Uint8Array(paddedSize(bytes.length)).fill(SPACE);
  const isLines = text.endsWith("\n");
  padded.set(isLines ? bytes.subarray(0, -1) : bytes);
  if (isLines) padded[padded.length - 1] = 0x0a;
  return padded;
}

/** A padded gzip body: a comment of spaces, which ends with a zero, after the fixed header. */
function padGzip(packed: Bytes): Bytes {
  const padded = new Uint8Array(paddedSize(packed.length));
  const comment = padded.length - packed.length;
  padded.set(packed.subarray(0, GZIP_HEADER));
  if (comment > 0) padded[3] = GZIP_COMMENT;
  padded.fill(SPACE, GZIP_HEADER, GZIP_HEADER + Math.max(0, comment - 1));
  padded.set(packed.subarray(GZIP_HEADER), GZIP_HEADER + comment);
  return padded;
}
