/**
 * The built app uses nothing that the oldest browsers lack. The type checker covers built-ins of the language (lib
 * ES2020).
 */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { describe, it } from "node:test";

const DIST = new URL("../../../dist/", import.meta.url);

/** Newer than Chrome 80, Firefox 78 or Safari 14; each is used behind a guard at most as often as listed. */
const NEWER: Readonly<Record<string, { readonly pattern: RegExp; readonly guarded: number }>> = {
  "lookbehind in a regular expression": { pattern: /\(\?<[=!]/g, guarded: 0 },
  "await outside a function": { pattern: /^await /gm, guarded: 0 },
  structuredClone: { pattern: /\bstructuredClone\(/g, guarded: 0 },
  "crypto.randomUUID": { pattern: /\brandomUUID\(/g, guarded: 0 },
  "AbortSignal.timeout and any": { pattern: /AbortSignal\.(timeout|any)\(/g, guarded: 0 },
  "String.replaceAll and Array.at": { pattern: /(?<!\.)\.(replaceAll|at|findLast|toSorted|toReversed)\(/g, guarded: 0 },
  "streams that transform": { pattern: /\b(TextDecoderStream|DecompressionStream|CompressionStream)\b/g, guarded: 8 },
  "Element.replaceChildren": { pattern: /\.replaceChildren\(/g, guarded: 0 },
  requestIdleCallback: { pattern: /requestIdleCallback\(/g, guarded: 1 },
  "Intl.ListFormat, DisplayNames, Segmenter": { pattern: /Intl\.(ListFormat|DisplayNames|Segmenter)/g, guarded: 0 },
};

describe("the oldest browsers", () => {
  const names = readdirSync(DIST, { recursive: true, encoding: "utf8" }).filter(
    (name) => name === "sw.js" || (name.startsWith("app") && name.endsWith(".js")),
  );
  const code = names.map((name) => readFileSync(new URL(name, DIST), "utf8")).join("\n");
  it("get scripts", () => assert(names.length > 5));
  for (const [name, { pattern, guarded }] of Object.entries(NEWER)) {
    it(`know no ${name}`, () =>
      assert(
        (code.match(pattern) ?? []).length <= guarded,
        String(code.match(new RegExp(`.{0,60}${pattern.source}.{0,40}`))),
      ));
  }
});
