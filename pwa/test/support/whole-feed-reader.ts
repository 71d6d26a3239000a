/** Reads a whole feed from memory by the protocol's steps alone. */
import { verifier } from "../../src/crypto/signature-verifier";
import type { Verifier } from "../../src/protocol/canonical";
import type { Statement } from "../../src/protocol/edition-statement";
import {
  type ChangeLine,
  type FeedHeader,
  finishFeed,
  readChangeLine,
  readHeader,
  recordChange,
  startFeed,
} from "../../src/protocol/feed";
import { type Manifest, firstText, restText } from "../../src/protocol/manifest";
import { applyPatch } from "../../src/protocol/patch";
import { type Refusal, isRefusal, refuse } from "../../src/protocol/refusal";
import { type Trust, acceptStatement } from "../../src/protocol/trust";

export interface WholeFeed {
  readonly manifest: Manifest;
  readonly bodies: ReadonlyMap<string, string>;
}

export function readWhole(
  lines: readonly string[],
  trust: Trust,
  channel: string,
  base: { id: string; manifest: Manifest } | null,
  oldBodies: Readonly<Record<string, string>>,
): Promise<WholeFeed | Refusal> {
  const accept = ({ link }: FeedHeader) => acceptStatement(verifier, trust, channel, link[1], link[2], null);
  return readWholeWith(verifier, lines, accept, base, oldBodies);
}

/** The same with another way to accept the header's statement. */
export async function readWholeWith(
  proofs: Verifier,
  lines: readonly string[],
  accept: (header: FeedHeader) => Promise<Statement | Refusal>,
  base: { id: string; manifest: Manifest } | null,
  oldBodies: Readonly<Record<string, string>>,
): Promise<WholeFeed | Refusal> {
  const header = readHeader(lines[0] ?? "");
  if (isRefusal(header)) return header;
  const statement = await accept(header);
  if (isRefusal(statement)) return statement;
  if (header.base !== (base?.id ?? "")) return refuse("base-unknown");
  const feed = startFeed(header, base?.manifest ?? null);
  if (isRefusal(feed)) return feed;
  const bodies = new Map<string, string>();
  for (const line of lines.slice(1)) {
    const change = readChangeLine(feed, line);
    if (isRefusal(change)) return change;
    const body = bodyOf(change, oldBodies);
    if (isRefusal(body)) return body;
    const digest = body === null ? (change as { old: string }).old : await proofs.digest(body);
    if (body !== null) bodies.set(digest, body);
    recordChange(feed, change, digest);
  }
  const manifest = finishFeed(feed);
  if (isRefusal(manifest)) return manifest;
  const proven =
    (await proofs.digest(firstText(manifest))) === statement.first &&
    (await proofs.digest(restText(manifest))) === statement.rest;
  return proven ? { manifest, bodies } : refuse("manifest-false");
}

function bodyOf(change: ChangeLine, oldBodies: Readonly<Record<string, string>>): string | Refusal | null {
  if ("body" in change) return change.body;
  return change.patch === null ? null : applyPatch(oldBodies[change.old] ?? "", change.patch);
}
