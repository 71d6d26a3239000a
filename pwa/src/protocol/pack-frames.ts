/**
 * Frames: a pack's body in numbered texts that codes carry from a screen to a camera (PROTOCOL.md, section 16). Pure;
 * `features/pack/show-codes.ts` draws them, `features/pack/read-codes.ts` collects them. Twin: sync/editions/pack_frames.py.
 */
import { type Refusal, refuse } from "./refusal";

export const FRAME_BYTES = 376; // of the body: what version 15 holds at correction M, in base 45 behind the heading
const FRAME_LIMIT = 100; // frames of one body: 25 seconds a round
const NAME = "KUNNAFONI-FRAMES/1";
const FRAME =
  /^(KUNNAFONI-FRAMES\/[0-9]{1,3}) ([0-9A-F]{8}) ([1-9][0-9]{0,2}) ([1-9][0-9]{0,2}) ([0-9A-Z $%*+\-./:]{2,564})$/;
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** The frames of one body that are here, by their numbers. */
export interface CollectedFrames {
  readonly checksum: string;
  readonly count: number;
  readonly pieces: ReadonlyMap<number, readonly number[]>;
}

/** The frames of a body; null where they are none or too many. */
export function writeFrames(body: Uint8Array): string[] | null {
  const count = Math.ceil(body.length / FRAME_BYTES);
  if (count < 1 || count > FRAME_LIMIT) return null;
  const checksum = checksumOf(body);
  return Array.from({ length: count }, (_, index) => {
    const piece = body.subarray(index * FRAME_BYTES, (index + 1) * FRAME_BYTES);
    return `${NAME} ${checksum} ${index + 1} ${count} ${toBase45(piece)}`;
  });
}

/** The frames with one more, in any order; one of another body begins anew. */
export function addFrame(collected: CollectedFrames | null, text: string): CollectedFrames | Refusal {
  const [, name, checksum = "", number, total, digits = ""] = FRAME.exec(text) ?? [];
  if (name === undefined) return refuse("pack-malformed");
  if (name !== NAME) return refuse("version-unknown");
  const count = Number(total);
  const piece = fromBase45(digits);
  if (Number(number) > count || count > FRAME_LIMIT || !piece) return refuse("pack-malformed");
  const same = collected?.checksum === checksum && collected.count === count ? collected.pieces : [];
  return { checksum, count, pieces: new Map([...same, [Number(number), piece]]) };
}

/** The body; null while frames are missing, a refusal where they do not belong together. */
export function joinFrames({ checksum, count, pieces }: CollectedFrames): Uint8Array | Refusal | null {
  if (pieces.size < count) return null;
  const body = Uint8Array.from(Array.from({ length: count }, (_, index) => pieces.get(index + 1) ?? []).flat());
  return checksumOf(body) === checksum ? body : refuse("pack-malformed");
}

/** CRC-32 in eight hexadecimal digits. */
function checksumOf(bytes: Uint8Array): string {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return (~crc >>> 0).toString(16).toUpperCase().padStart(8, "0");
}

/** Base 45 (RFC 9285): two bytes in three characters, a last one in two. */
function toBase45(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) {
    const [high = 0, low] = bytes.subarray(at, at + 2);
    let value = low === undefined ? high : high * 256 + low;
    for (let digit = low === undefined ? 2 : 3; digit > 0; digit -= 1) {
      text += DIGITS.charAt(value % 45);
      value = Math.floor(value / 45);
    }
  }
  return text;
}

function fromBase45(text: string): number[] | null {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits = [...text.slice(at, at + 3)];
    const value = digits.reduceRight((sum, digit) => sum * 45 + DIGITS.indexOf(digit), 0);
    if (digits.length < 2 || value >= 256 ** (digits.length - 1)) return null;
    bytes.push(...(digits.length === 3 ? [value >> 8, value & 255] : [value]));
  }
  return bytes;
}
