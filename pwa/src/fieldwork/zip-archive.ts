/**
 * A ZIP archive of files as they are, without compression: pictures and a page do not shrink, and nothing else is put
 * into it. Sizes are below 4 GB.
 */
import { type Bytes, encodeUtf8 } from "../crypto/bytes";

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Bytes;
}

const UTF8_NAMES = 0x0800;
const VERSION = 20;
const DAY = 0x21; // the first of January 1980: the archive tells no time of its own

/** The parts of the archive, for a Blob. */
export function zipArchive(entries: readonly ZipEntry[]): Bytes[] {
  const parts: Bytes[] = [];
  const directory: Bytes[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const label = encodeUtf8(name);
    const about: Field[] = [
      [VERSION, 2],
      [UTF8_NAMES, 2],
      [0, 2],
      [0, 2],
      [DAY, 2],
      [checksum(bytes), 4],
      [bytes.length, 4],
      [bytes.length, 4],
      [label.length, 2],
      [0, 2],
    ];
    const local = fields([[0x04034b50, 4], ...about]);
    parts.push(local, label, bytes);
    directory.push(
      fields([[0x02014b50, 4], [VERSION, 2], ...about, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]]),
      label,
    );
    offset += local.length + label.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const count = entries.length;
  const end = fields([
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [size, 4],
    [offset, 4],
    [0, 2],
  ]);
  return [...parts, ...directory, end];
}

type Field = readonly [value: number, length: 2 | 4];

/** Numbers one after the other, each in its 2 or 4 bytes, the lowest first. */
function fields(values: readonly Field[]): Bytes {
  const bytes = new Uint8Array(values.reduce((sum, [, length]) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [value, length] of values) {
    if (length === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += length;
  }
  return bytes;
}

/** CRC-32, as ZIP asks for it. */
function checksum(bytes: Bytes): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
