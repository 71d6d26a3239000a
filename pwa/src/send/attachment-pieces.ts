/** The lines with which an attachment travels (PROTOCOL.md, section 11): the pieces that the server says it lacks. */
import { open } from "../crypto/encrypt";
import type { DeskStore, Sent } from "../db/fieldwork-contract";
import { encode } from "../protocol/canonical";
import { type FileRow, PIECE } from "../protocol/submission";

interface Keeping {
  readonly desk: DeskStore;
  readonly phoneKey: CryptoKey;
}

/** `text`: the submission, which names its files in order. */
export async function piecesOf(
  { desk, phoneKey }: Keeping,
  { id }: Sent,
  text: string,
  missing: Readonly<Record<string, readonly number[]>>,
): Promise<string[]> {
  const { files = [] } = JSON.parse(text) as { files?: readonly FileRow[] };
  const lines: string[] = [];
  for (const [index, [digest]] of files.entries()) {
    const wanted = missing[digest] ?? [];
    const closed = wanted.length > 0 ? await desk.sentFile(id, index) : undefined;
    const bytes = closed && (await open(phoneKey, closed));
    if (!bytes) continue;
    for (const at of wanted)
      lines.push(
        JSON.stringify({ file: digest, at, data: encode(new Uint8Array(bytes.slice(at * PIECE, (at + 1) * PIECE))) }),
      );
  }
  return lines;
}

/** All pieces of a submission's attachments, as a server that has none would ask for them. */
export function everyPiece(text: string): Record<string, number[]> {
  const { files = [] } = JSON.parse(text) as { files?: readonly FileRow[] };
  return Object.fromEntries(
    files.map(([digest, bytes]) => [digest, Array.from({ length: Math.ceil(bytes / PIECE) }, (_, at) => at)]),
  );
}
