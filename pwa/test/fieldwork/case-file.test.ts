/** A case keeps the person's words and proofs under a long PIN alone, and never a picture of what must not be shown. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import type { Draft, FieldworkStore } from "../../src/db/fieldwork-contract";
import { openFieldworkStore } from "../../src/db/fieldwork-store";
import {
  type CaseContent,
  CaseFile,
  type ProofEntry,
  dropCaseWords,
  dropCases,
  regionOfCases,
} from "../../src/fieldwork/case-file";
import { openCaseLetter, wordsOfLog } from "../../src/fieldwork/case-letter";
import { Vault } from "../../src/fieldwork/vault";

const DAY = "2026-11-24";
const PICTURE = new File(["des octets"], "capture.png", { type: "image/png" });
const SHA256 = "30ab9a8ed00c4b2a8fd8e9b5a3e6a8ac";

let fieldwork: FieldworkStore;
let vault: Vault;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  fieldwork = openFieldworkStore();
  vault = await Vault.open(fieldwork);
});

function entry(change: Partial<ProofEntry> = {}): ProofEntry {
  const seen = {
    kind: "seen",
    written: `${DAY}T08:00`,
    day: "le 3 novembre",
    what: "Ma photo",
    where: "Facebook",
  } as const;
  return { ...seen, link: "https://exemple.ml/1", account: "Compte Z", files: [], ...change };
}

async function kept(change: Partial<CaseContent> = {}): Promise<CaseFile> {
  const content = { number: 1, harm: "image", answers: {}, screen: "plan", records: {}, entries: [], letters: {} };
  const one = CaseFile.begin(fieldwork, vault, { ...content, ...change }, DAY);
  await one.keep();
  return one;
}

async function reopened(): Promise<CaseContent | undefined> {
  return (await CaseFile.all(fieldwork, vault))[0]?.content;
}

describe("a case", () => {
  it("keeps nothing before it is told to, and nothing after it is erased", async () => {
    const content = { number: 1, harm: "image", answers: {}, screen: "plan", records: {}, entries: [], letters: {} };
    const one = CaseFile.begin(fieldwork, vault, content, DAY);
    await one.change({ screen: "proof" });
    assert.equal(await reopened(), undefined);
    await one.keep();
    assert.equal((await reopened())?.screen, "proof");
    await one.drop();
    assert.equal(await reopened(), undefined);
  });

  it("is not written again by a change that comes while it is erased", async () => {
    const one = await kept();
    await Promise.all([one.drop(), one.change({ screen: "proof" })]);
    assert.equal((await fieldwork.drafts()).length, 0);
  });

  it("goes with all others, also where no key opens it, and takes its pictures along", async () => {
    await vault.changePin("123456");
    const one = await kept();
    await one.attach(PICTURE, `${DAY}T08:00`);
    await fieldwork.saveDraft({ ...((await fieldwork.draft(one.id)) as Draft), id: "broken", lock: "phone" });
    assert.equal((await CaseFile.all(fieldwork, vault)).length, 1);
    await dropCases(fieldwork);
    assert.equal((await fieldwork.drafts()).length, 0);
    assert.equal((await fieldwork.filesOf(one.id)).size, 0);
  });

  it("keeps its steps without a PIN, and none of the person's words", async () => {
    const one = await kept();
    await one.change({
      records: { police: { day: DAY, days: 15, outcome: "" } },
      entries: [entry()],
      letters: { Nom: "Awa" },
      unfinished: { seen: entry() },
      region: "ML-BKO",
    });
    const found = await reopened();
    assert.equal(await regionOfCases(fieldwork, vault), undefined);
    assert.equal(found?.unfinished, undefined);
    assert.deepEqual(found?.records, { police: { day: DAY, days: 15, outcome: "" } });
    assert.deepEqual([found?.entries, found?.letters], [[], {}]);
    await assert.rejects(one.attach(PICTURE, `${DAY}T08:00`));
  });

  it("keeps no words under a PIN of four digits", async () => {
    await vault.changePin("1234");
    const one = await kept({ entries: [entry()] });
    assert.equal(one.keepsWords, false);
    assert.deepEqual((await reopened())?.entries, []);
  });

  it("keeps words and pictures with their digest under a long one", async () => {
    await vault.changePin("123456");
    const one = await kept({ entries: [entry()] });
    const file = await one.attach(PICTURE, `${DAY}T08:00`);
    assert.match(file.digest, /^[0-9a-f]{64}$/);
    assert.equal(await (await one.picture(file))?.text(), "des octets");
    assert.equal((await reopened())?.entries[0]?.what, "Ma photo");
  });

  it("keeps the region of the newest case under a long PIN, for whoever has opened it", async () => {
    await vault.changePin("123456");
    for (const [number, region] of ["ML-1", "ML-BKO", undefined].entries()) await kept({ number, region });
    assert.equal(await regionOfCases(fieldwork, vault), "ML-BKO");
    vault.lock();
    assert.equal(await regionOfCases(fieldwork, vault), undefined);
  });

  it("keeps no picture of intimate images nor of a child, under any lock", async () => {
    await vault.changePin("123456");
    for (const harm of ["intimate-images", "child"])
      await assert.rejects((await kept({ harm })).attach(PICTURE, `${DAY}T08:00`));
  });

  it("loses its words and pictures when the PIN is taken away", async () => {
    await vault.changePin("123456");
    const one = await kept();
    const file = await one.attach(PICTURE, `${DAY}T08:00`);
    await one.change({ entries: [entry({ files: [file] })], letters: { Nom: "Awa" }, unfinished: { seen: entry() } });
    assert.equal((await reopened())?.unfinished?.seen?.what, "Ma photo");
    await dropCaseWords(fieldwork, vault);
    await vault.changePin(null);
    const found = await reopened();
    assert.deepEqual([found?.entries, found?.letters, found?.unfinished], [[], {}, undefined]);
    assert.equal((await fieldwork.filesOf(one.id)).size, 0);
  });
});

describe("a letter of a case", () => {
  it("knows the log, and what another letter was told", async () => {
    await vault.changePin("123456");
    const one = await kept({
      entries: [entry(), entry({ kind: "asked", where: "Facebook", what: "Refusé", day: "hier" })],
    });
    const letter = await openCaseLetter({ fieldwork, vault } as never, one.id);
    assert.equal(letter?.valueOf("liens", "Liens"), "https://exemple.ml/1");
    assert.equal(letter?.valueOf("demarches", "Déjà demandé"), "hier, Facebook, Refusé");
    letter?.save("Liens", "https://exemple.ml/2");
    assert.equal(letter?.valueOf("liens", "Liens"), "https://exemple.ml/2");
    assert.equal(letter?.valueOf("inconnu", "Inconnu"), "");
  });

  it("names each screenshot with its digest", () => {
    const file = { key: "k", name: "c.png", type: "image/png", size: 3, digest: SHA256, taken: `${DAY}T08:00` };
    assert.equal(
      wordsOfLog({ entries: [entry({ files: [file] })] }).captures,
      `c.png, ${DAY} 08:00, SHA-256 ${SHA256}`,
    );
  });
});
