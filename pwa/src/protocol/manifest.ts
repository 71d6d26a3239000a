/**
 * A manifest: `path digest` lines in reading order, in two parts, and its rebuilding from what changed
 * (PROTOCOL.md, sections 3 and 4). Twins: sync/editions/manifest.py, sync/editions/delta.py.
 */
import { isPagePath } from "./page";
import { type Refusal, isRefusal, refuse } from "./refusal";

export const ENTRY_LIMIT = 10_000;
export const DIGEST = /^[A-Za-z0-9_-]{43}$/;

export interface ManifestEntry {
  readonly path: string;
  readonly digest: string;
}

/** `at`: the entry's index in the new manifest, null if it keeps its position. */
export interface EntryChange extends ManifestEntry {
  readonly at: number | null;
}

/** `entries` in reading order; a new phone loads the first `first` of them before the others. */
export interface Manifest {
  readonly entries: readonly ManifestEntry[];
  readonly first: number;
}

/** The text of entries, with the digest that a statement signs. */
export function entriesText(entries: readonly ManifestEntry[]): string {
  return entries.map((entry) => `${entry.path} ${entry.digest}\n`).join("");
}

export function firstText(manifest: Manifest): string {
  return entriesText(manifest.entries.slice(0, manifest.first));
}

export function restText(manifest: Manifest): string {
  return entriesText(manifest.entries.slice(manifest.first));
}

/** Parses a manifest from its two texts. */
export function parseManifest(first: string, rest: string): Manifest | Refusal {
  const head = parseEntries(first);
  const tail = parseEntries(rest);
  return head && tail ? validatedManifest([...head, ...tail], head.length) : refuse("manifest-malformed");
}

/** The digest of a path in a manifest's text, found without parsing the whole; undefined if absent. */
export function findDigest(text: string, path: string): string | undefined {
  const at = `\n${text}`.indexOf(`\n${path} `);
  return at < 0 ? undefined : text.slice(at + path.length + 1, at + path.length + 44);
}

export function digestsByPath(manifest: Manifest | null): Map<string, string> {
  return new Map(manifest?.entries.map((entry) => [entry.path, entry.digest]));
}

/** The new manifest from the base (null: no edition) and the changes in order. */
export function rebuild(
  base: Manifest | null,
  gone: readonly string[],
  changes: readonly EntryChange[],
  first: number,
): Manifest | Refusal {
  const dropped = new Set(gone);
  for (const change of changes) if (change.at !== null) dropped.add(change.path);
  const entries: ManifestEntry[] = base ? base.entries.filter((entry) => !dropped.has(entry.path)) : [];
  const indexByPath = new Map(entries.map((entry, index) => [entry.path, index]));
  const inserted: EntryChange[] = [];
  for (const change of changes) {
    const at = indexByPath.get(change.path);
    const entry = { path: change.path, digest: change.digest };
    if (change.at !== null) inserted.push(change);
    else if (!base) entries.push(entry);
    else if (at !== undefined) entries[at] = entry;
    else return refuse("delta-misfit");
  }
  const whole = insertEntries(entries, inserted);
  return isRefusal(whole) ? whole : validatedManifest(whole, first);
}

/** Inserts entries at their indexes, which ascend, in linear time. */
function insertEntries(entries: readonly ManifestEntry[], inserted: readonly EntryChange[]): ManifestEntry[] | Refusal {
  const out: ManifestEntry[] = [];
  let next = 0;
  for (const { path, digest, at } of inserted) {
    while (out.length < (at ?? 0) && next < entries.length) out.push(entries[next++] as ManifestEntry);
    if (out.length !== at) return refuse("delta-misfit");
    out.push({ path, digest });
  }
  return [...out, ...entries.slice(next)];
}

/** The manifest, or a refusal if a path or digest is malformed, a path occurs twice, or there are too many. */
function validatedManifest(entries: readonly ManifestEntry[], first: number): Manifest | Refusal {
  const sound =
    entries.length <= ENTRY_LIMIT &&
    first >= 0 &&
    first <= entries.length &&
    new Set(entries.map((entry) => entry.path)).size === entries.length &&
    entries.every((entry) => isPagePath(entry.path) && DIGEST.test(entry.digest));
  return sound ? { entries, first } : refuse("manifest-malformed");
}

function parseEntries(text: string): ManifestEntry[] | null {
  if (text !== "" && !text.endsWith("\n")) return null;
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const space = line.indexOf(" ");
      return { path: line.slice(0, Math.max(space, 0)), digest: line.slice(space + 1) };
    });
}
