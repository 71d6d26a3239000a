/**
 * Phones of earlier releases, whose IndexedDB the app of today reads. tests/vectors/releases/README.md says how it
 * was made.
 */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { describe, it } from "node:test";
import { brotliDecompressSync } from "node:zlib";
import { digestBytes } from "../src/crypto/bytes";
import { signText } from "../src/crypto/device-key";
import { decryptText } from "../src/crypto/local-encryption";
import { verifier } from "../src/crypto/signature-verifier";
import { openFieldworkStore } from "../src/db/fieldwork-store";
import { openIndexedDbStore } from "../src/db/indexeddb-store";
import { openSearchPieces } from "../src/db/search-pieces";
import { OpenDraft, readDraft } from "../src/fieldwork/drafts";
import { Vault, ensurePhoneKey } from "../src/fieldwork/vault";
import { readForm } from "../src/protocol/form";
import { isRefusal } from "../src/protocol/refusal";
import { prepareIndex } from "../src/search/build-index";
import { findPages } from "../src/search/find-pages";
import { readLexicon } from "../src/search/lexicon";
import { type Dump, load } from "./support/indexeddb-snapshot";
import { Phone } from "./support/phone-with-store";

interface Facts {
  readonly edition: string;
  readonly pages: number;
  readonly guide: string;
  readonly guideDigest: string;
  readonly pin: string;
  readonly draft: string;
  readonly photoDigest: string;
  readonly words: { readonly signed: string; readonly draft: string };
  readonly ids: {
    readonly signed: string;
    readonly sealed: string;
    readonly report: string;
    readonly waiting: string;
    readonly carried: string;
  };
  readonly secrets: { readonly signed: string };
}

const CHANNEL = "fr-ML";
const RELEASES = new URL("../../../../tests/vectors/releases/", import.meta.url);
const nowhere = () => Promise.reject(new TypeError("no network"));

function read(release: string, name: string): Dump {
  return JSON.parse(
    brotliDecompressSync(readFileSync(new URL(`${release}/${name}.json.br`, RELEASES))).toString(),
  ) as Dump;
}

