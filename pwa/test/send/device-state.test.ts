/** A phone learns from headquarters that it was revoked, asks seldom, and loses nothing by what is not an answer. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { updateDeviceState } from "../../src/send/device-state";
import { enrol } from "../../src/send/enrol";
import { FakeInbox } from "../support/fake-inbox";
import { TestKey } from "../support/fake-publisher";
import { FieldworkPhone } from "../support/phone-with-fieldwork";

const HOUR = 60 * 60_000; // ms
const NOW = Date.parse("2026-11-24T12:00:00Z");

let inbox: FakeInbox;
let phone: FieldworkPhone;

beforeEach(async () => {
  inbox = new FakeInbox("exemple.ml", await TestKey.make());
  phone = await FieldworkPhone.make(inbox);
});

const ask = (after = 0): Promise<boolean> => updateDeviceState(phone.fieldwork, phone.network, NOW + after);
const device = () => phone.fieldwork.setting("device");
const enrolPhone = () => enrol(phone.fieldwork, phone.network, inbox.site, inbox.code);
const questions = () => inbox.requests.filter(({ path }) => path === "/devices/state").length;

describe("the state of a device", () => {
  it("is not asked about on a phone that is not enrolled", async () => {
    assert.equal(await ask(), false);
    assert.equal(inbox.requests.length, 0);
  });

  it("is asked about at most twice a day, and no more once it is revoked", async () => {
    await enrolPhone();
    for (const hours of [0, 1, 11]) assert.equal(await ask(hours * HOUR), false);
    assert.equal(questions(), 1);
    inbox.revocation = { revoked: "2026-11-23" };
    assert.equal(await ask(12 * HOUR), true);
    assert.equal((await device())?.revoked, "2026-11-23");
    assert.equal(await ask(48 * HOUR), false);
    assert.equal(questions(), 2);
  });

  it("stays as it is without an answer, from an older server, and after an answer of another form", async () => {
    await enrolPhone();
    inbox.faults.push({ kind: "lost" }, { kind: "status", status: 404 }, { kind: "cut", after: 3 });
    for (let round = 0; round < 3; round++) assert.equal(await ask(), false);
    assert.deepEqual([(await device())?.asked, (await device())?.revoked], [undefined, undefined]);
    inbox.revocation = { revoked: "hier" };
    assert.equal(await ask(), false);
    assert.equal((await device())?.revoked, undefined);
  });

  it("is not kept for another enrolment that was made meanwhile", async () => {
    await enrolPhone();
    inbox.revocation = { revoked: "2026-11-23" };
    const before = await device();
    assert(before);
    const asked = ask();
    await phone.fieldwork.saveSetting("device", { ...before, device: "x".repeat(43) });
    assert.equal(await asked, false);
    assert.equal((await device())?.revoked, undefined);
  });
});
