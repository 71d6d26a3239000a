/**
 * A hub is asked first and trusted no more than any server: the site is asked for anything that it lacks, refuses
 * or forges.
 */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { offeredHub } from "../../src/features/hub/hub-status";
import { allowedHubs, chosenHub, preferHub } from "../../src/net/hub-choice";
import { createNetwork } from "../../src/net/network";
import { pullViaHub } from "../../src/pull/hub-first-pull";
import type { PullOutcome } from "../../src/pull/outcome";
import { Sender } from "../../src/send/send-outbox";
import { FakeFeedServer } from "../support/fake-feed-server";
import { FakeInbox } from "../support/fake-inbox";
import { FakePublisher, TestKey } from "../support/fake-publisher";
import { FieldworkPhone, smallForm } from "../support/phone-with-fieldwork";
import { Phone, newStore } from "../support/phone-with-store";
import { samplePages } from "../support/sample-pages";

const HUB = "https://kayes.example.org";

describe("news by way of a hub", () => {
  let publisher: FakePublisher;
  let hub: FakeFeedServer;
  let site: FakeFeedServer;

  beforeEach(async () => {
    publisher = await FakePublisher.make("exemple.ml");
    hub = new FakeFeedServer(publisher);
    site = new FakeFeedServer(publisher);
    const edition = await publisher.publish(samplePages(3, 120));
    for (const server of [hub, site]) server.editions.push(edition);
  });

  async function ask(store: Awaited<ReturnType<typeof newStore>>, today = "2026-11-25"): Promise<PullOutcome> {
    const recent = async () => (await store.holding("fr-ML"))?.confirmed === today;
    return pullViaHub(
      () => Phone.with(store, hub.fetch).pull(),
      () => Phone.with(store, site.fetch).pull(),
      recent,
    );
  }

  it("comes from the hub, without a request to headquarters, now or later", async () => {
    const store = await newStore();
    assert.deepEqual(await ask(store), { kind: "head", changed: true });
    assert.deepEqual(site.requests, []);
    assert.deepEqual(await Phone.with(store, site.fetch).pull(), { kind: "head", changed: false });
    assert.equal(site.sentBytes, 0);
  });

  it("goes on at headquarters where the hub's Wi-Fi broke off", async () => {
    const store = await newStore();
    hub.faults.push({ kind: "cut", after: 40_000 });
    assert.deepEqual(await ask(store), { kind: "head", changed: true });
    assert.match(site.requests[0] ?? "", /to=.*after=[1-9]/);
  });

  it("is asked of headquarters too when the hub's freshness is old, and stays when headquarters is silent", async () => {
    const store = await newStore();
    hub.date = "2026-11-20";
    site.faults.push({ kind: "silent" });
    assert.deepEqual(await ask(store), { kind: "head", changed: true });
    assert.equal(site.requests.length, 1);
  });

  it("of another site, or older than what is here, leaves the phone as it was", async () => {
    const store = await newStore();
    await Phone.with(store, site.fetch).pull();
    const before = await store.holding("fr-ML");
    const stranger = await FakePublisher.make("ailleurs.ml");
    hub = new FakeFeedServer(stranger);
    hub.editions.push(await stranger.publish(samplePages(1, 2)));
    site.faults.push({ kind: "silent" });
    assert.equal((await ask(store)).kind, "interrupted");
    assert.deepEqual(await store.holding("fr-ML"), before);
    assert.equal((await Phone.with(store, hub.fetch).pull()).kind, "refused");
  });
});

describe("waiting forms, by way of a hub", () => {
  let hubInbox: FakeInbox;
  let siteInbox: FakeInbox;
  let phone: FieldworkPhone;

  beforeEach(async () => {
    const key = await TestKey.make();
    hubInbox = new FakeInbox("exemple.ml", key);
    siteInbox = new FakeInbox("exemple.ml", key);
    hubInbox.carrier = "kayes";
    phone = await FieldworkPhone.make(siteInbox);
    assert.equal(await phone.enrol(), "");
    for (const [device, secret] of siteInbox.devices) hubInbox.devices.set(device, secret);
    siteInbox.requests.length = 0;
  });

  const networkTo = (inbox: FakeInbox) =>
    createNetwork({ fetch: inbox.fetch, onEnd: () => undefined, onServerTime: () => undefined });
  const send = async () =>
    new Sender({
      ...(await phone.sendContext()),
      network: preferHub(networkTo(hubInbox), networkTo(siteInbox)),
    }).sendAll();

  it("is carried by the hub while headquarters is out of reach", async () => {
    const { id } = await phone.fill(smallForm(), { mot: "x" });
    await send();
    const entry = await phone.fieldwork.outboxEntry(id);
    assert.deepEqual([entry?.state, entry?.carrier, siteInbox.requests.length], ["carried", "kayes", 0]);
  });

  it("goes to headquarters itself once the phone is there, so that a stolen hub loses nothing", async () => {
    const { id } = await phone.fill(smallForm(), { mot: "x" });
    await send();
    hubInbox.faults.push({ kind: "lost" });
    await send();
    assert.equal((await phone.fieldwork.outboxEntry(id))?.state, "received");
    assert.equal(siteInbox.submissions.size, 1);
  });

  it("is not refused by a hub that does not know the phone yet", async () => {
    hubInbox.devices.clear();
    const { id } = await phone.fill(smallForm(), { mot: "x" });
    await send();
    assert.equal((await phone.fieldwork.outboxEntry(id))?.state, "received");
    const second = await phone.fill(smallForm(), { mot: "y" });
    siteInbox.faults.push({ kind: "lost" });
    await send();
    assert.equal((await phone.fieldwork.outboxEntry(second.id))?.state, "waiting", "headquarters did not say no");
  });

  it("is asked of the site where the hub answers with an error", async () => {
    hubInbox.faults.push({ kind: "status", status: 502 });
    const { id } = await phone.fill(smallForm(), { mot: "x" });
    await send();
    assert.equal((await phone.fieldwork.outboxEntry(id))?.state, "received");
  });
});

describe("choosing a hub", () => {
  it("is for those that the signed frame names", async () => {
    const frame = `<meta http-equiv=Content-Security-Policy content="default-src &#39;none&#39;;connect-src &#39;self&#39; ${HUB};manifest-src &#39;self&#39;">`;
    assert.deepEqual(allowedHubs(frame), [HUB]);
    assert.deepEqual(allowedHubs("connect-src 'self';form-action 'self'"), []);
    const publisher = await FakePublisher.make("exemple.ml");
    const server = new FakeFeedServer(publisher);
    server.editions.push(
      await publisher.publish(
        samplePages(1, 1).map((page) => (page.path === "_shell" ? { ...page, body: frame + page.body } : page)),
      ),
    );
    const store = await newStore();
    await store.changeSetting("hub", () => HUB);
    await store.changeSetting("followed", () => "fr-ML");
    assert.equal(await chosenHub(store), "", "nothing to prove with yet");
    await Phone.with(store, server.fetch).pull();
    assert.equal(await chosenHub(store), HUB);
    await store.changeSetting("hub", () => "https://ailleurs.example.org");
    assert.equal(await chosenHub(store), "");
  });

  it("reads the address in a QR code, and no other", () => {
    assert.equal(offeredHub(`#hub=${HUB}`), HUB);
    for (const bad of ["", "#hub=http://kayes.example.org", `#hub=${HUB}/x`, `#hub=${HUB} ;script-src *`, "#enrol=ABC"])
      assert.equal(offeredHub(bad), "");
  });
});
