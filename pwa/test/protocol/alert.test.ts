/** Alerts: the vectors that Python reads too, and what a phone remembers of a story. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { verifier } from "../../src/crypto/signature-verifier";
import { type AlertText, addAlertText, isInForce, verifyPayload } from "../../src/protocol/alert";
import type { Trust } from "../../src/protocol/trust";
import { vectors } from "../support/shared-vectors";

interface Cases {
  readonly trust: Trust;
  readonly accepted: readonly { payload: string; says: readonly string[]; sent: number; expires: number }[];
  readonly refused: readonly { why: string; payload: string }[];
}

const cases = vectors<Cases>("alert");

describe("a pushed alert", () => {
  it("is read as it was signed", async () => {
    for (const { payload, says, sent, expires } of cases.accepted) {
      const message = await verifyPayload(verifier, cases.trust, payload);
      assert.ok(message);
      assert.deepEqual(
        [
          message.id,
          message.root,
          message.msgType,
          message.lang,
          message.headline,
          message.text,
          message.area,
          message.severity,
        ],
        says,
      );
      assert.deepEqual([message.sent, message.expires], [sent, expires]);
    }
  });

  for (const { why, payload } of cases.refused) {
    it(`is not read: ${why}`, async () => assert.equal(await verifyPayload(verifier, cases.trust, payload), null));
  }

  it("is not read for another site or by another epoch's key", async () => {
    const payload = cases.accepted[0]?.payload ?? "";
    assert.equal(await verifyPayload(verifier, { ...cases.trust, site: "autre.ml" }, payload), null);
    assert.equal(await verifyPayload(verifier, { ...cases.trust, epoch: 2 }, payload), null);
  });
});

describe("alerts on a phone", () => {
  const message = (id: string, sent: number, root = "crue"): AlertText => ({
    id,
    root,
    sent,
    status: "Actual",
    msgType: "Alert",
    lang: "fr",
    headline: id,
    text: "",
    area: "",
    severity: "Severe",
    expires: sent + 60,
  });

  it("is the newest of each story, newest first", () => {
    let messages: readonly AlertText[] = [];
    for (const text of [message("a", 1), message("b", 2, "feu"), message("c", 3)])
      messages = addAlertText(messages, text);
    assert.deepEqual(
      messages.map(({ id }) => id),
      ["c", "b"],
    );
  });

  it("end alone: the end of one danger leaves another where it was", () => {
    const [flood, fire] = [message("crue-1", 1), message("feu-1", 2, "feu")];
    const end = { ...message("crue-fin", 3), msgType: "Cancel" };
    const kept = [flood, fire, end].reduce(addAlertText, [] as readonly AlertText[]);
    assert.deepEqual(
      kept.map(({ id }) => id),
      ["crue-fin", "feu-1"],
    );
    assert.deepEqual(
      kept.map((one) => isInForce(one, 0)),
      [false, true],
    );
  });

  it("is not changed by an older message that arrives late, nor by the same one again", () => {
    const messages = addAlertText([], message("c", 3));
    assert.deepEqual(addAlertText(messages, message("a", 1)), messages);
    assert.deepEqual(addAlertText(messages, message("c", 3)), messages);
  });

  it("remembers which messages it took the place of", () => {
    let messages: readonly AlertText[] = [];
    for (const text of [message("a", 1), message("b", 2), message("b", 2), message("c", 3)])
      messages = addAlertText(messages, text);
    assert.deepEqual(
      messages.map(({ id, earlier }) => [id, earlier]),
      [["c", ["b", "a"]]],
    );
  });

  it("does not grow without end", () => {
    let messages: readonly AlertText[] = [];
    for (let at = 0; at < 100; at++) messages = addAlertText(messages, message(`w${at}`, at, `r${at}`));
    assert.equal(messages.length, 20);
    assert.equal(messages[0]?.id, "w99");
  });

  it("is in force until its end, a cancel never", () => {
    assert.equal(isInForce(message("a", 100), 159_000), true);
    assert.equal(isInForce(message("a", 100), 160_000), false);
    assert.equal(isInForce({ ...message("a", 100), msgType: "Cancel" }, 0), false);
  });
});
