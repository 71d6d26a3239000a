/** On the wire every body of the inbox has one of a few sizes, and is read as if nothing had been added. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { gunzip } from "../../src/crypto/gzip";
import { createNetwork } from "../../src/net/network";
import { padJson, padLines, padText, paddedSize } from "../../src/send/padding";
import { vectors } from "../support/shared-vectors";

const KB = 1024;

function isOnLadder(size: number): boolean {
  return [KB, 2 * KB, 4 * KB].includes(size) || (size > 0 && size % (8 * KB) === 0);
}

const report = fc.record({
  message: fc.string({ unit: "grapheme", maxLength: 6_000, size: "max" }),
  place: fc.string(),
});

describe("padding", () => {
  it("goes to the sizes that all readers of PROTOCOL.md know", () => {
    for (const [bytes, size] of vectors<{ sizes: [number, number][] }>("padding").sizes)
      assert.equal(paddedSize(bytes), size, `${bytes} bytes`);
  });

  it("leaves 500 different reports with the sizes of the ladder on a real server's wire, and their text whole", async () => {
    const received: Buffer[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      received.push(Buffer.concat(chunks));
      assert.equal(request.headers["content-length"], String(received[received.length - 1]?.length));
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { fetch: fetch_ } = globalThis;
    const network = createNetwork({
      fetch: (path, init) => fetch_(address + path, init),
      onEnd: () => undefined,
      onServerTime: () => undefined,
    });
    const texts = fc
      .sample(report, 500)
      .map((answers) => `${JSON.stringify({ submission: JSON.stringify(answers) })}\n`);
    const send = async (text: string) => {
      const { body, headers } = await padLines(text);
      (await network.request("/inbox", { method: "POST", body, headers })).close();
    };
    for (let at = 0; at < texts.length; at += 20) await Promise.all(texts.slice(at, at + 20).map(send));
    server.close();
    server.closeAllConnections();
    assert.equal(received.length, 500);
    assert.deepEqual(
      received.map(({ length }) => length).filter((size) => !isOnLadder(size)),
      [],
    );
    assert.deepEqual(received.map((body) => gunzipSync(body).toString()).sort(), [...texts].sort());
    assert(new Set(texts.map(({ length }) => length)).size > 100, "the reports themselves differ in length");
  });

  it("survives every length around a step, compressed or not", async () => {
    for (const length of [0, 1, 1_022, 1_023, 1_024, 1_025, 2_048, 4_095, 4_097, 8_191, 8_192, 8_193, 16_385]) {
      const noise = Array.from({ length }, (_, at) => String.fromCharCode(33 + ((at * 7919 + (at >> 4)) % 90))).join(
        "",
      );
      const text = `${noise}\n`;
      const plain = padText(text);
      assert(isOnLadder(plain.length));
      assert.equal(new TextDecoder().decode(plain).replace(/ *\n$/, "\n"), text);
      const { body } = await padLines(text);
      assert(isOnLadder(body.byteLength));
      assert.equal(await gunzip(new Uint8Array(body), 1_000_000), text);
    }
  });

  it("keeps JSON what it was", () => {
    const value = { id: "é".repeat(700), secret: "x" };
    const body = padJson(value);
    assert.equal(body.byteLength, 2 * KB);
    assert.deepEqual(JSON.parse(new TextDecoder().decode(body)), value);
  });

  it("fills up with spaces where the browser cannot compress", async () => {
    const { CompressionStream: stream } = globalThis;
    Object.defineProperty(globalThis, "CompressionStream", { value: undefined, configurable: true });
    try {
      const { body, headers } = await padLines('{"submission":"court"}\n');
      assert.deepEqual([body.byteLength, headers], [KB, {}]);
    } finally {
      Object.defineProperty(globalThis, "CompressionStream", { value: stream, configurable: true });
    }
  });
});
