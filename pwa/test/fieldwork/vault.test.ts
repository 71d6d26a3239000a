/** Answers on a phone are readable with its key alone; its stores contain none of them in clear. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import "fake-indexeddb/auto";
import { generateKeyPairSync } from "node:crypto";
import { IDBFactory } from "fake-indexeddb";
import type { Draft, FieldworkStore } from "../../src/db/fieldwork-contract";
import { openFieldworkStore } from "../../src/db/fieldwork-store";
import { createDraft, readDraft } from "../../src/fieldwork/drafts";
import { Vault } from "../../src/fieldwork/vault";
import { base64urlEncode } from "../../src/protocol/canonical";
import { FakeInbox } from "../support/fake-inbox";
import { TestKey } from "../support/fake-publisher";
import { FieldworkPhone, smallForm } from "../support/phone-with-fieldwork";

const SECRET = "Aminata a tout vu au marché de kɛnɛba";
const ABOUT = { form: "essai", title: "Essai", version: "v".repeat(43), lang: "fr", recovery: "", text: "{}" };

let fieldwork: FieldworkStore;
let now: number;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  fieldwork = openFieldworkStore();
  now = 1_000_000;
});

const vaultNow = () => Vault.open(fieldwork, () => now);

async function written(vault: Vault): Promise<Draft> {
  const draft = createDraft(fieldwork, vault, ABOUT, "2026-11-24");
  await draft.attach({ bytes: new TextEncoder().encode(SECRET).buffer as ArrayBuffer, type: "image/jpeg" });
  await draft.save({ answers: { mot: SECRET }, at: "mot" }, "2026-11-24");
  return (await fieldwork.draft(draft.id)) as Draft;
}

/** Everything in every store of this phone, as text. */
async function everything(): Promise<string> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open("kunnafoni");
    request.onsuccess = () => resolve(request.result);
  });
  const texts: string[] = [];
  for (const name of db.objectStoreNames) {
    const rows = await new Promise<unknown[]>((resolve) => {
      const request = db.transaction(name).objectStore(name).getAll();
      request.onsuccess = () => resolve(request.result as unknown[]);
    });
    texts.push(
      JSON.stringify(rows, (_, value: unknown) =>
        value instanceof ArrayBuffer
          ? Buffer.from(value).toString("utf8")
          : ArrayBuffer.isView(value)
            ? Buffer.from(value.buffer).toString("utf8")
            : value,
      ),
    );
  }
  db.close();
  return texts.join("\n");
}

describe("drafts", () => {
  it("are encrypted, without a PIN too", async () => {
    const vault = await vaultNow();
    const draft = await written(vault);
    assert.deepEqual(await readDraft(vault, draft), { answers: { mot: SECRET }, at: "mot" });
    assert(!(await everything()).includes("Aminata"));
    assert.equal((await fieldwork.setting("phoneKey"))?.extractable, false);
  });

  it("go over to the PIN, to another PIN, and back", async () => {
    const vault = await vaultNow();
    const { id } = await written(vault);
    for (const pin of ["2468", "97531", null]) {
      await vault.changePin(pin);
      const draft = (await fieldwork.draft(id)) as Draft;
      assert.equal(draft.lock, pin === null ? "phone" : "pin");
      assert.equal((await readDraft(vault, draft))?.answers.mot, SECRET);
      const [file] = (await fieldwork.filesOf(id)).values();
      assert.equal(new TextDecoder().decode((await vault.decryptDraft(file as never)) as ArrayBuffer), SECRET);
      assert(!(await everything()).includes("Aminata"));
    }
  });

  it("are locked on the next page until the PIN is typed", async () => {
    const vault = await vaultNow();
    const { id } = await written(vault);
    await vault.changePin("2468");
    const next = await vaultNow();
    assert.equal(next.isOpen, false);
    await assert.rejects(readDraft(next, (await fieldwork.draft(id)) as Draft));
    assert.deepEqual(await next.unlock("2468"), { kind: "open" });
    assert.equal((await readDraft(next, (await fieldwork.draft(id)) as Draft))?.answers.mot, SECRET);
    next.lock();
    await assert.rejects(readDraft(next, (await fieldwork.draft(id)) as Draft));
  });

  it("keep their form as long as they need it", async () => {
    const vault = await vaultNow();
    const { id } = await written(vault);
    assert.equal(await fieldwork.formText(ABOUT.version), "{}");
    await fieldwork.dropDraft(id);
    assert.equal(await fieldwork.formText(ABOUT.version), undefined);
    assert.equal((await fieldwork.filesOf(id)).size, 0);
  });
});

