/** The outcome of a pull that asks a hub before the site. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pullViaHub } from "../../src/pull/hub-first-pull";
import type { PullOutcome } from "../../src/pull/outcome";

const NEW: PullOutcome = { kind: "head", changed: true };
const SAME: PullOutcome = { kind: "head", changed: false };
const LOST: PullOutcome = { kind: "interrupted", progressed: false };
const PROGRESSED: PullOutcome = { kind: "interrupted", progressed: true };
const BUSY: PullOutcome = { kind: "busy" };
const FORGED: PullOutcome = { kind: "refused", refused: "signature-false" };
const FULL: PullOutcome = { kind: "storage-full" };

/** The outcome of a hub and a site, and whether the site was asked. */
async function outcomeOf(
  fromHub: PullOutcome,
  fromSite: PullOutcome,
  isRecent = false,
): Promise<[PullOutcome, boolean]> {
  let isSiteAsked = false;
  const askSite = async () => {
    isSiteAsked = true;
    return fromSite;
  };
  const outcome = await pullViaHub(
    async () => fromHub,
    askSite,
    async () => isRecent,
  );
  return [outcome, isSiteAsked];
}

describe("a pull by way of a hub", () => {
  it("ends with the hub when its edition was confirmed today, or the disk is full", async () => {
    assert.deepEqual(await outcomeOf(NEW, LOST, true), [NEW, false]);
    assert.deepEqual(await outcomeOf(FULL, NEW), [FULL, false]);
  });

  it("asks the site as well where the hub's confirmation is old", async () => {
    assert.deepEqual(await outcomeOf(NEW, SAME), [NEW, true]);
    assert.deepEqual(await outcomeOf(SAME, SAME), [SAME, true]);
    assert.deepEqual(await outcomeOf(SAME, NEW), [NEW, true]);
  });

  it("keeps the hub's edition where the site is silent or busy", async () => {
    for (const fromSite of [LOST, PROGRESSED, BUSY]) assert.deepEqual(await outcomeOf(NEW, fromSite), [NEW, true]);
  });

  it("reports the site's outcome where the hub lacks, forges or breaks off", async () => {
    const failures: PullOutcome[] = [LOST, BUSY, FORGED, { kind: "unknown-channel" }];
    const siteOutcomes: PullOutcome[] = [NEW, BUSY, FORGED];
    for (const fromHub of failures)
      for (const fromSite of siteOutcomes) assert.deepEqual(await outcomeOf(fromHub, fromSite), [fromSite, true]);
  });

  it("counts the progress at the hub where both broke off", async () => {
    assert.deepEqual(await outcomeOf(PROGRESSED, LOST), [PROGRESSED, true]);
    assert.deepEqual(await outcomeOf(LOST, LOST), [LOST, true]);
  });

  it("reports a refusal by the site, whatever the hub brought", async () => {
    assert.deepEqual(await outcomeOf(NEW, FORGED), [FORGED, true]);
  });
});
