/** A phone's store in memory, for tests. Promises are in `store-contract.ts`; one suite runs over it too. */
import { neededDigests, shownDigest } from "../../src/db/held-editions";
import type { SearchPieces } from "../../src/db/search-pieces";
import type { Holding, PageParts, PartialDownload, PhoneSettings, PhoneStore } from "../../src/db/store-contract";
import { MISSING, SHELL } from "../../src/protocol/page";
import type { Trust } from "../../src/protocol/trust";

export class MemoryStore implements PhoneStore, SearchPieces {
  readonly isLasting = false;
  private trusted: Trust | undefined;
  private readonly pages = new Map<string, string>();
  private readonly holdings = new Map<string, Holding>();
  private readonly progresses = new Map<string, PartialDownload>();
  private readonly settings = new Map<keyof PhoneSettings, unknown>();
  private readonly pieces = new Map<string, string>();

  async trust(): Promise<Trust | undefined> {
    return this.trusted;
  }

  async holding(channel: string): Promise<Holding | undefined> {
    return this.holdings.get(channel);
  }

  async heldChannels(): Promise<string[]> {
    return [...this.holdings.keys()];
  }

  async progress(channel: string): Promise<PartialDownload | undefined> {
    return this.progresses.get(channel);
  }

  async body(digest: string): Promise<string | undefined> {
    return this.pages.get(digest);
  }

  async missing(digests: readonly string[]): Promise<string[]> {
    return digests.filter((digest) => !this.pages.has(digest));
  }

  async page(channel: string, path: string): Promise<PageParts | undefined> {
    const holding = this.holdings.get(channel);
    if (!holding) return undefined;
    const [shell, missing, body] = [SHELL, MISSING, path].map((pagePath) =>
      this.pages.get(shownDigest(holding, pagePath) ?? ""),
    );
    return shell === undefined ? undefined : { shell, missing, body };
  }

  async keepPages(
    pages: ReadonlyMap<string, string>,
    source: { progress?: PartialDownload; trust?: Trust } = {},
  ): Promise<void> {
    for (const [digest, body] of pages) this.pages.set(digest, body);
    if (source.progress) this.progresses.set(source.progress.channel, source.progress);
    if (source.trust) this.trusted = source.trust;
  }

  async show(holding: Holding, trust: Trust, finished: boolean): Promise<void> {
    this.holdings.set(holding.channel, holding);
    this.trusted = trust;
    if (finished) this.progresses.delete(holding.channel);
  }

  async dropProgress(channel: string): Promise<void> {
    this.progresses.delete(channel);
  }

  async sweep(channel: string): Promise<number> {
    const needed = neededDigests(this.holdings.get(channel), this.progresses.get(channel));
    for (const map of [this.holdings, this.progresses])
      for (const other of [...map.keys()]) if (other !== channel) map.delete(other);
    const unneeded = [...this.pages.keys()].filter((digest) => !needed.has(digest));
    for (const digest of unneeded) this.pages.delete(digest);
    return unneeded.length;
  }

  async setting<Name extends keyof PhoneSettings>(name: Name): Promise<PhoneSettings[Name] | undefined> {
    return this.settings.get(name) as PhoneSettings[Name] | undefined;
  }

  async changeSetting<Name extends keyof PhoneSettings>(
    name: Name,
    change: (current: PhoneSettings[Name] | undefined) => PhoneSettings[Name],
  ): Promise<void> {
    this.settings.set(name, change(this.settings.get(name) as PhoneSettings[Name] | undefined));
  }

  async get(key: string): Promise<string | undefined> {
    return this.pieces.get(key);
  }

  async startingWith(beginning: string): Promise<Map<string, string>> {
    return new Map([...this.pieces].filter(([key]) => key.startsWith(beginning)));
  }

  async write(pieces: ReadonlyMap<string, string>, alone: boolean): Promise<void> {
    if (alone) this.pieces.clear();
    for (const [key, piece] of pieces) this.pieces.set(key, piece);
  }

  async dropSearch(): Promise<void> {
    this.pieces.clear();
  }

  async eraseAll(): Promise<void> {
    this.trusted = undefined;
    for (const map of [this.pages, this.holdings, this.progresses, this.settings, this.pieces]) map.clear();
  }
}
