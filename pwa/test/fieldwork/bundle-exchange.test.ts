/** A file carries submissions from phone to phone and receipts back, and adds nothing when it is imported twice. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { OutboxEntry, Receipt } from "../../src/db/fieldwork-contract";
import { createBundles, createReceiptsBundle, importBundle } from "../../src/fieldwork/bundle-exchange";
import { isRefusal } from "../../src/protocol/refusal";
import { receiptText } from "../../src/protocol/submission";
import { MAX_TEXT_LENGTH } from "../../src/protocol/text-file";
import { FakeInbox } from "../support/fake-inbox";
import { TestKey } from "../support/fake-publisher";
import { createBundle } from "../support/one-bundle";
import { FieldworkPhone, smallForm } from "../support/phone-with-fieldwork";

const DAY = "2026-11-24";

let inbox: FakeInbox;
let author: FieldworkPhone;
let courier: FieldworkPhone;

beforeEach(async () => {
  inbox = new FakeInbox("exemple.ml", await TestKey.make());
  author = await FieldworkPhone.make(inbox);
  await author.enrol();
  courier = await FieldworkPhone.make(inbox);
});

const bundleOf = (phone: FieldworkPhone, entries: readonly OutboxEntry[] = [], withCarried = false) =>
  createBundle(phone.fieldwork, inbox.site, DAY, entries, ["À porter."], withCarried);
const importInto = (phone: FieldworkPhone, text: string) =>
  importBundle(
    {
      fieldwork: phone.fieldwork,
      site: inbox.site,
      day: DAY,
      keyOfEpoch: (epoch) => (epoch === 1 ? inbox.key.public_ : undefined),
    },
    text,
  );

async function receiptFor(id: string, key = inbox.key): Promise<Receipt> {
  return ["2026-11-26", 1, await key.sign(receiptText(inbox.site, id, "2026-11-26"))];
}

describe("a bundle of submissions", () => {
  it("is named after its day and how many it carries, and says in clear what it is for", async () => {
    const entries = [await author.fill(smallForm(), { mot: "un" }), await author.fill(smallForm(), { mot: "deux" })];
    const { name, text, count } = await bundleOf(author, entries);
    assert.deepEqual([name, count], [`kunnafoni-${DAY}-2.txt`, 2]);
    assert(text.includes("À porter."));
  });

  it("carries the pieces of attachments too, which count for nothing", async () => {
    const entry = await author.fill(smallForm(), { mot: "x" }, new Uint8Array(120_000));
    const { text } = await bundleOf(author, [entry]);
    assert.deepEqual(await importInto(courier, text), { kind: "carried", count: 1 });
    assert((await courier.fieldwork.carried()).size > 1);
  });

  it("becomes numbered files where one would be larger than anybody takes, records first", async () => {
    const photo = new Uint8Array(60 * 65_536); // 3.9 MB of noise, which does not compress
    for (let at = 0; at < photo.length; at += 65_536) crypto.getRandomValues(photo.subarray(at, at + 65_536));
    const entries = [];
    for (let count = 0; count < 6; count++) entries.push(await author.fill(smallForm(), { mot: `${count}` }, photo));
    entries.push(await author.fill(smallForm(), { mot: "sans photo" }));
    const files = await createBundles(author.fieldwork, inbox.site, DAY, entries, ["À porter."], false);
    assert(files.length > 1);
    assert.deepEqual(
      files.map(({ name }) => name.replace(/.*-(\d+-sur-\d+)\.txt$/, "$1")),
      files.map((_, index) => `${index + 1}-sur-${files.length}`),
    );
    for (const { text } of files) assert(text.length <= MAX_TEXT_LENGTH);
    assert.equal(files[0]?.count, 7, "all records travel in the first file");
    let carriedCount = 0;
    for (const { text } of files) {
      const outcome = await importInto(courier, text);
      assert(!isRefusal(outcome));
      carriedCount += outcome.count;
    }
    assert.equal(carriedCount, 7);
    await courier.send();
    assert.equal(inbox.submissions.size, 7);
  });

  it("leaves out what was received already", async () => {
    const entry = await author.fill(smallForm(), { mot: "x" });
    await author.send();
    const received = await author.fieldwork.outboxEntry(entry.id);
    assert.equal((await bundleOf(author, [received as OutboxEntry])).count, 0);
  });

  it("adds nothing when it is imported twice, or by its author", async () => {
    const { text } = await bundleOf(author, [await author.fill(smallForm(), { mot: "x" })]);
    assert.deepEqual(await importInto(courier, text), { kind: "carried", count: 1 });
    assert.deepEqual(await importInto(courier, text), { kind: "carried", count: 0 });
    assert.deepEqual(await importInto(author, text), { kind: "carried", count: 0 });
    assert.equal((await author.fieldwork.carried()).size, 0);
  });

  it("goes on from courier to courier", async () => {
    const entry = await author.fill(smallForm(), { mot: "x" });
    await importInto(courier, (await bundleOf(author, [entry])).text);
    const next = await FieldworkPhone.make(inbox);
    await importInto(next, (await bundleOf(courier, [], true)).text);
    await next.send();
    assert.deepEqual([...inbox.submissions.keys()], [entry.id]);
    assert.equal((await bundleOf(courier)).count, 0, "carried lines are left out unless asked for");
  });

  it("that is damaged, of another version or of another site is refused, and nothing of it kept", async () => {
    const { text } = await bundleOf(author, [await author.fill(smallForm(), { mot: "x" })]);
    for (const [bad, code] of [
      ["Bonjour", "bundle-malformed"],
      [text.slice(0, -20), "bundle-malformed"],
      [text.replace("bundle/1", "bundle/9"), "version-unknown"],
      [text.replace(inbox.site, "autre.ml"), "other-site"],
    ] as const) {
      const outcome = await importInto(courier, bad);
      assert.equal(isRefusal(outcome) && outcome.refused, code);
    }
    assert.equal((await courier.fieldwork.carried()).size, 0);
  });
});

describe("a bundle of receipts", () => {
  it("marks one's own as received, and drops their bytes", async () => {
    const entry = await author.fill(smallForm(), { mot: "x" }, new Uint8Array(100));
    await courier.fieldwork.saveSetting("receipts", { [entry.id]: await receiptFor(entry.id) });
    const { text, count, name } = await createReceiptsBundle(courier.fieldwork, inbox.site, DAY, []);
    assert.deepEqual([name, count], [`kunnafoni-recus-${DAY}-1.txt`, 1]);
    assert.deepEqual(await importInto(author, text), { kind: "receipts", count: 1 });
    assert.equal((await author.fieldwork.outboxEntry(entry.id))?.state, "received");
    assert.equal(await author.fieldwork.outboxFile(entry.id, 0), undefined);
    assert.deepEqual(await importInto(author, text), { kind: "receipts", count: 0 });
  });

  it("is handed on by a phone whose own they are not, which stops carrying what arrived", async () => {
    const entry = await author.fill(smallForm(), { mot: "x" });
    await importInto(courier, (await bundleOf(author, [entry])).text);
    const headquarters = await FieldworkPhone.make(inbox);
    await headquarters.fieldwork.saveSetting("receipts", { [entry.id]: await receiptFor(entry.id) });
    const { text } = await createReceiptsBundle(headquarters.fieldwork, inbox.site, DAY, []);
    assert.deepEqual(await importInto(courier, text), { kind: "receipts", count: 0 });
    assert.equal((await courier.fieldwork.carried()).size, 0);
    assert.equal((await createReceiptsBundle(courier.fieldwork, inbox.site, DAY, [])).count, 1);
  });

  it("that headquarters did not sign is not believed", async () => {
    const { id } = await author.fill(smallForm(), { mot: "x" });
    await courier.fieldwork.saveSetting("receipts", { [id]: await receiptFor(id, await TestKey.make()) });
    const { text } = await createReceiptsBundle(courier.fieldwork, inbox.site, DAY, []);
    assert.deepEqual(await importInto(author, text), { kind: "receipts", count: 0 });
    assert.equal((await author.fieldwork.outboxEntry(id))?.state, "waiting");
  });
});
