/** Requests about one submission: its answer, its receipt, its withdrawal, each alone and with its secret. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { OutboxEntry } from "../../src/db/fieldwork-contract";
import { receiptText } from "../../src/protocol/submission";
import { requestAnswer, requestReceipt, withdraw } from "../../src/send/replies-and-withdrawals";
import { Sender } from "../../src/send/send-outbox";
import { FakeInbox } from "../support/fake-inbox";
import { TestKey } from "../support/fake-publisher";
import { FieldworkPhone, smallForm } from "../support/phone-with-fieldwork";

const DAY = 24 * 60 * 60_000; // ms
const REPORT = smallForm({ audience: "public", form: "rumeur" });

let inbox: FakeInbox;
let phone: FieldworkPhone;
let id: string;

beforeEach(async () => {
  inbox = new FakeInbox("exemple.ml", await TestKey.make());
  phone = await FieldworkPhone.make(inbox);
  ({ id } = await phone.fill(REPORT, { mot: "pourquoi ?" }));
});

const entry = async () => (await phone.fieldwork.outboxEntry(id)) as OutboxEntry;
const send = async () => new Sender(await phone.sendContext()).sendReport(await entry());
const askAnswer = async (random = 0) => requestAnswer(await phone.sendContext(), await entry(), () => random);
const askReceipt = async () => requestReceipt(await phone.sendContext(), await entry(), () => 0);
const withdrawIt = async () => withdraw(await phone.sendContext(), await entry());

describe("an answer", () => {
  beforeEach(send);

  it("is kept with its language and date", async () => {
    const answer = { text: "Parce que.", lang: "fr", date: "2026-11-27" };
    inbox.answers.set(id, answer);
    assert.equal(await askAnswer(), "answer");
    assert.deepEqual((await entry()).answer, answer);
  });

  it("may name a page that says more, and no other address", async () => {
    const answer = { text: "C’est faux.", lang: "fr", date: "2026-11-27", page: "notices/puits" };
    inbox.answers.set(id, answer);
    await askAnswer();
    assert.deepEqual((await entry()).answer, answer);
    for (const page of ["https://exemple.org/", "../console", "//exemple.org", "notices/puits?x"]) {
      inbox.answers.set(id, { ...answer, page });
      await askAnswer();
      assert.equal((await entry()).answer?.page, undefined, page);
    }
  });

  it("to a rumour that two phones reported reaches each by its own secret", async () => {
    const other = await FieldworkPhone.make(inbox);
    const second = await other.fill(REPORT, { mot: "pourquoi ?" });
    const otherEntry = async () => (await other.fieldwork.outboxEntry(second.id)) as OutboxEntry;
    await new Sender(await other.sendContext()).sendReport(await otherEntry());
    assert.notEqual(second.id, id, "the same words do not make the same submission");
    for (const asked of [id, second.id])
      inbox.answers.set(asked, { text: "C’est faux.", lang: "fr", date: "2026-11-27" });
    assert.equal(await askAnswer(), "answer");
    assert.equal(await requestAnswer(await other.sendContext(), await otherEntry(), () => 0), "answer");
    for (const { answer } of [await entry(), await otherEntry()]) assert.equal(answer?.text, "C’est faux.");
  });

  it("that is not there yet is asked for again a day or more later", async () => {
    assert.equal(await askAnswer(), "none");
    assert.equal((await entry()).notBefore, phone.now + DAY);
    await askAnswer(1);
    assert.equal((await entry()).notBefore, phone.now + 1.25 * DAY);
  });

  it("is not asked for by its id alone, and shows the receipt", async () => {
    await askAnswer();
    const request = inbox.requests[inbox.requests.length - 1];
    const asked = JSON.parse(request?.lines[0] ?? "") as { receipt?: unknown };
    assert.deepEqual(Object.keys(asked), ["id", "secret", "receipt"]);
    assert.deepEqual(asked.receipt, (await entry()).receipt);
  });

  it("of an erased submission is reported as erased", async () => {
    inbox.submissions.delete(id);
    assert.equal(await askAnswer(), "erased");
  });

  it("leaves the entry as it was where there is no network", async () => {
    const before = await entry();
    inbox.faults.push({ kind: "lost" });
    assert.equal(await askAnswer(), "network");
    assert.deepEqual(await entry(), before);
  });
});

describe("the receipt of a report", () => {
  const carry = async () => {
    inbox.carrier = "Hub de Kayes";
    await send();
    assert.equal((await entry()).state, "carried");
  };
  const sign = async (key = inbox.key) => {
    const submission = inbox.submissions.get(id);
    assert(submission);
    submission.receipt = ["2026-11-26", 1, await key.sign(receiptText(inbox.site, id, "2026-11-26"))];
  };

  it("is kept once headquarters signed it", async () => {
    await carry();
    await sign();
    assert.equal(await askReceipt(), false);
    const { state, receipt } = await entry();
    assert.deepEqual([state, receipt?.[0]], ["received", "2026-11-26"]);
  });

  it("of another key is not believed", async () => {
    await carry();
    await sign(await TestKey.make());
    assert.equal(await askReceipt(), false);
    assert.equal((await entry()).state, "carried");
  });

  it("that headquarters does not have is reported, and asked for again a day later", async () => {
    await carry();
    assert.equal(await askReceipt(), true);
    assert.equal((await entry()).notBefore, phone.now + DAY);
  });

  it("stays open where the network or the server fails", async () => {
    await carry();
    inbox.faults.push({ kind: "lost" }, { kind: "status", status: 503 });
    assert.equal(await askReceipt(), false);
    assert.equal(await askReceipt(), false);
    assert.equal((await entry()).state, "carried");
  });
});

describe("a withdrawal", () => {
  beforeEach(send);

  it("erases the submission there and the entry here", async () => {
    assert.equal(await withdrawIt(), "withdrawn");
    assert.equal(inbox.submissions.size, 0);
    assert.deepEqual(await phone.fieldwork.outbox(), []);
  });

  it("of something that the server does not have keeps the entry", async () => {
    inbox.submissions.delete(id);
    assert.equal(await withdrawIt(), "unknown");
    assert.equal((await entry()).id, id);
  });

  it("keeps the entry where the network or the server fails", async () => {
    inbox.faults.push({ kind: "lost" }, { kind: "status", status: 503 });
    assert.equal(await withdrawIt(), "network");
    assert.equal(await withdrawIt(), "network");
    assert.equal(inbox.submissions.size, 1);
    assert.equal((await entry()).id, id);
  });
});
