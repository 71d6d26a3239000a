/** Forms that stand apart stay on an enrolled phone, and an older version serves where the network is missing. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { verifier } from "../../src/crypto/signature-verifier";
import { openFieldworkStore } from "../../src/db/fieldwork-store";
import { readFormText } from "../../src/fieldwork/kept-forms";
import { Vault } from "../../src/fieldwork/vault";
import { installBrowser } from "../support/browser-globals";
import { MemoryStore } from "../support/memory-store";

const part = (text: string) => `Essai\n<script type="application/json" data-part=2>${text}</script>`;

async function announced(text: string) {
  return { slug: "essai", version: text, parts: 2, digests: [await verifier.digest(part(text))], first: "" };
}

describe("a form that stands apart", () => {
  it("is fetched once and needs no network afterwards", async () => {
    const browser = installBrowser();
    globalThis.indexedDB = new IDBFactory();
    const fieldwork = openFieldworkStore();
    const session = { fieldwork, store: new MemoryStore(), vault: await Vault.open(fieldwork) };
    browser.fetch = async () => new Response(`${JSON.stringify({ body: part("v1") })}\n`);
    const form = await announced("v1");
    assert.deepEqual(await readFormText(session, "fr-ML", form), { version: "v1", text: "v1" });
    browser.fetch = () => Promise.reject(new TypeError("Failed to fetch"));
    assert.deepEqual(await readFormText(session, "fr-ML", form), { version: "v1", text: "v1" });
    const newer = await announced("v2");
    assert.deepEqual(await readFormText(session, "fr-ML", newer), { version: "v1", text: "v1" });
  });
});
