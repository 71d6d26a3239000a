/** The worker's files of the app: which request fetches what, and what gives way on a full disk. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, describe, it } from "node:test";

const digestOf = (text: string) => createHash("sha256").update(text).digest("base64url").slice(0, 18);
const setOf = (...paths: string[]) => JSON.stringify(Object.fromEntries(paths.map((path) => [path, path])));
const CHUNKS = [
  "/app/search-AB345678.js",
  "/app/form-CD345678.js",
  "/app/case-EF345678.js",
  "/app/hub-GH345678.js",
] as const;
const SETS = CHUNKS.map((path, index) => ({
  address: `/app/set${index}-12345678.json`,
  digest: digestOf(setOf(path)),
  chunks: path.slice(-11, -9),
}));
const ADDRESS = "https://exemple.ml";

let asked: string[] = [];
let kept = new Map<string, Response>();
let put: (path: string) => void = () => undefined;

const cache = {
  match: async (path: string) => kept.get(path)?.clone(),
  put: async (path: string, response: Response) => {
    put(path);
    kept.set(path, response);
  },
  keys: async () => [] as Request[],
};
/** Addresses that the build before kept, under `app-a`; none on a new phone. */
let before: string[] = [];
let wasTried = false;
const site: Readonly<Record<string, string>> = {
  "/core.js": "core",
  ...Object.fromEntries(SETS.map(({ address }, index) => [address, setOf(CHUNKS[index] as string)])),
};
let answers = site;
Object.assign(globalThis, {
  __BUILD__: "b",
  __SETS__: SETS,
  __CORE__: [["/core.js", digestOf("core")]],
  __ALONE__: [],
  caches: {
    open: async (name: string) =>
      name === "app-a" ? { keys: async () => before.map((path) => ({ url: ADDRESS + path })) } : cache,
    keys: async () => (before.length > 0 ? ["app-a", "app-b"] : ["app-b"]),
    has: async () => wasTried,
    delete: async () => {
      kept.clear();
      wasTried = true;
      return true;
    },
  },
  Request: class {
    readonly url: string;
    constructor(address: string) {
      this.url = new URL(address, ADDRESS).href;
    }
  },
  fetch: async ({ url }: Request) => {
    const { pathname } = new URL(url);
    asked.push(pathname);
    const text = answers[pathname];
    return text === undefined ? new Response("", { status: 404 }) : new Response(text);
  },
});
const { answerFromCache, keepCore } = await import("../../src/sw/app-files");

const ask = (path: string) => answerFromCache(new Request(path));

describe("the app's files", () => {
  beforeEach(() => {
    asked = [];
    kept = new Map();
    put = () => undefined;
    answers = site;
    before = [];
    wasTried = false;
  });

  it("come with the one set that brings a chunk", async () => {
    for (const [index, path] of CHUNKS.entries()) {
      asked = [];
      assert.equal(await (await ask(path)).text(), path);
      assert.deepEqual(asked, [SETS[index]?.address]);
    }
  });

  it("of another build are asked of the network alone, and no set is fetched", async () => {
    assert.equal((await ask("/app/form-XY345678.js")).status, 404);
    assert.deepEqual(asked, ["/app/form-XY345678.js"]);
  });

  it("are not kept, none of them, where an answer is not what the build names", async () => {
    const bent = (address: string) => ({ ...site, [address]: `${site[address]} ` });
    answers = bent("/core.js");
    await assert.rejects(
      keepCore("fr", async () => assert.fail("the index is dropped")),
      /another build/,
    );
    answers = bent(SETS[0]?.address ?? "");
    assert.equal((await ask(CHUNKS[0])).status, 404);
    assert.deepEqual([...kept.keys()], []);
  });

  it("make room for the core on a full disk, once", async () => {
    let room = 0;
    put = () => {
      if (room === 0) throw new DOMException("full", "QuotaExceededError");
    };
    await keepCore("fr", async () => void room++);
    assert.equal(room, 1);
    assert.equal(await kept.get("/core.js")?.text(), "core");
  });

  it("take nothing away after another fault", async () => {
    put = () => {
      throw new TypeError("Failed to fetch");
    };
    await assert.rejects(
      keepCore("fr", async () => assert.fail("the index is dropped")),
      TypeError,
    );
  });

  describe("at an update", () => {
    const [reader, form] = CHUNKS;
    const full = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    beforeEach(() => {
      before = SETS.slice(0, 2).map(({ address }) => address.replace("12345678", "00000000"));
    });

    it("keep the reader's set on a full phone, and leave the others for later", async () => {
      let room = 0;
      put = (path) => {
        if ((path === reader && room === 0) || path === form) full();
      };
      await keepCore("fr", async () => void room++);
      assert.equal(room, 1);
      assert.ok(kept.has(reader));
      assert.ok(!kept.has(form));
    });

    it("are not installed without the reader's set, whether the phone is full or the network is gone", async () => {
      put = (path) => path === reader && full();
      let room = 0;
      for (let time = 0; time < 3; time++)
        await assert.rejects(
          keepCore("fr", async () => void room++),
          { name: "QuotaExceededError" },
        );
      assert.equal(room, 1, "browsers try at every page, and the index is not made again each time");
      assert.deepEqual([...kept.keys()], [], "a full phone keeps no half of a build");
      put = () => undefined;
      const { [SETS[0]?.address ?? ""]: _, ...others } = site;
      answers = others;
      await assert.rejects(
        keepCore("fr", async () => assert.fail("the index is dropped")),
        /set0-\w+\.json is of another build/,
      );
    });
  });
});
