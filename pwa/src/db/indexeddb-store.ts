/** The phone's store in IndexedDB. Promises are in `store-contract.ts`. */
import { gzip, unzipped } from "../crypto/gzip";
import { MISSING, SHELL } from "../protocol/page";
import type { Trust } from "../protocol/trust";
import { Database, type Schema, rethrowStorageError } from "./database";
import { neededDigests, shownDigest } from "./held-editions";
import type { Holding, PageParts, PartialDownload, PhoneSettings, PhoneStore } from "./store-contract";

const TRUST = "site"; // one site an origin, so one key

/** Opens the store; rejects where the browser refuses (private windows, a broken profile). */
export async function openIndexedDbStore(): Promise<PhoneStore> {
  const store = new IndexedDbStore();
  await store.trust();
  return store;
}

class IndexedDbStore implements PhoneStore {
  readonly isLasting = true;
  private readonly database = new Database();

  async trust(): Promise<Trust | undefined> {
    return (await this.database.open()).get("trust", TRUST);
  }

  async holding(channel: string): Promise<Holding | undefined> {
    return (await this.database.open()).get("holdings", channel);
  }

  async heldChannels(): Promise<string[]> {
    return (await this.database.open()).getAllKeys("holdings");
  }

  async progress(channel: string): Promise<PartialDownload | undefined> {
    return (await this.database.open()).get("progress", channel);
  }

  async body(digest: string): Promise<string | undefined> {
    return unpack(await (await this.database.open()).get("pages", digest));
  }

  async missing(digests: readonly string[]): Promise<string[]> {
    const pages = (await this.database.open()).transaction("pages").store;
    const keys = await Promise.all(digests.map((digest) => pages.getKey(digest)));
    return digests.filter((_, index) => keys[index] === undefined);
  }

  async page(channel: string, path: string): Promise<PageParts | undefined> {
    const moment = (await this.database.open()).transaction(["holdings", "pages"]);
    const holding = await moment.objectStore("holdings").get(channel);
    if (!holding) return undefined;
    const [shell, missing, body] = await Promise.all(
      [SHELL, MISSING, path].map(async (pagePath) => {
        const digest = shownDigest(holding, pagePath);
        return digest === undefined ? undefined : unpack(await moment.objectStore("pages").get(digest));
      }),
    );
    return shell === undefined ? undefined : { shell, missing, body };
  }

  async keepPages(
    pages: ReadonlyMap<string, string>,
    source: { progress?: PartialDownload; trust?: Trust } = {},
  ): Promise<void> {
    const packed = await Promise.all(
      [...pages].map(async ([digest, body]) => [digest, (await gzip(body)) ?? body] as const),
    );
    await this.database.write(["pages", "progress", "trust"], (stores) => {
      for (const [digest, page] of packed) void stores("pages").put(page, digest);
      if (source.progress) void stores("progress").put(source.progress, source.progress.channel);
      if (source.trust) void stores("trust").put(source.trust, TRUST);
    });
  }

  async show(holding: Holding, trust: Trust, finished: boolean): Promise<void> {
    await this.database.write(["holdings", "progress", "trust"], (stores) => {
      void stores("holdings").put(holding, holding.channel);
      void stores("trust").put(trust, TRUST);
      if (finished) void stores("progress").delete(holding.channel);
    });
  }

  async dropProgress(channel: string): Promise<void> {
    await this.database.write(["progress"], (stores) => void stores("progress").delete(channel));
  }

  async sweep(channel: string): Promise<number> {
    const change = (await this.database.open()).transaction(["holdings", "progress", "pages"], "readwrite");
    const [holdings, progress, pages] = [
      change.objectStore("holdings"),
      change.objectStore("progress"),
      change.objectStore("pages"),
    ];
    const needed = neededDigests(await holdings.get(channel), await progress.get(channel));
    for (const other of await holdings.getAllKeys()) if (other !== channel) void holdings.delete(other);
    for (const other of await progress.getAllKeys()) if (other !== channel) void progress.delete(other);
    const unneeded = (await pages.getAllKeys()).filter((digest) => !needed.has(digest));
    for (const digest of unneeded) void pages.delete(digest);
    await change.done;
    return unneeded.length;
  }

  async setting<Name extends keyof PhoneSettings>(name: Name): Promise<PhoneSettings[Name] | undefined> {
    return (await (await this.database.open()).get("settings", name)) as PhoneSettings[Name] | undefined;
  }

  async changeSetting<Name extends keyof PhoneSettings>(
    name: Name,
    change: (current: PhoneSettings[Name] | undefined) => PhoneSettings[Name],
  ): Promise<void> {
    const writing = (await this.database.open()).transaction("settings", "readwrite");
    const current = (await writing.store.get(name)) as PhoneSettings[Name] | undefined;
    await Promise.all([writing.store.put(change(current), name), writing.done]).catch(rethrowStorageError);
  }

  async dropSearch(): Promise<void> {
    await this.database.dropSearch();
  }

  async eraseAll(): Promise<void> {
    await this.database.erase();
  }
}

/** The text of a page as it is kept; undefined for damaged bytes, as if they were not there. */
async function unpack(page: Schema["pages"]["value"] | undefined): Promise<string | undefined> {
  if (typeof page !== "object") return page;
  return unzipped(new Blob([page]).stream())
    .text()
    .catch(() => undefined);
}
