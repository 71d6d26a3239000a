/** A phone for tests: the app's own store and pull, over a given `fetch`. */
import assert from "node:assert/strict";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { verifier } from "../../src/crypto/signature-verifier";
import { shownEntries } from "../../src/db/held-editions";
import { openIndexedDbStore } from "../../src/db/indexeddb-store";
import type { PhoneStore } from "../../src/db/store-contract";
import { createNetwork } from "../../src/net/network";
import { parseStatement } from "../../src/protocol/edition-statement";
import { digestsByPath, parseManifest } from "../../src/protocol/manifest";
import { isRefusal } from "../../src/protocol/refusal";
import type { PullContext } from "../../src/pull/context";
import type { DownloadProgress, PullOutcome } from "../../src/pull/outcome";
import { pull } from "../../src/pull/pull";

export type Fetch = (address: string, init: RequestInit) => Promise<Response>;

export class Phone {
  readonly progressReports: DownloadProgress[] = [];
  savesData = false;
  spent = 0;
  serverTime = 0;

  private constructor(
    readonly store: PhoneStore,
    readonly channel: string,
    readonly fetch: Fetch,
  ) {}

  /** A phone with an IndexedDB of its own. */
  static async make(fetch: Fetch, channel = "fr-ML"): Promise<Phone> {
    return new Phone(await newStore(), channel, fetch);
  }

  static with(store: PhoneStore, fetch: Fetch, channel = "fr-ML"): Phone {
    return new Phone(store, channel, fetch);
  }

  get pullContext(): PullContext {
    const network = createNetwork({
      fetch: this.fetch,
      onEnd: (_, bytes) => (this.spent += bytes),
      onServerTime: (server) => (this.serverTime = server),
      stallTimeout: 5_000,
    });
    return {
      store: this.store,
      verifier,
      network,
      stopsAfterFirst: () => this.savesData,
      onProgress: (moment) => this.progressReports.push(moment),
    };
  }

  pull(): Promise<PullOutcome> {
    return pull(this.pullContext, this.channel);
  }

  /** Pulls until the outcome is final, as the open page does, without its waits. */
  async pullUntilFinal(tries = 200): Promise<PullOutcome> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.pull();
      if ((outcome.kind !== "interrupted" && outcome.kind !== "busy") || attempt === tries) return outcome;
    }
  }

  /** The id of the edition held whole, "" if none. */
  async editionId(): Promise<string> {
    return (await this.store.holding(this.channel))?.whole?.id ?? "";
  }

  async body(path: string): Promise<string | undefined> {
    return (await this.store.page(this.channel, path))?.body;
  }

  /**
   * Verifies everything that a person can open now: signed statement, manifest text, page bytes. Returns the number
   * of pages.
   */
  async checkShownPages(): Promise<number> {
    const holding = await this.store.holding(this.channel);
    const trust = await this.store.trust();
    if (!holding) return 0;
    assert(trust, "a phone that shows pages trusts a key");
    for (const signed of [holding.whole, holding.early]) {
      if (!signed) continue;
      const statement = parseStatement(signed.statement);
      assert(!isRefusal(statement), "a statement is readable");
      assert(await verifier.verify(signed.key, signed.statement, signed.signature), "a statement is signed");
      assert.equal(await verifier.digest(signed.statement), signed.id);
      assert.equal(await verifier.digest(signed.first), statement.first, "the first part is what was signed");
      if ("rest" in signed)
        assert.equal(await verifier.digest(signed.rest as string), statement.rest, "the rest is what was signed");
    }
    if (holding.whole) assert(!isRefusal(parseManifest(holding.whole.first, holding.whole.rest)));
    const entries = shownEntries(holding);
    for (const { path, digest } of entries) {
      const body = await this.store.body(digest);
      assert(body !== undefined, `${path} is here`);
      assert.equal(await verifier.digest(body), digest, `${path} is what was signed`);
    }
    return entries.length;
  }

  /** Paths of the edition held whole. */
  async paths(): Promise<string[]> {
    const whole = (await this.store.holding(this.channel))?.whole;
    const manifest = whole && parseManifest(whole.first, whole.rest);
    return manifest && !isRefusal(manifest) ? [...digestsByPath(manifest).keys()] : [];
  }
}

/** A store in an IndexedDB of its own. */
export async function newStore(): Promise<PhoneStore> {
  globalThis.indexedDB = new IDBFactory();
  return openIndexedDbStore();
}
