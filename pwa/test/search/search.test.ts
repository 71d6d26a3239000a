/** Search among a phone's pages: without accents, with typing errors, while the index is not there yet. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { PhoneStore } from "../../src/db/store-contract";
import { textOfHtml } from "../../src/protocol/page-text";
import { loadIndex, prepareIndex, searchPaths } from "../../src/search/full-text-index";
import { prefixSearch } from "../../src/search/prefix-search";
import { extractSnippet } from "../../src/search/snippet";
import { FakeFeedServer } from "../support/fake-feed-server";
import { FakePublisher, type TestPage } from "../support/fake-publisher";
import { Phone } from "../support/phone-with-store";
import { samplePages } from "../support/sample-pages";

const guide = (slug: string, title: string, html: string): TestPage => ({
  path: `guides/${slug}`,
  body: `${title}\n<h1>${title}</h1>${html}`,
  part: "rest",
});
const PAGES = [
  ...samplePages(0, 0),
  guide("mot-de-passe", "Choisir un mot de passe", "<p>Trois mots au hasard.</p>"),
  guide("donnees", "Vos données personnelles", "<p>La loi protège l’image, le nom.</p>"),
  guide("argent", "L’argent mobile", "<p>Personne ne demande votre code secret. Un mot de passe non plus.</p>"),
  guide("bambara", "Kunnafoni ɲɛnabɔ", "<p>Kɛnɛ kan ŋɔmi</p>"),
  { path: "topics/x", body: "mot de passe\nmot de passe", part: "rest" as const },
];

let store: PhoneStore;
const quick = async (question: string) => prefixSearch((await store.searchTexts("fr-ML"))?.documents ?? [], question);
const full = async (question: string) =>
  searchPaths(await loadIndex((await store.searchIndex("fr-ML")) ?? ""), question);
const pause = async () => undefined;

before(async () => {
  const publisher = await FakePublisher.make();
  const server = new FakeFeedServer(publisher);
  server.editions.push(await publisher.publish(PAGES));
  const phone = await Phone.make(server.fetch);
  await phone.pull();
  store = phone.store;
  await prepareIndex(store, "fr-ML", pause);
});

for (const [kind, search] of Object.entries({ quick, full })) {
  describe(`search: ${kind}`, () => {
    const cases: Record<string, string[]> = {
      "mot de passe": ["guides/mot-de-passe", "guides/argent"],
      "donnees personnelles": ["guides/donnees"],
      "DONNÉE personnelle": ["guides/donnees"],
      nyenabo: ["guides/bambara"],
      kene: ["guides/bambara"],
      nomi: ["guides/bambara"],
      "l'image": ["guides/donnees"],
      secr: ["guides/argent"],
      "": [],
      "'": [],
    };
    for (const [question, paths] of Object.entries(cases))
      it(question, async () => assert.deepEqual(await search(question), paths));
  });
}

describe("the index", () => {
  it("forgives a typing error", async () => assert.deepEqual(await full("persnnelles"), ["guides/donnees"]));
  it("gives pages with some of the words when none has all", async () =>
    assert((await full("secret hasard")).length === 2));
  it("is made anew only for a new edition, and only its changed texts are read again", async () => {
    const before = await store.searchIndex("fr-ML");
    const body = store.body.bind(store);
    let reads = 0;
    store.body = (digest) => {
      reads += 1;
      return body(digest);
    };
    await prepareIndex(store, "fr-ML", pause);
    assert.equal(reads, 0);
    assert.equal(await store.searchIndex("fr-ML"), before);
    store.body = body;
  });
});

describe("extract", () => {
  it("marks the words as they stand in the text, accents and all", () => {
    assert.deepEqual(extractSnippet("Vos données personnelles.", "donnees"), [
      { text: "Vos ", isMatch: false },
      { text: "données", isMatch: true },
      { text: " personnelles.", isMatch: false },
    ]);
  });
  it("shows what stands around the first word found", () => {
    const pieces = extractSnippet(`${"avant ".repeat(50)}ɲɛnabɔ ${"après ".repeat(50)}`, "nye");
    const text = pieces.map((piece) => piece.text).join("");
    assert(text.startsWith("… avant") && text.endsWith("…") && text.length < 170);
    assert.deepEqual(
      pieces.filter((piece) => piece.isMatch),
      [{ text: "ɲɛnabɔ", isMatch: true }],
    );
  });
  it("is the beginning when the word is only in the title", () => {
    assert.deepEqual(extractSnippet("Trois mots au hasard", "passe"), [
      { text: "Trois mots au hasard", isMatch: false },
    ]);
  });
});

describe("a page's text", () => {
  it("is what a person reads", () => {
    assert.equal(
      textOfHtml("<p>Un <b>deux</b><svg><path d=M1/></svg>&nbsp;&amp; l&#39;eau &#x26; &inconnu;"),
      "Un deux & l'eau & &inconnu;",
    );
  });
});
