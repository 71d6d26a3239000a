/** The phone's rules agree with Python's on every shared vector. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { verifier } from "../../src/crypto/signature-verifier";
import { type Json, canonical } from "../../src/protocol/canonical";
import { freshnessText, parseStatement } from "../../src/protocol/edition-statement";
import { fold, terms } from "../../src/protocol/folding";
import {
  type EntryChange,
  type Manifest,
  digestsByPath,
  firstText,
  parseManifest,
  rebuild,
  restText,
} from "../../src/protocol/manifest";
import { compose, isPagePath } from "../../src/protocol/page";
import { applyPatch } from "../../src/protocol/patch";
import { isRefusal } from "../../src/protocol/refusal";
import {
  type RotationLink,
  type Trust,
  acceptStatement,
  confirmationDate,
  firstTrust,
  followChain,
} from "../../src/protocol/trust";
import { vectors } from "../support/shared-vectors";
import { readWhole } from "../support/whole-feed-reader";

interface TrustJson {
  site: string;
  epoch: number;
  key: string;
  next: string;
}
interface ManifestJson {
  texts: [string, string];
  first: number;
}

const trustOf = ({ next, ...rest }: TrustJson): Trust => ({ ...rest, nextKeyDigest: next });
const code = (value: unknown): string => (isRefusal(value) ? value.refused : "");

function manifestOf({ texts }: ManifestJson): Manifest {
  const manifest = parseManifest(...texts);
  assert(!isRefusal(manifest));
  return manifest;
}

describe("canonical", () => {
  const { cases, refused } = vectors<{ cases: { value: Json; text: string; digest: string }[]; refused: Json[] }>(
    "canonical",
  );
  for (const { value, text, digest } of cases) {
    it(text, async () => {
      assert.equal(canonical(value), text);
      assert.equal(await verifier.digest(text), digest);
    });
  }
  for (const value of refused)
    it(`has no form for ${JSON.stringify(value)}`, () => assert.equal(canonical(value), null));
});

describe("patch", () => {
  const { cases, refused } = vectors<{
    cases: { old: string; new: string; patch: unknown[] }[];
    refused: { old: string; patch: unknown[] }[];
  }>("patch");
  for (const { old, new: expected, patch } of cases)
    it(JSON.stringify(patch).slice(0, 60), () => assert.equal(applyPatch(old, patch), expected));
  for (const { old, patch } of refused)
    it(`refuses ${JSON.stringify(patch)}`, () => assert.equal(code(applyPatch(old, patch)), "patch-misfit"));
});

describe("page", () => {
  const data = vectors<Record<string, unknown>>("page");
  for (const { shell, body, document } of data.compose as { shell: string; body: string; document: string }[]) {
    it(`composes ${body.slice(0, 20)}`, () => assert.equal(compose(shell, body), document));
  }
  for (const shell of data["shells refused"] as string[])
    it(`refuses the shell ${shell}`, () => assert.equal(code(compose(shell, "a")), "shell-without-marks"));
  for (const path of data.paths as string[]) it(`takes the path ${path}`, () => assert(isPagePath(path)));
  for (const path of data["paths refused"] as string[])
    it(`refuses the path ${JSON.stringify(path)}`, () => assert(!isPagePath(path)));
});

describe("manifest", () => {
  const data = vectors<Record<string, unknown>>("manifest");
  const changes = (list: [string, string, number | null][]): EntryChange[] =>
    list.map(([path, digest, at]) => ({ path, digest, at }));
  for (const testCase of data.deltas as {
    base: ManifestJson;
    new: ManifestJson;
    gone: string[];
    changes: [string, string, number | null][];
  }[]) {
    it(`rebuilds ${testCase.changes.length} changes, ${testCase.gone.length} gone`, () => {
      const expected = manifestOf(testCase.new);
      const manifest = rebuild(manifestOf(testCase.base), testCase.gone, changes(testCase.changes), testCase.new.first);
      assert.deepEqual(manifest, expected);
      assert.deepEqual([firstText(expected), restText(expected)], testCase.new.texts);
    });
  }
  for (const testCase of data["deltas refused"] as {
    base: ManifestJson;
    gone: string[];
    changes: [string, string, number | null][];
    first: number;
  }[]) {
    it(`refuses ${JSON.stringify(testCase.changes).slice(0, 40)}`, () =>
      assert(isRefusal(rebuild(manifestOf(testCase.base), testCase.gone, changes(testCase.changes), testCase.first))));
  }
  for (const [first, rest] of data["texts refused"] as [string, string][]) {
    it(`refuses ${JSON.stringify(first).slice(0, 30)}`, () =>
      assert.equal(code(parseManifest(first, rest)), "manifest-malformed"));
  }
});

describe("trust", () => {
  interface AcceptCase {
    why: string;
    code: string;
    trust: TrustJson;
    channel: string;
    statement: string;
    signature: string;
    held: string | null;
  }
  interface ChainCase {
    why: string;
    code: string;
    trust: TrustJson;
    chain: RotationLink[];
    after?: Omit<TrustJson, "site">;
  }
  const data = vectors<{
    accept: AcceptCase[];
    chains: ChainCase[];
    "first use": { why: string; code: string; link: RotationLink; id?: string }[];
    fresh: { key: string; statement: string; date: string; text: string; signature: string };
  }>("trust");
  for (const testCase of data.accept) {
    it(testCase.why, async () => {
      const newest = testCase.held === null ? null : parseStatement(testCase.held);
      assert(!isRefusal(newest));
      assert.equal(
        code(
          await acceptStatement(
            verifier,
            trustOf(testCase.trust),
            testCase.channel,
            testCase.statement,
            testCase.signature,
            newest,
          ),
        ),
        testCase.code,
      );
    });
  }
  for (const testCase of data.chains) {
    it(testCase.why, async () => {
      const after = await followChain(verifier, trustOf(testCase.trust), testCase.chain);
      assert.equal(code(after), testCase.code);
      if (testCase.after) assert.deepEqual(after, trustOf({ site: testCase.trust.site, ...testCase.after }));
    });
  }
  for (const testCase of data["first use"]) {
    it(`first use: ${testCase.why}`, async () => {
      assert.equal(code(await firstTrust(verifier, testCase.link)), testCase.code);
      if (testCase.id) assert.equal(await verifier.digest(testCase.link[1]), testCase.id);
    });
  }
  it("freshness: the publisher's signature of a day", async () => {
    const { key, statement: text, date, text: expected, signature } = data.fresh;
    const statement = parseStatement(text);
    assert(!isRefusal(statement));
    assert.equal(freshnessText(statement, date), expected);
    const trust = { site: statement.site, epoch: statement.epoch, key, nextKeyDigest: statement.nextKeyDigest };
    assert.equal(await confirmationDate(verifier, trust, statement, [date, signature]), date);
    assert.equal(await confirmationDate(verifier, trust, statement, ["2026-11-26", signature]), null);
    assert.equal(
      await confirmationDate(verifier, trust, { ...statement, number: statement.number + 1 }, [date, signature]),
      null,
    );
  });
});

describe("feed", () => {
  interface EditionJson extends ManifestJson {
    id: string;
    statement: string;
  }
  const data = vectors<{
    trust: TrustJson;
    channel: string;
    before: EditionJson;
    after: EditionJson;
    bodies: Record<string, string>;
    whole: string[];
    delta: string[];
    refused: { why: string; code: string; base: string; lines: string[] }[];
  }>("feed");
  const base = (id: string) => (id === "" ? null : { id, manifest: manifestOf(data.before) });
  const read = (lines: readonly string[], id: string) =>
    readWhole(lines, trustOf(data.trust), data.channel, base(id), data.bodies);

  it("a whole feed gives the manifest and every page", async () => {
    const feed = await read(data.whole, "");
    assert(!isRefusal(feed));
    assert.deepEqual(feed.manifest, manifestOf(data.before));
    for (const digest of digestsByPath(feed.manifest).values())
      assert.equal(feed.bodies.get(digest), data.bodies[digest]);
  });
  it("a delta gives the newer manifest and the changed pages", async () => {
    const feed = await read(data.delta, data.before.id);
    assert(!isRefusal(feed));
    assert.deepEqual(feed.manifest, manifestOf(data.after));
    for (const [digest, body] of feed.bodies) assert.equal(body, data.bodies[digest]);
  });
  for (const testCase of data.refused)
    it(`refuses ${testCase.why}`, async () =>
      assert.equal(code(await read(testCase.lines, testCase.base)), testCase.code));
});

describe("folding", () => {
  for (const testCase of vectors<{ cases: { text: string; terms: string[] }[] }>("folding").cases) {
    it(testCase.text, () => {
      assert.deepEqual(terms(testCase.text), testCase.terms);
      assert.equal(fold(fold(testCase.text)), fold(testCase.text));
    });
  }
});
