/** A code enrols one phone, once; a lost response is asked for again with the same key. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type EnrolOutcome, enrol } from "../../src/send/enrol";
import { FakeInbox } from "../support/fake-inbox";
import { TestKey } from "../support/fake-publisher";
import { FieldworkPhone } from "../support/phone-with-fieldwork";

let inbox: FakeInbox;
let phone: FieldworkPhone;

beforeEach(async () => {
  inbox = new FakeInbox("exemple.ml", await TestKey.make());
  phone = await FieldworkPhone.make(inbox);
});

const enrolPhone = (code = inbox.code): Promise<EnrolOutcome> =>
  enrol(phone.fieldwork, phone.network, inbox.site, code);
const refused = (code: string): EnrolOutcome => ({ kind: "refused", code });

describe("enrolment", () => {
  it("keeps the device with a key that cannot leave the phone", async () => {
    const outcome = await enrolPhone();
    assert(outcome.kind === "enrolled");
    const { device, name, place, until, secret } = outcome.device;
    assert.deepEqual([name, place, until], ["Awa", "ML-1", "2027-11-24"]);
    assert(inbox.devices.has(device));
    assert.equal(secret.extractable, false);
    assert.equal((await phone.fieldwork.setting("device"))?.device, device);
    assert.equal(await phone.fieldwork.setting("enrolling"), undefined);
  });

  it("signs with the same key when the same code is tried again", async () => {
    inbox.faults.push({ kind: "cut", after: 5 });
    assert.deepEqual(await enrolPhone(), refused("network"));
    assert.equal(await phone.fieldwork.setting("device"), undefined);
    assert.equal((await enrolPhone()).kind, "enrolled");
    assert.equal(inbox.devices.size, 1);
  });

  it("takes a new key for another code", async () => {
    await enrolPhone("ZZZZZZZZZZ");
    const first = (await phone.fieldwork.setting("enrolling"))?.key.public_;
    await enrolPhone("YYYYYYYYYY");
    assert.notEqual((await phone.fieldwork.setting("enrolling"))?.key.public_, first);
  });

  it("reports the server's code for a refusal", async () => {
    assert.deepEqual(await enrolPhone("ZZZZZZZZZZ"), refused("code-unknown"));
    await enrolPhone();
    phone = await FieldworkPhone.make(inbox);
    assert.deepEqual(await enrolPhone(), refused("code-used"));
  });

  it("reports a silent network and a busy server apart", async () => {
    inbox.faults.push({ kind: "lost" }, { kind: "status", status: 503 }, { kind: "status", status: 500 });
    assert.deepEqual(await enrolPhone(), refused("network"));
    assert.deepEqual(await enrolPhone(), refused("busy"));
    assert.deepEqual(await enrolPhone(), refused("network"));
    assert.equal((await enrolPhone()).kind, "enrolled");
  });
});
