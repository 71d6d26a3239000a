/** The store's promises, over IndexedDB and over memory alike. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Database } from "../../src/db/database";
import { openStore } from "../../src/db/open-store";
import { type Holding, type PhoneStore, StorageFull } from "../../src/db/store-contract";
import type { Trust } from "../../src/protocol/trust";
import { FakeFeedServer } from "../support/fake-feed-server";
import { FakePublisher } from "../support/fake-publisher";
import { MemoryStore } from "../support/memory-store";
import { Phone, newStore } from "../support/phone-with-store";
import { samplePages } from "../support/sample-pages";

const name = (letter: string) => letter.repeat(43);
const TRUST: Trust = { site: "exemple", epoch: 1, key: "k", nextKeyDigest: name("n") };
const SIGNED = { id: name("i"), statement: "[]", signature: "s", key: "k" };
const HOLDING: Holding = {
  channel: "fr-ML",
  whole: { ...SIGNED, first: `_shell ${name("a")}\nindex ${name("b")}\n`, rest: `guides/x ${name("c")}\n` },
  early: null,
  confirmed: "2026-11-24",
};

for (const [kind, make] of Object.entries({
  indexed: newStore,
  memory: async (): Promise<PhoneStore> => new MemoryStore(),
})) {
  describe(`store: ${kind}`, () => {
    it("is empty at first", async () => {
      const store = await make();
      assert.equal(await store.trust(), undefined);
      assert.equal(await store.page("fr-ML", "index"), undefined);
      assert.deepEqual(await store.missing([name("a")]), [name("a")]);
    });

    it("keeps pages, progress and trust together", async () => {
      const store = await make();
      const progress = {
        channel: "fr-ML",
        id: name("i"),
        base: "",
        changes: [{ path: "index", digest: name("b"), at: null }],
        repairing: false,
      };
      await store.keepPages(new Map([[name("b"), "B"]]), { progress, trust: TRUST });
      assert.equal(await store.body(name("b")), "B");
      assert.deepEqual(await store.progress("fr-ML"), progress);
      assert.deepEqual(await store.trust(), TRUST);
    });

    it("shows a page by one record, the early first part before the whole", async () => {
      const store = await make();
      await store.keepPages(new Map([..."abce"].map((letter) => [name(letter), letter])));
      await store.show(HOLDING, TRUST, true);
      assert.deepEqual(await store.page("fr-ML", "guides/x"), { shell: "a", missing: undefined, body: "c" });
      assert.equal((await store.page("fr-ML", "guides"))?.body, undefined);
      await store.show(
        { ...HOLDING, early: { ...SIGNED, first: `_shell ${name("a")}\nindex ${name("e")}\n` } },
        TRUST,
        false,
      );
      assert.equal((await store.page("fr-ML", "index"))?.body, "e");
      assert.equal((await store.page("fr-ML", "guides/x"))?.body, "c");
    });

    it("sweeps what nothing needs, and other channels", async () => {
      const store = await make();
      await store.keepPages(new Map([..."abcdef"].map((letter) => [name(letter), letter])));
      await store.show(HOLDING, TRUST, true);
      await store.show({ ...HOLDING, channel: "bm-ML" }, TRUST, true);
      await store.keepPages(new Map(), {
        progress: {
          channel: "fr-ML",
          id: name("i"),
          base: "",
          changes: [{ path: "y", digest: name("d"), at: 0 }],
          repairing: false,
        },
      });
      assert.equal(await store.sweep("fr-ML"), 2);
      assert.deepEqual(await store.missing([..."abcdef"].map(name)), [name("e"), name("f")]);
      assert.equal(await store.holding("bm-ML"), undefined);
    });

    it("changes settings without another writer between", async () => {
      const store = await make();
      await Promise.all(Array.from({ length: 20 }, () => store.changeSetting("ahead", (current = 0) => current + 1)));
      assert.equal(await store.setting("ahead"), 20);
    });

    it("forgets everything", async () => {
      const store = await make();
      await store.keepPages(new Map([[name("a"), "A"]]), { trust: TRUST });
      await store.changeSetting("followed", () => "fr-ML");
      await store.eraseAll();
      assert.equal(await store.body(name("a")), undefined);
      assert.equal(await store.trust(), undefined);
      assert.equal(await store.setting("followed"), undefined);
    });
  });
}

describe("a browser that refuses", () => {
  it("gets a store in memory that is not lasting", async () => {
    const real = globalThis.indexedDB;
    globalThis.indexedDB = {
      open: () => {
        throw new DOMException("refused", "SecurityError");
      },
    } as unknown as IDBFactory;
    try {
      assert.equal((await openStore()).isLasting, false);
    } finally {
      globalThis.indexedDB = real;
    }
  });
});

describe("pages in IndexedDB", () => {
  const text = "<p>Les mêmes mots, l’un après l’autre.".repeat(200);
  const read = async (digest: string) => (await new Database().open()).get("pages", digest);

  it("take a fraction of their text, and come out as they went in", async () => {
    const store = await newStore();
    await store.keepPages(new Map([[name("a"), text]]));
    assert.equal(await store.body(name("a")), text);
    assert(((await read(name("a"))) as Uint8Array).length < text.length / 20);
  });

  it("stay texts where the browser cannot compress", async () => {
    const { CompressionStream: real } = globalThis;
    Reflect.deleteProperty(globalThis, "CompressionStream");
    try {
      const store = await newStore();
      await store.keepPages(new Map([[name("a"), text]]));
      assert.equal(await read(name("a")), text);
      assert.equal(await store.body(name("a")), text);
    } finally {
      globalThis.CompressionStream = real;
    }
  });

  it("that are damaged are as if they were not there", async () => {
    const store = await newStore();
    await store.keepPages(new Map([[name("a"), text]]));
    const bytes = (await read(name("a"))) as Uint8Array<ArrayBuffer>;
    await (await new Database().open()).put("pages", bytes.slice(0, -9), name("a"));
    assert.equal(await store.body(name("a")), undefined);
  });
});

describe("a full phone", () => {
  /** A store whose disk is full after a number of writes of pages. */
  function filling(store: PhoneStore, writes: number): PhoneStore {
    return new Proxy(store, {
      get(target, property) {
        const value = Reflect.get(target, property) as unknown;
        if (property === "keepPages" && writes-- <= 0)
          return async () => {
            throw new StorageFull();
          };
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  it("is reported, and the content stays whole", async () => {
    const publisher = await FakePublisher.make();
    const server = new FakeFeedServer(publisher);
    server.editions.push(await publisher.publish(samplePages(3, 20)));
    const phone = await Phone.make(server.fetch);
    await phone.pull();
    const before = await phone.editionId();
    server.editions.push(await publisher.publish(samplePages(3, 200, 1, 300)));
    const full = Phone.with(filling(phone.store, 1), server.fetch);
    assert.deepEqual(await full.pull(), { kind: "storage-full" });
    assert.equal(await phone.editionId(), before);
    assert.equal(await phone.checkShownPages(), 26);
    assert.equal((await phone.pull()).kind, "head"); // space again
    assert.equal(await phone.editionId(), server.head.id);
  });

  it("a transaction that the browser aborts for lack of space throws StorageFull and leaves nothing", async () => {
    const store = await newStore();
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
      if (key !== name("b")) return put.call(this, value, key);
      const { transaction } = this;
      const request = put.call(this, value, key);
      Object.defineProperty(transaction, "error", { value: new DOMException("full", "QuotaExceededError") });
      transaction.abort();
      return request;
    };
    try {
      await assert.rejects(
        store.keepPages(
          new Map([
            [name("a"), "first"],
            [name("b"), "last"],
          ]),
        ),
        StorageFull,
      );
    } finally {
      IDBObjectStore.prototype.put = put;
    }
    assert.equal(await store.body(name("a")), undefined);
  });
});
