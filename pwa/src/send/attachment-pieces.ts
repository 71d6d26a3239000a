/** Makes the request lines for pieces of attachments (PROTOCOL.md, section 11) that the server lacks. */
import { decrypt } from "../crypto/local-encryption";
import type { FieldworkStore, OutboxEntry } from "../db/fieldwork-contract";
import { base64urlEncode } from "../protocol/canonical";
import { type FileRow, PIECE_BYTES } from "../protocol/submission";

interface PieceSource {
  readonly fieldwork: FieldworkStore;
  readonly phoneKey: CryptoKey;
}

/** The lines of the missing pieces. `text`: the submission, which names its files in order. */
export async function pieceLines(
  { fieldwork, phoneKey }: PieceSource,
  { id }: OutboxEntry,
  text: string,
  missing: Readonly<Record<string, readonly number[]>>,
): Promise<string[]> {
  const { files = [] } = JSON.parse(text) as { files?: readonly FileRow[] };
  const lines: string[] = [];
  for (const [index, [digest]] of files.entries()) {
    const pieces = missing[digest] ?? [];
    const encrypted = pieces.length > 0 ? await fieldwork.outboxFile(id, index) : undefined;
    const bytes = encrypted && (await decrypt(phoneKey, encrypted));
    if (!bytes) continue;
    for (const at of pieces)
      lines.push(
        JSON.stringify({
          file: digest,
          at,
          data: base64urlEncode(new Uint8Array(bytes.slice(at * PIECE_BYTES, (at + 1) * PIECE_BYTES))),
        }),
      );
  }
  return lines;
}

/** All pieces of a submission's attachments, as if a server had none. */
export function allPieces(text: string): Record<string, number[]> {
  const { files = [] } = JSON.parse(text) as { files?: readonly FileRow[] };
  return Object.fromEntries(
    files.map(([digest, bytes]) => [digest, Array.from({ length: Math.ceil(bytes / PIECE_BYTES) }, (_, at) => at)]),
  );
}
