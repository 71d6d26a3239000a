/**
 * A feed's header is believed when its statement is signed by the trusted key and is no older than what the phone
 * has.
 */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { verifier } from "../../src/crypto/signature-verifier";
import type { Holding } from "../../src/db/store-contract";
import { type FeedHeader, readHeader } from "../../src/protocol/feed";
import { isRefusal } from "../../src/protocol/refusal";
import type { Trust } from "../../src/protocol/trust";
import { type VerifiedHeader, newestStatement, verifyHeader, withConfirmation } from "../../src/pull/verify";
import { FakePublisher, type TestEdition, headerOf, line } from "../support/fake-publisher";
import { samplePages } from "../support/sample-pages";

let publisher: FakePublisher;
let edition: TestEdition;

beforeEach(async () => {
  publisher = await FakePublisher.make();
  edition = await publisher.publish(samplePages(1, 1));
});

function header(of: TestEdition, more: Record<string, unknown> = {}): FeedHeader {
  const value = readHeader(line({ ...headerOf(of), ...more }));
  assert(!isRefusal(value));
  return value;
}

async function verified(of: FeedHeader, trust?: Trust, holding?: Holding): Promise<VerifiedHeader> {
  const value = await verifyHeader(verifier, "fr-ML", of, trust, holding);
  assert(!isRefusal(value), isRefusal(value) ? value.refused : "");
  return value;
}

async function refusal(of: FeedHeader, trust?: Trust, holding?: Holding): Promise<string> {
  const value = await verifyHeader(verifier, "fr-ML", of, trust, holding);
  return isRefusal(value) ? value.refused : "";
}

async function holdingOf(of: TestEdition, confirmed = "2026-11-24"): Promise<Holding> {
  const { signed } = await verified(header(of));
  return { channel: "fr-ML", whole: { ...signed, first: "", rest: "" }, early: null, confirmed };
}

describe("a header", () => {
  it("makes a new phone trust the key it came with", async () => {
    const { id, trust, signed, confirmed } = await verified(header(edition));
    assert.deepEqual([id, trust.key, trust.epoch, signed.key], [edition.id, edition.key, 1, edition.key]);
    assert.equal(confirmed, "", "without a freshness nothing is confirmed");
  });

  it("with another key than the trusted one is refused", async () => {
    const { trust } = await verified(header(edition));
    const thief = await (await FakePublisher.make()).publish(samplePages(1, 1));
    assert.equal(await refusal(header(thief), trust), "signature-false");
  });

  it("keeps the trusted key's name, whatever key the header names", async () => {
    const { trust } = await verified(header(edition));
    assert.equal((await verified(header(edition, { key: "" }), trust)).signed.key, edition.key);
  });

  it("follows a rotation to the committed key", async () => {
    const { trust } = await verified(header(edition));
    await publisher.rotate();
    const next = await publisher.publish(samplePages(1, 1));
    assert.equal((await verified(header(next), trust)).trust.epoch, 2);
    await publisher.rotate(true);
    assert.equal(await refusal(header(await publisher.publish(samplePages(1, 1))), trust), "rotation-not-committed");
  });

  it("of an older edition than the phone has, whole or in part, is refused", async () => {
    const newer = await publisher.publish(samplePages(1, 1, 1));
    const holding = await holdingOf(newer);
    const { trust } = await verified(header(edition));
    assert.equal(await refusal(header(edition), trust, holding), "edition-older");
    const early = { ...holding, whole: null, early: holding.whole };
    assert.equal(await refusal(header(edition), trust, early), "edition-older");
    assert.equal(await refusal(header(newer), trust, holding), "");
  });

  it("is confirmed by a freshness of the publisher, and by no other", async () => {
    const fresh = await publisher.fresh(edition, "2026-11-29");
    assert.equal((await verified(header(edition, { fresh }))).confirmed, "2026-11-29");
    assert.equal((await verified(header(edition, { fresh: ["2026-12-29", fresh[1]] }))).confirmed, "");
  });
});

describe("a confirmation", () => {
  it("counts when it is the publisher's and later", async () => {
    const { trust } = await verified(header(edition));
    const holding = await holdingOf(edition);
    const confirm = async (date: string, by = publisher) =>
      (await withConfirmation(verifier, trust, holding, await by.fresh(edition, date))).confirmed;
    assert.equal(await confirm("2026-11-29"), "2026-11-29");
    assert.equal(await confirm("2026-11-20"), "2026-11-24");
    assert.equal(await confirm("2026-11-29", await FakePublisher.make()), "2026-11-24");
    assert.equal(await withConfirmation(verifier, trust, holding, null), holding);
  });
});

describe("the newest statement", () => {
  it("is that of the first part, where one is here", async () => {
    const holding = await holdingOf(edition);
    const newer = await holdingOf(await publisher.publish(samplePages(1, 1, 1)));
    assert.equal(newestStatement(undefined), null);
    assert.equal(newestStatement(holding)?.text, edition.statement);
    assert.equal(newestStatement({ ...holding, early: newer.whole })?.text, newer.whole?.statement);
  });
});
