/** Codes are read by the browser where it can, else by a decoder that is here or is said not to be. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { isReaderHere, openReader } from "../../src/ui/code-reader";

const VIDEO = {} as HTMLVideoElement;

/** A browser with a BarcodeDetector of these formats, or without one; `kept`: addresses in its caches. */
function browser(formats: readonly string[] | null, kept: readonly string[] = []): void {
  class BarcodeDetector {
    constructor(readonly options: { formats: string[] }) {}
    static getSupportedFormats = async () => formats;
    detect = async () => [{ rawValue: `a ${this.options.formats}` }];
  }
  const cache = { keys: async () => kept.map((path) => ({ url: `https://exemple.ml${path}` })) };
  const caches = { keys: async () => ["app-1"], open: async () => cache };
  Object.assign(globalThis, { caches, BarcodeDetector: formats ? BarcodeDetector : undefined });
}

describe("a reader of codes", () => {
  afterEach(() => {
    Object.assign(globalThis, { caches: undefined, BarcodeDetector: undefined });
  });

  it("is the browser's own, which is never fetched", async () => {
    browser(["ean_13", "qr_code"]);
    assert.equal(await isReaderHere(), true);
    assert.equal(await (await openReader())(VIDEO), "a qr_code");
  });

  it("is not the browser's where its system brings none", async () => {
    browser([], ["/app/case-12345678.json"]);
    assert.equal(await isReaderHere(), false);
  });

  it("is here once the worker keeps it", async () => {
    browser(null, ["/app/case-12345678.json", "/app/codes-12345678.json"]);
    assert.equal(await isReaderHere(), true);
    browser(null);
    assert.equal(await isReaderHere(), false);
  });
});
