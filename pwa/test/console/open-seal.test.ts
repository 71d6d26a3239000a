/**
 * Sealed answers open in the submission that they were sealed for, as the shared vectors say; those of the older kind
 * open with a word of doubt, and late ones only when asked for.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type DecryptedSubmission,
  decryptSubmission,
  judgeUnbound,
} from "../../src/console/sealing/decrypt-submission";
import { openSeal } from "../../src/console/sealing/open-seal";
import { OpeningKey, openSealedFile } from "../../src/crypto/private-sealing-key";
import { base64urlDecode } from "../../src/protocol/canonical";
import type { Form } from "../../src/protocol/form";
import { type Submission, parseSealedContent } from "../../src/protocol/opened-submission";
import { fileBinding } from "../../src/protocol/submission";
import { parseSubmission } from "../../src/protocol/submission-reader";
import { vectors } from "../support/shared-vectors";

interface Case {
  readonly why: string;
  readonly text: string;
  readonly files: number;
}
interface Table {
  readonly keys: readonly { readonly id: string; readonly pem: string }[];
  readonly submission: string;
  readonly answers: unknown;
  readonly file: { readonly data: string; readonly sealed: string };
  readonly copies: readonly { readonly why: string; readonly submission: string }[];
  readonly "copied file": { readonly submission: string };
  readonly unbound: { readonly submission: string; readonly copy: string };
  readonly plaintexts: { readonly good: readonly Case[]; readonly refused: readonly Case[] };
  readonly "unbound opens": readonly { readonly arrived: string; readonly first: string; readonly opens: boolean }[];
}
const table = vectors<Table>("sealing");
const keys = await Promise.all(table.keys.map(async ({ pem }) => (await OpeningKey.read(pem)) as OpeningKey));
const FORM: Form = {
  v: 1,
  form: "foyer",
  lang: "fr",
  languages: ["fr"],
  title: { fr: "Foyer" },
  audience: "device",
  sealed: true,
  keep: 30,
  choices: {},
  items: [
    { q: "nom", type: "text" },
    { q: "photo", type: "image" },
  ],
};

function submissionOf(text: string): Submission {
  const submission = parseSubmission(text);
  assert(typeof submission === "object", String(submission));
  return submission;
}

async function openWith(key: OpeningKey | undefined, text: string) {
  const submission = submissionOf(text);
  const opened = await openSeal(key as OpeningKey, submission);
  return opened && parseSealedContent(opened.plaintext, submission.files?.length ?? 0, opened.isBound);
}

async function openFile(text: string) {
  const { site, form, version } = submissionOf(text);
  const content = await openWith(keys[0], text);
  const binding = fileBinding(site, form, version, 0, 1);
  const bytes = base64urlDecode(table.file.sealed) as Uint8Array<ArrayBuffer>;
  return openSealedFile(content?.keys[0] ?? "", bytes, binding);
}

async function decrypted(text: string, arrived: string): Promise<DecryptedSubmission> {
  const { version } = submissionOf(text);
  const sealed = { forms: { [version]: FORM }, lines: [] };
  const line = { text, arrived, received: arrived, device: "", doubt: "" };
  return (await decryptSubmission(keys[0] as OpeningKey, sealed, line)) as DecryptedSubmission;
}

describe("a seal", () => {
  it("opens with both keys in its own submission, with its attachment", async () => {
    for (const key of keys) {
      const content = await openWith(key, table.submission);
      assert.deepEqual([content?.answers, content?.isBound], [table.answers, true]);
    }
    assert.deepEqual(
      new Uint8Array((await openFile(table.submission)) ?? new ArrayBuffer(0)),
      base64urlDecode(table.file.data),
    );
  });
  for (const { why, submission } of table.copies)
    it(`does not open where a carrier copied it ${why}`, async () => {
      for (const key of keys) assert.equal(await openWith(key, submission), null);
    });
  it("keeps a copied attachment closed, which another key would have to open", async () => {
    const text = table["copied file"].submission;
    assert.deepEqual(submissionOf(text).files, submissionOf(table.submission).files);
    assert((await openWith(keys[0], text))?.isBound);
    assert.equal(await openFile(text), null);
  });
  it("of the older kind opens anywhere in its form, and is known not to be bound", async () => {
    for (const text of [table.unbound.submission, table.unbound.copy]) {
      const content = await openWith(keys[0], text);
      assert.deepEqual([content?.answers, content?.isBound], [table.answers, false]);
    }
  });
  for (const { why, text, files } of table.plaintexts.refused)
    it(`with ${why} in its plaintext is refused`, () => assert.equal(parseSealedContent(text, files, true), null));
  it("is read without its padding", () => {
    for (const { text, files } of table.plaintexts.good)
      assert.equal(parseSealedContent(text, files, true)?.keys.length, files);
  });
});

describe("answers sealed by an older app", () => {
  for (const { arrived, first, opens } of table["unbound opens"])
    it(`${opens ? "open" : "stay closed"} (arrived ${arrived || "elsewhere"}, first bound ${first || "never"})`, async () => {
      const older = await decrypted(table.unbound.submission, arrived);
      const newer = first ? [await decrypted(table.submission, first)] : [];
      const [judged] = judgeUnbound([older, ...newer], false);
      assert.deepEqual(
        [judged?.answers, judged?.doubt],
        opens ? [table.answers, "seal-unbound"] : [null, "seal-unbound-late"],
      );
      const [asked] = judgeUnbound([older, ...newer], true);
      assert.deepEqual([asked?.answers, asked?.doubt.startsWith("seal-unbound")], [table.answers, true]);
    });
  it("leave what is bound as it is", async () => {
    const newer = await decrypted(table.submission, "2026-11-24");
    assert.deepEqual(judgeUnbound([newer], false), [newer]);
    assert.equal(newer.doubt, "");
  });
  it("keep their other doubts", async () => {
    const older = { ...(await decrypted(table.unbound.submission, "2026-11-24")), doubt: "device-revoked" };
    assert.equal(judgeUnbound([older], false)[0]?.doubt, "device-revoked seal-unbound");
  });
});
