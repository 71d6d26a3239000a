/**
 * A publisher in memory: keys, editions, feeds, as PROTOCOL.md says. The real one is Python's; the vectors bind both.
 */

import { verifier } from "../../src/crypto/signature-verifier";
import { base64urlEncode, canonical } from "../../src/protocol/canonical";
import { freshnessText, parseStatement } from "../../src/protocol/edition-statement";
import { type Manifest, type ManifestEntry, firstText, restText } from "../../src/protocol/manifest";
import { splitWords } from "../../src/protocol/patch";
import { isRefusal } from "../../src/protocol/refusal";

export interface TestPage {
  readonly path: string;
  readonly body: string;
  readonly part: "first" | "rest";
}

export interface TestEdition {
  readonly id: string;
  readonly statement: string;
  readonly signature: string;
  readonly key: string;
  readonly epoch: number;
  readonly manifest: Manifest;
  readonly bodies: ReadonlyMap<string, string>;
  readonly chain: readonly (readonly [string, string, string])[];
}

export class TestKey {
  private constructor(
    private readonly pair: CryptoKeyPair,
    readonly public_: string,
    readonly digest: string,
  ) {}

  static async make(): Promise<TestKey> {
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const point = base64urlEncode(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
    return new TestKey(pair, point, await verifier.keyDigest(point));
  }

  async sign(text: string): Promise<string> {
    const algorithm = { name: "ECDSA", hash: "SHA-256" };
    return base64urlEncode(
      new Uint8Array(await crypto.subtle.sign(algorithm, this.pair.privateKey, new TextEncoder().encode(text))),
    );
  }
}

export class FakePublisher {
  private number = 1_700_000_000;
  private readonly chain: [string, string, string][] = [];

  private constructor(
    readonly site: string,
    readonly channel: string,
    private keys: TestKey[],
    private epoch = 1,
  ) {}

  static async make(site = "exemple", channel = "fr-ML"): Promise<FakePublisher> {
    return new FakePublisher(site, channel, [await TestKey.make(), await TestKey.make()]);
  }

  get key(): TestKey {
    return this.keys[this.epoch - 1] as TestKey;
  }

  /** Rotates to the committed key; with `thief`, to another. */
  async rotate(thief = false): Promise<void> {
    this.epoch += 1;
    if (thief) this.keys[this.epoch - 1] = await TestKey.make();
    this.keys.push(await TestKey.make());
  }

  async publish(pages: readonly TestPage[]): Promise<TestEdition> {
    const ordered = [...pages.filter((page) => page.part === "first"), ...pages.filter((page) => page.part === "rest")];
    const entries: ManifestEntry[] = [];
    const bodies = new Map<string, string>();
    for (const { path, body } of ordered) {
      const digest = await verifier.digest(body);
      entries.push({ path, digest });
      bodies.set(digest, body);
    }
    const manifest = { entries, first: pages.filter((page) => page.part === "first").length };
    const [first, rest] = [await verifier.digest(firstText(manifest)), await verifier.digest(restText(manifest))];
    const next = (this.keys[this.epoch] as TestKey).digest;
    const statement = canonical([
      "kunnafoni-edition/1",
      this.site,
      this.channel,
      this.epoch,
      this.number++,
      "2026-11-24",
      "",
      next,
      first,
      rest,
    ]) as string;
    const signature = await this.key.sign(statement);
    if (this.epoch > 1 && this.chain.length < this.epoch - 1) this.chain.push([this.key.public_, statement, signature]);
    const edition = {
      statement,
      signature,
      key: this.key.public_,
      epoch: this.epoch,
      manifest,
      bodies,
      chain: [...this.chain],
    };
    return { ...edition, id: await verifier.digest(statement) };
  }

  async fresh(edition: TestEdition, date: string): Promise<[string, string]> {
    const statement = parseStatement(edition.statement);
    if (isRefusal(statement)) throw new Error(statement.refused);
    return [date, await this.key.sign(freshnessText(statement, date))];
  }
}

export function headerOf(edition: TestEdition): Record<string, unknown> {
  const { statement, signature, key, chain } = edition;
  return { v: 1, statement, signature, key, ...(chain.length > 0 ? { chain } : {}) };
}

/** The header and the change lines, each ended by LF. */
export function feedOf(
  edition: TestEdition,
  base: TestEdition | null,
): { header: Record<string, unknown>; lines: string[] } {
  const oldDigests = new Map(base?.manifest.entries.map((entry) => [entry.path, entry.digest]));
  const stable = stablePaths(
    edition.manifest.entries.map((entry) => entry.path),
    base?.manifest.entries.map((entry) => entry.path) ?? [],
  );
  const lines: string[] = [];
  edition.manifest.entries.forEach(({ path, digest }, index) => {
    const before = oldDigests.get(path);
    const moved = base && !stable.has(path) ? { at: index } : {};
    if (before === digest && "at" in moved) lines.push(line({ path, ...moved }));
    else if (before !== undefined && before !== digest)
      lines.push(
        line({ path, ...moved, patch: patchOf(base?.bodies.get(before) ?? "", edition.bodies.get(digest) ?? "") }),
      );
    else if (before === undefined) lines.push(line({ path, ...moved, body: edition.bodies.get(digest) }));
  });
  const paths = new Set(edition.manifest.entries.map((entry) => entry.path));
  const removedPaths = [...oldDigests.keys()].filter((path) => !paths.has(path));
  const sizes = { count: lines.length, bytes: lines.reduce((sum, changeLine) => sum + changeLine.length, 0) };
  return {
    header: {
      ...headerOf(edition),
      base: base?.id ?? "",
      first: edition.manifest.first,
      ...(removedPaths.length > 0 ? { gone: removedPaths } : {}),
      ...sizes,
    },
    lines,
  };
}

export function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** Paths whose order is the same in both lists; greedy, so not with the fewest moves. */
function stablePaths(paths: readonly string[], before: readonly string[]): Set<string> {
  const oldIndexes = new Map(before.map((path, index) => [path, index]));
  const stable = new Set<string>();
  let last = -1;
  for (const path of paths) {
    const at = oldIndexes.get(path);
    if (at === undefined || at < last) continue;
    stable.add(path);
    last = at;
  }
  return stable;
}

/** A patch that keeps the common prefix and replaces the rest. */
function patchOf(oldText: string, newText: string): (number | string)[] {
  const [before, after] = [splitWords(oldText), splitWords(newText)];
  let same = 0;
  while (same < before.length && same < after.length && before[same] === after[same]) same += 1;
  const patch: (number | string)[] = same > 0 ? [same] : [];
  if (before.length > same) patch.push(same - before.length);
  if (after.length > same) patch.push(after.slice(same).join(""));
  return patch;
}