describe("wrong PINs", () => {
  it("make people wait, longer and longer, over closed pages too", async () => {
    await (await vaultNow()).changePin("2468");
    const waits: number[] = [];
    for (let tries = 0; tries < 8; tries++) {
      const outcome = await (await vaultNow()).unlock("0000");
      assert.equal(outcome.kind, "wrong");
      if (outcome.kind !== "wrong") continue;
      waits.push(outcome.wait / 1000);
      if (outcome.wait > 0)
        assert.equal((await (await vaultNow()).unlock("2468")).kind, "wait", "the right PIN waits too");
      now += outcome.wait;
    }
    assert.deepEqual(waits, [0, 0, 5, 15, 60, 300, 900, 3600]);
    assert.deepEqual(await (await vaultNow()).unlock("2468"), { kind: "open" });
    assert.deepEqual(await (await vaultNow()).unlock("0000"), { kind: "wrong", wait: 0 });
  });

  it("a clock that was set back locks nobody out for longer than an hour", async () => {
    await (await vaultNow()).changePin("2468");
    await fieldwork.saveSetting("wrong", { count: 9, until: now + 10 * 365 * 24 * 3_600_000 });
    const outcome = await (await vaultNow()).unlock("2468");
    assert(outcome.kind === "wait" && outcome.wait <= 3_600_000);
  });

  it("a forgotten one costs the drafts it locked, and nothing else", async () => {
    const vault = await vaultNow();
    await written(vault);
    await vault.changePin("2468");
    const next = await vaultNow();
    await next.resetPin();
    assert.deepEqual(await fieldwork.drafts(), []);
    assert.equal(next.hasPin, false);
    assert.equal(next.isOpen, true);
  });
});

describe("a finished form", () => {
  const pair = () => {
    const { x, y } = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
    return base64urlEncode(
      Buffer.concat([Buffer.from([4]), Buffer.from(x as string, "base64url"), Buffer.from(y as string, "base64url")]),
    );
  };

  for (const sealed of [true, false]) {
    it(`${sealed ? "sealed" : "not sealed"} leaves nothing in clear`, async () => {
      const inbox = new FakeInbox("exemple.ml", await TestKey.make());
      const phone = await FieldworkPhone.make(inbox);
      await phone.enrol();
      const photo = new TextEncoder().encode(SECRET.repeat(50)) as Uint8Array<ArrayBuffer>;
      const entry = await phone.fill(smallForm({ sealed }), { mot: SECRET }, photo, {
        sealingKey: pair(),
        recoveryKey: pair(),
      });
      assert(!(await everything()).includes("Aminata"));
      await phone.send();
      const submission = inbox.submissions.get(entry.id);
      assert.equal(
        submission?.text.includes("Aminata"),
        !sealed,
        "the control: the same search finds what is not sealed",
      );
      assert.equal(
        sealed ? Object.keys((JSON.parse(submission?.text ?? "") as { sealed: object }).sealed).length : 0,
        sealed ? 2 : 0,
      );
      assert(!(await everything()).includes("Aminata"));
    });
  }

  it("cannot be sealed without both keys, and stays a draft", async () => {
    const phone = await FieldworkPhone.make(new FakeInbox("exemple.ml", await TestKey.make()));
    await phone.enrol();
    await assert.rejects(
      phone.fill(smallForm({ sealed: true }), { mot: SECRET }, undefined, { sealingKey: pair() }),
      /cannot-seal/,
    );
    assert.equal((await phone.fieldwork.drafts()).length, 1);
  });
});
