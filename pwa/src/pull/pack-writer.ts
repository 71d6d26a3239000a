/** Makes packs of the edition that this phone holds whole, for another phone (PROTOCOL.md, section 16). */
import { encodeUtf8 } from "../crypto/bytes";
import { gzip } from "../crypto/gzip";
import type { PhoneStore, WholeEdition } from "../db/store-contract";
import { parseStatement } from "../protocol/edition-statement";
import { type ManifestEntry, parseManifest } from "../protocol/manifest";
import { packLines, writePack } from "../protocol/pack";
import { isRefusal } from "../protocol/refusal";

export interface PackFile {
  readonly name: string;
  readonly text: string;
}

/** The pages of the edition held whole, in reading order, and how many of them are the essentials. */
export function wholeEntries(whole: WholeEdition): {
  entries: readonly ManifestEntry[];
  first: number;
} {
  const manifest = parseManifest(whole.first, whole.rest);
  return isRefusal(manifest) ? { entries: [], first: 0 } : manifest;
}

/** A pack of these pages; null where the browser has lost one of them. `comments` explain the file to people. */
export async function makePack(
  store: PhoneStore,
  whole: WholeEdition,
  entries: readonly ManifestEntry[],
  comments: readonly string[],
): Promise<PackFile | null> {
  const statement = parseStatement(whole.statement);
  const bodies = await Promise.all(entries.map(({ digest }) => store.body(digest)));
  if (isRefusal(statement) || bodies.some((body) => body === undefined)) return null;
  const { key, signature, first, rest } = whole;
  const header = {
    v: 1,
    statement: whole.statement,
    signature,
    key,
    manifest: [first, rest],
  };
  const lines = packLines(header, bodies as string[]);
  const body = (await gzip(lines)) ?? encodeUtf8(lines);
  const { site, channel, date } = statement;
  return {
    name: `kunnafoni-${channel}-${date}.txt`,
    text: writePack(site, channel, body, comments),
  };
}
