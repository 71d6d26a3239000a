/** A recording that is cut goes on where it stopped, is verified as a whole, and can be removed with what came of it. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { digestBytes } from "../../src/crypto/bytes";
import type { PhoneStore } from "../../src/db/store-contract";
import { dropMedia, isMediaKept, keepMediaInPieces } from "../../src/net/media-cache";

const SOUND = new Uint8Array(1000).map((_, index) => index % 251);
const store = { setting: async () => "" } as unknown as PhoneStore;
const entries = new Map<string, Blob>();
const asked: string[] = [];
let address = "";

/** A server that gives at most `most` bytes before the connection ends with an error. */
function serve(most: number, sound = SOUND): void {
  globalThis.fetch = async (_, options) => {
    const range = new Headers(options?.headers).get("range") ?? "";
    asked.push(range);
    const start = Number(/\d+/.exec(range)?.[0] ?? 0);
    const rest = sound.slice(start);
    const body = new ReadableStream<Uint8Array>({
      start(control) {
        control.enqueue(rest.slice(0, Math.min(most, rest.length)));
        if (rest.length > most) setTimeout(() => control.error(new TypeError("cut")));
        else control.close();
      },
    });
    return new Response(body, { status: range ? 206 : 200, headers: { "content-type": "audio/ogg" } });
  };
}

beforeEach(async () => {
  entries.clear();
  asked.length = 0;
  address = `/media/${await digestBytes(SOUND.buffer)}.opus`;
  const cache = {
    match: async (key: string) => (entries.has(key) ? new Response(entries.get(key)) : undefined),
    put: async (key: string, response: Response) => void entries.set(key, await response.blob()),
    delete: async (key: string) => entries.delete(key),
  };
  Object.assign(globalThis, { caches: { open: async () => cache } });
});

test("a cut download goes on where it stopped and is kept when it is whole", async () => {
  const heard: number[] = [];
  serve(400);
  assert.equal(await keepMediaInPieces(store, address, (bytes) => heard.push(bytes)), "interrupted");
  assert.equal(await isMediaKept(address), false);
  assert.equal(await keepMediaInPieces(store, address, (bytes) => heard.push(bytes)), "interrupted");
  assert.equal(await keepMediaInPieces(store, address, (bytes) => heard.push(bytes)), "kept");
  assert.deepEqual(asked, ["", "bytes=400-", "bytes=800-"]);
  assert.deepEqual(heard, [400, 800, 1000]);
  assert.deepEqual([...entries.keys()], [address]);
});

test("bytes that are not those of the name are dropped, and the next time begins anew", async () => {
  serve(
    2000,
    SOUND.map((byte) => byte + 1),
  );
  assert.equal(await keepMediaInPieces(store, address, () => undefined), "broken");
  assert.equal(entries.size, 0);
});

test("removing a sound removes what came of it", async () => {
  serve(400);
  await keepMediaInPieces(store, address, () => undefined);
  await dropMedia(address);
  assert.equal(entries.size, 0);
});

test("each byte is written once on the way, and once as the whole", async () => {
  const long = new Uint8Array(400_000).map((_, index) => index % 251);
  address = `/media/${await digestBytes(long.buffer)}.opus`;
  let written = 0;
  const cache = await caches.open("media");
  const { put } = cache;
  cache.put = async (key, response) => {
    written += (await response.clone().arrayBuffer()).byteLength;
    return put(key, response);
  };
  globalThis.fetch = async () => {
    let sent = 0;
    const pull = (control: ReadableStreamDefaultController<Uint8Array>): void => {
      if (sent < long.length) control.enqueue(long.slice(sent, sent + 1_400));
      else control.close();
      sent += 1_400;
    };
    return new Response(new ReadableStream({ pull }), { headers: { "content-type": "audio/ogg" } });
  };
  assert.equal(await keepMediaInPieces(store, address, () => undefined), "kept");
  assert.equal(written, 2 * long.length);
  assert.deepEqual([...entries.keys()], [address]);
});
