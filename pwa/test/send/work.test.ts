/** Under flood a phone works for its report once, keeps the work when the page closes, and never works for nonsense. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { OutboxEntry, Work } from "../../src/db/fieldwork-contract";
import { importBundle } from "../../src/fieldwork/bundle-exchange";
import { Sender } from "../../src/send/send-outbox";
import { doWork } from "../../src/send/work";
import { FakeInbox } from "../support/fake-inbox";
import { TestKey } from "../support/fake-publisher";
import { createBundle } from "../support/one-bundle";
import { FieldworkPhone, smallForm } from "../support/phone-with-fieldwork";
import { vectors } from "../support/shared-vectors";

const REPORT = smallForm({ audience: "public", form: "rumeur" });

let inbox: FakeInbox;
let phone: FieldworkPhone;
let id: string;

beforeEach(async () => {
  inbox = new FakeInbox("exemple.ml", await TestKey.make());
  phone = await FieldworkPhone.make(inbox);
  ({ id } = await phone.fill(REPORT, { mot: "on dit que" }));
  inbox.isFlooded = true;
});

const entry = async () => (await phone.fieldwork.outboxEntry(id)) as OutboxEntry;
const sendReport = async () => new Sender(await phone.sendContext()).sendReport(await entry());
const challenge = async (of = id) => (await inbox.challenge(of)) as Work["challenge"];
const sentWork = () => inbox.requests.map(({ lines }) => (JSON.parse(lines[0] ?? "{}") as { work?: Work }).work);

describe("a report under flood", () => {
  it("is received at its second request, with the work in the line", async () => {
    assert.deepEqual(await sendReport(), { kind: "done", received: 1 });
    assert.deepEqual(
      sentWork().map((work) => work !== undefined),
      [false, true],
    );
    const received = await entry();
    assert.equal(received.state, "received");
    assert.equal(received.work, undefined);
    assert.equal(received.tries, undefined);
  });

  it("tells nothing of the phone that worked", async () => {
    await sendReport();
    const work = sentWork()[1];
    assert.deepEqual(Object.keys(work ?? {}), ["challenge", "solution"]);
    assert.deepEqual(Object.keys(work?.solution ?? {}).sort(), ["counter", "derivedKey"]);
  });

  it("works once, also for a photo: its line goes again with the same work", async () => {
    const photo = Uint8Array.from({ length: 60_000 }, (_, at) => (at * 2654435761) >>> 24);
    ({ id } = await phone.fill(REPORT, { mot: "x" }, photo));
    assert.deepEqual(await sendReport(), { kind: "done", received: 1 });
    const works = sentWork().filter((work) => work !== undefined);
    assert.equal(works.length, 2);
    assert.deepEqual(works[0], works[1]);
  });

  it("survives that the page closes during the work, or after it", async () => {
    const kept = await challenge();
    await phone.fieldwork.changeEntry(id, (current) => ({ ...current, work: { challenge: kept } }));
    assert.deepEqual(await sendReport(), { kind: "done", received: 1 });
    assert.deepEqual(
      sentWork().map((work) => work?.challenge),
      [kept],
      "the kept challenge, without asking again",
    );

    ({ id } = await phone.fill(REPORT, { mot: "encore" }));
    inbox.requests.length = 0;
    const later = { verdict: "later", code: "quota", seconds: 1, work: await challenge() };
    inbox.faults.push({ kind: "verdict", verdict: later }, { kind: "lost" });
    assert.equal((await sendReport()).kind, "interrupted");
    const { solution } = (await entry()).work ?? {};
    assert.notEqual(solution, undefined);
    assert.deepEqual(await sendReport(), { kind: "done", received: 1 });
    assert.deepEqual(sentWork()[1]?.solution, solution);
  });

  it("works anew where the kept work is over", async () => {
    const kept = await challenge();
    await phone.fieldwork.changeEntry(id, (current) => ({ ...current, work: { challenge: kept } }));
    phone.now += 7 * 60 * 60_000;
    inbox.workUntil += 12 * 60 * 60;
    assert.deepEqual(await sendReport(), { kind: "done", received: 1 });
    assert.equal(sentWork()[0], undefined);
  });

  it("waits like an older phone where its work is not taken, and is received when the flood is over", async () => {
    const refusing = {
      kind: "verdict",
      verdict: { verdict: "later", code: "quota", seconds: 1, work: await challenge() },
    } as const;
    inbox.faults.push(refusing, refusing);
    assert.deepEqual(await sendReport(), { kind: "done", received: 0 });
    assert.equal(inbox.requests.length, 2, "it works once a run");
    const { stuck, tries, notBefore, state } = await entry();
    assert.deepEqual([state, stuck?.code, tries, notBefore], ["waiting", "quota", 1, phone.now + 30_000]);
    inbox.isFlooded = false;
    assert.deepEqual(await sendReport(), { kind: "done", received: 1 });
  });

  it("is told that the phone works only if that lasts, and the sentence goes with the work", async () => {
    const said: (string | undefined)[] = [];
    const context = await phone.sendContext();
    inbox.workCost = 3_000;
    const slow = {
      ...context,
      onLongWork: () => void phone.fieldwork.outboxEntry(id).then((now) => said.push(now?.stuck?.code)),
    };
    const { setTimeout: wait } = globalThis;
    globalThis.setTimeout = ((run: () => void, delay: number) => wait(run, delay === 2_000 ? 0 : delay)) as typeof wait;
    try {
      await new Sender(slow).sendReport(await entry());
    } finally {
      globalThis.setTimeout = wait;
    }
    assert.deepEqual(said, ["work"]);
    assert.equal((await entry()).stuck, undefined);
    ({ id } = await phone.fill(REPORT, { mot: "vite" }));
    inbox.workCost = 1;
    await new Sender(slow).sendReport(await entry());
    assert.deepEqual(said, ["work"], "quick work says nothing");
  });

  it("that a courier carries gets the courier's work", async () => {
    const { text } = await createBundle(phone.fieldwork, inbox.site, "2026-11-24", [await entry()], [], false);
    const courier = await FieldworkPhone.make(inbox);
    const context = await courier.sendContext();
    await importBundle({ ...context, day: "2026-11-25" }, text);
    await new Sender(context).sendAll();
    assert.deepEqual([...inbox.submissions.keys()], [id]);
    assert.equal((await courier.fieldwork.carried()).size, 0);
  });
});

describe("a challenge", () => {
  it("of the server has the solution that the server expects", async () => {
    const { work } = vectors<{ work: Required<Work> }>("work");
    assert.deepEqual(await doWork(work.challenge, work.challenge.parameters.data.id), work);
  });

  it("is solved only for its submission, and never for more than a phone should do", async () => {
    const good = await challenge();
    assert.notEqual(await doWork(good, id), null);
    assert.equal(await doWork(good, "A".repeat(43)), null);
    const changes: Record<string, unknown>[] = [
      { algorithm: "SHA-256" },
      { cost: 32_001 },
      { cost: 0 },
      { cost: -1 },
      { keyPrefix: "000" },
      { keyPrefix: "" },
      { keyPrefix: "zz" },
      { keyLength: 64 },
      { nonce: "0" },
      { salt: "xx" },
      { data: undefined },
    ];
    for (const change of changes)
      assert.equal(
        await doWork({ ...good, parameters: { ...good.parameters, ...change } } as Work["challenge"], id),
        null,
        JSON.stringify(change),
      );
    assert.equal(await doWork({} as Work["challenge"], id), null);
    assert.equal(await doWork("x" as unknown as Work["challenge"], id), null);
  });
});
