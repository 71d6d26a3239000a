/** Search among a phone's pages: ranked and marked as on the server, kept in pieces, while there is no room for them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type SearchPieces, openSearchPieces } from "../../src/db/search-pieces";
import { StorageFull } from "../../src/db/store-contract";
import { textOfHtml } from "../../src/protocol/page-text";
import { lexiconOf, prepareIndex } from "../../src/search/build-index";
import { type PieceReader, completions, findPages, piecesInMemory } from "../../src/search/find-pages";
import { LEXICON_PATH, readLexicon } from "../../src/search/lexicon";
import { Matcher, bestPassage } from "../../src/search/passages";
import { HEAD, addPhrases, addWeights, readWeights } from "../../src/search/pieces";
import { openingOf, soundOf } from "../../src/search/sounds";
import { FakeFeedServer } from "../support/fake-feed-server";
import { FakePublisher, type TestPage } from "../support/fake-publisher";
import { Phone } from "../support/phone-with-store";
import { samplePages } from "../support/sample-pages";
import { vectors } from "../support/shared-vectors";

interface FoundVector {
  readonly path: string;
  readonly title: readonly (readonly [string, boolean])[];
  readonly anchor: string;
  readonly heading: string;
  readonly text: readonly (readonly [string, boolean])[];
  readonly more: readonly (readonly [string, string])[];
}

interface SearchVectors {
  readonly sounds: readonly (readonly [word: string, sound: string, opening: string])[];
  readonly lexicon: string;
  readonly pages: readonly { readonly path: string; readonly body: string }[];
  readonly questions: readonly {
    readonly question: string;
    readonly count: number;
    readonly found: readonly FoundVector[];
  }[];
}

const VECTORS = vectors<SearchVectors>("search");
const CHANNEL = "fr-ML";
const pause = async () => undefined;

/** A phone that has pulled pages, the lexicon's with them; `publish` gives it other ones. */
async function phoneWith(pages: readonly { readonly path: string; readonly body: string }[]) {
  const publisher = await FakePublisher.make();
  const server = new FakeFeedServer(publisher);
  const phone = await Phone.make(server.fetch);
  const publish = async (some: typeof pages) => {
    const rest = some.map((page): TestPage => ({ ...page, part: "rest" }));
    const words: TestPage = { path: LEXICON_PATH, body: VECTORS.lexicon, part: "rest" };
    server.editions.push(await publisher.publish([...samplePages(0, 0), words, ...rest]));
    await phone.pull();
  };
  await publish(pages);
  return { store: phone.store, publish };
}

async function ask(phone: Awaited<ReturnType<typeof phoneWith>>, reader: PieceReader, question: string) {
  const holding = await phone.store.holding(CHANNEL);
  assert(holding);
  const found = await findPages(reader, CHANNEL, question, await lexiconOf(phone.store, holding));
  return found?.pages.map(({ path }) => path);
}

describe("sounds", () => {
  it("are those that Python gives", () => {
    for (const [word, sound, opening] of VECTORS.sounds)
      assert.deepEqual([word, soundOf(word), openingOf(word)], [word, sound, opening]);
  });
});

it("pages, passages and marks are those that the server gives", async () => {
  const phone = await phoneWith(VECTORS.pages);
  const pieces = openSearchPieces();
  await prepareIndex(phone.store, pieces, CHANNEL, pause);
  const lexicon = readLexicon(VECTORS.lexicon);
  const bodies = new Map(VECTORS.pages.map(({ path, body }) => [path, body]));
  for (const { question, ...expected } of VECTORS.questions) {
    const found = await findPages(pieces, CHANNEL, question, lexicon);
    assert(found);
    const matcher = new Matcher(found.units, lexicon.ignored);
    const described = found.pages.map(({ path, title }) => {
      const { anchor, heading, text, more } = bestPassage(title, bodies.get(path) ?? "", matcher);
      return { path, title: matcher.parts(title), anchor, heading, text, more };
    });
    assert.deepEqual({ count: found.count, found: described }, expected, question);
  }
});