for (const release of readdirSync(RELEASES).filter((name) => /^\d/.test(name))) {
  const facts = (JSON.parse(readFileSync(new URL(`${release}/facts.json`, RELEASES), "utf8")) as { phone: Facts })
    .phone;

  describe(`a phone of ${release}`, () => {
    it("shows and finds its pages, and keeps its choices", async () => {
      await load(read(release, "phone"));
      const store = await openIndexedDbStore();
      const phone = Phone.with(store, nowhere, CHANNEL);
      assert.equal(await phone.editionId(), facts.edition);
      assert.equal(await phone.checkShownPages(), facts.pages);
      assert.equal(await verifier.digest((await phone.body(facts.guide)) ?? ""), facts.guideDigest);
      assert((await store.trust())?.key);
      const pieces = openSearchPieces();
      await prepareIndex(store, pieces, CHANNEL, async () => undefined);
      const found = await findPages(pieces, CHANNEL, "premiers pas", readLexicon(""));
      assert(found?.pages.some(({ path }) => path === facts.guide));
      assert.equal(await store.setting("followed"), CHANNEL);
      assert.deepEqual(await store.setting("spent"), { "2026-11": 75_000 });
      assert.equal(await store.setting("ahead"), 1500);
      assert.deepEqual(await store.setting("asked"), { at: 1, ended: "head" });
      assert.equal(await store.setting("everything"), true);
      assert.deepEqual(
        (await store.setting("alerts"))?.map(({ id, headline, expires }) => [id, headline, expires]),
        [["crue-1", "Crue", 2]],
      );
      assert.deepEqual(await store.setting("told"), { topics: ["alerts"], region: "ML-1", severity: "Severe" });
      assert.equal(await store.setting("hub"), "https://relais.example");
      assert.deepEqual(await store.setting("hubSaid"), { at: 2, ended: "head" });
      assert.equal(await store.setting("waiting"), true);
    });

    it("opens drafts with the PIN, photo and all, under the form they were begun with", async () => {
      await load(read(release, "phone"));
      const fieldwork = openFieldworkStore();
      const vault = await Vault.open(fieldwork);
      assert(vault.hasPin && !vault.isOpen);
      assert.deepEqual(await fieldwork.setting("wrong"), { count: 1, until: 0 });
      assert.deepEqual(await vault.unlock(facts.pin), { kind: "open" });
      assert.deepEqual((await fieldwork.drafts()).map(({ form, lang }) => [form, lang]).sort(), [
        ["confiance", "fr"],
        ["visite", "fr"],
      ]);
      const draft = await fieldwork.draft(facts.draft);
      assert(draft);
      assert.deepEqual([draft.form, draft.title, draft.lang, draft.lock], ["visite", "visite", "fr", "pin"]);
      const content = await readDraft(vault, draft);
      assert.equal(content?.at, "paroles");
      assert.equal(content.answers.paroles, facts.words.draft);
      const { file } = content.answers.vue as unknown as { file: string };
      const photo = await new OpenDraft(fieldwork, vault, draft, undefined).attachment(file);
      assert.equal(photo?.type, "image/jpeg");
      assert.equal(await digestBytes(new Uint8Array(photo.bytes)), facts.photoDigest);
      const form = await readForm(verifier, (await fieldwork.formText(draft.version)) ?? "", draft.version);
      assert(!isRefusal(form));
      assert.equal(form.form, "visite");
    });

    it("keeps unsent forms, receipts and secrets, and signs as the same device", async () => {
      await load(read(release, "phone"));
      const fieldwork = openFieldworkStore();
      const phoneKey = await ensurePhoneKey(fieldwork);
      const { ids, secrets, words } = facts;
      const letter = async (id: string) =>
        JSON.parse((await decryptText(phoneKey, (await fieldwork.outboxEntry(id))?.shut as never)) ?? "{}") as Record<
          string,
          string
        >;
      assert.deepEqual((await fieldwork.outbox()).map(({ state }) => state).sort(), [
        ...Array<string>(5).fill("received"),
        "waiting",
      ]);
      const [signed, report, waiting] = await Promise.all(
        [ids.signed, ids.report, ids.waiting].map((id) => fieldwork.outboxEntry(id)),
      );
      assert.deepEqual(
        [signed?.form, signed?.public, signed?.sealed, signed?.receipt?.length],
        ["visite", false, false, 3],
      );
      assert.deepEqual([report?.form, report?.public], ["utilite", true]);
      assert.equal((await fieldwork.outboxEntry(ids.sealed))?.sealed, true);
      assert.deepEqual(await letter(ids.signed), { secret: secrets.signed });
      assert.deepEqual((await fieldwork.setting("receipts"))?.[ids.signed], signed?.receipt);
      assert(waiting);
      const { text = "", signature = "" } = await letter(ids.waiting);
      assert.equal(await verifier.digest(text), ids.waiting);
      assert(text.includes("Pas encore partie") && !text.includes(words.signed));
      assert.notEqual(signature, "");
      assert(await fieldwork.outboxFile(ids.waiting, 0));
      const device = await fieldwork.setting("device");
      assert.deepEqual([device?.name, device?.place], ["Radio Kayes 1", "ML-1"]);
      assert.notEqual(await signText(device?.secret as CryptoKey, "x"), "");
      assert.equal((await fieldwork.setting("enrolling"))?.code, "ABCDE01234");
      assert(Object.keys((await fieldwork.setting("epochs")) ?? {}).includes("1"));
      const carried = (await fieldwork.carried()).get(ids.carried);
      assert.equal(carried?.state, "waiting");
      assert((await decryptText(phoneKey, carried.shut))?.includes("Porté par une autre"));
      const [request] = await fieldwork.backgroundRequests();
      assert.equal(request && (await decryptText(phoneKey, request.shut)), "une demande");
      assert.deepEqual(request?.headers, { "content-type": "application/x-ndjson" });
    });

    it("whose first download was cut shows the first part, and knows where to go on", async () => {
      await load(read(release, "phone-cut"));
      const store = await openIndexedDbStore();
      const phone = Phone.with(store, nowhere, CHANNEL);
      const progress = await store.progress(CHANNEL);
      assert((await phone.checkShownPages()) > 0);
      assert.equal(await phone.editionId(), "");
      assert.equal(progress?.id, (await store.holding(CHANNEL))?.early?.id);
      assert.equal(progress?.base, "");
      assert.deepEqual(await store.missing((progress?.changes ?? []).map(({ digest }) => digest)), []);
      assert.equal((await phone.pull()).kind, "interrupted");
    });
  });
}