describe("the index", () => {
  it("is made anew only for a new edition, and only its changed pages are read again", async () => {
    const phone = await phoneWith(VECTORS.pages);
    const pieces = openSearchPieces();
    await prepareIndex(phone.store, pieces, CHANNEL, pause);
    const before = await pieces.get(HEAD);
    let reads: string[] = [];
    const body = phone.store.body.bind(phone.store);
    phone.store.body = async (digest) => {
      const text = await body(digest);
      reads.push(text?.split("\n")[0] ?? "");
      return text;
    };
    await prepareIndex(phone.store, pieces, CHANNEL, pause);
    assert.deepEqual(reads, ["Les mots de la recherche"]);
    assert.equal(await pieces.get(HEAD), before);
    const [first, ...others] = VECTORS.pages.filter(({ path }) => path !== "authorities");
    assert(first);
    const changed = { ...first, body: first.body.replace("Bloquer la carte", "Chameau") };
    await phone.publish([changed, ...others]);
    reads = [];
    await prepareIndex(phone.store, pieces, CHANNEL, pause);
    const again = "Feuille pour la police"; // a letter of two paths is indexed once, and looked at again
    assert.deepEqual(reads, ["Les mots de la recherche", first.body.split("\n")[0], again]);
    assert.deepEqual(await ask(phone, pieces, "chameau"), [first.path]);
    assert.deepEqual(await ask(phone, pieces, "procureur"), []);
    assert.deepEqual(await ask(phone, pieces, "volé"), ["guides/telephone-perdu", "complaints/account"]);
  });

  it("is made anew when too much of it is gone", async () => {
    const phone = await phoneWith(VECTORS.pages);
    const pieces = openSearchPieces();
    await prepareIndex(phone.store, pieces, CHANNEL, pause);
    await phone.publish(VECTORS.pages.slice(0, 2));
    await prepareIndex(phone.store, pieces, CHANNEL, pause);
    assert.equal((JSON.parse((await pieces.get(HEAD)) ?? "") as { kinds: string }).kinds, "gg");
    assert.deepEqual(await ask(phone, pieces, "téléphone"), ["guides/telephone-perdu"]);
  });

  it("of a release before is replaced at the first search", async () => {
    const phone = await phoneWith(VECTORS.pages);
    const pieces = openSearchPieces();
    await pieces.write(new Map([[CHANNEL, "{}"]]), true);
    assert.equal(await ask(phone, pieces, "portable"), undefined);
    await prepareIndex(phone.store, pieces, CHANNEL, pause);
    assert.equal(await pieces.get(CHANNEL), undefined);
    assert.deepEqual(await ask(phone, pieces, "portable"), ["guides/telephone-perdu"]);
  });

  it("answers on a phone without room for it, and is kept once there is room", async () => {
    const phone = await phoneWith(VECTORS.pages);
    const kept = openSearchPieces();
    const full: SearchPieces = {
      ...kept,
      write: async () => {
        throw new StorageFull();
      },
    };
    const built = await prepareIndex(phone.store, full, CHANNEL, pause);
    assert(built);
    assert.deepEqual(await ask(phone, piecesInMemory(built), "portable"), ["guides/telephone-perdu"]);
    assert.equal(await kept.get(HEAD), undefined);
    await prepareIndex(phone.store, kept, CHANNEL, pause);
    assert.deepEqual(await ask(phone, kept, "portable"), ["guides/telephone-perdu"]);
    await phone.publish(VECTORS.pages.slice(0, 11));
    const rebuilt = await prepareIndex(phone.store, full, CHANNEL, pause);
    assert(rebuilt);
    assert.deepEqual(await ask(phone, piecesInMemory(rebuilt), "portable"), ["guides/telephone-perdu"]);
  });

  it("completes what is typed, as authors wrote it", async () => {
    const phone = await phoneWith(VECTORS.pages);
    const pieces = openSearchPieces();
    await prepareIndex(phone.store, pieces, CHANNEL, pause);
    assert.deepEqual(await completions(pieces, "port"), ["portable", "portable volé"]);
    assert.deepEqual(await completions(pieces, "Mon telephone ar"), [
      "Mon telephone argent",
      "Mon telephone arnaque",
      "Mon telephone argent mobile",
    ]);
    assert.deepEqual(await completions(pieces, "t"), []);
    assert.deepEqual(await completions(pieces, ""), []);
  });
});

describe("a piece", () => {
  it("takes more pages of a sound after those it has", () => {
    const piece = addWeights(
      undefined,
      new Map([
        [
          "vol",
          [
            [0, 15],
            [40, 1],
          ],
        ],
        ["voz", [[3, 2]]],
      ]),
    );
    assert.equal(piece, "vol 0O14A\nvoz 3B");
    const more = addWeights(
      piece,
      new Map([
        ["vol", [[41, 7]]],
        ["voa", [[42, 1]]],
      ]),
    );
    assert.deepEqual(
      [...readWeights(more, "vol")],
      [
        [0, 15],
        [40, 1],
        [41, 7],
      ],
    );
    assert.deepEqual([...readWeights(more, "voa")], [[42, 1]]);
    assert.deepEqual([...readWeights(more, "vo")], []);
    assert.deepEqual([...readWeights(undefined, "vol")], []);
  });

  it("keeps a phrase once, as it was first written", () => {
    const piece = addPhrases(undefined, new Map([["tele", "télé"]]));
    assert.equal(
      addPhrases(
        piece,
        new Map([
          ["tele", "Télé"],
          ["tel", "tél"],
        ]),
      ),
      "tele\ttélé\ntel\ttél",
    );
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
