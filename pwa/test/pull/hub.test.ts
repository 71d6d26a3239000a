/** A hub is asked first and believed no more than any other road: what it lacks, refuses or forges is asked of the site. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { offeredHub } from "../../src/features/hub/hub-status";
import { allowedHubs, chosenHub, preferHub } from "../../src/net/hub-choice";
import { createNetwork } from "../../src/net/network";
import { pullViaHub } from "../../src/pull/hub-first-pull";
import type { PullOutcome } from "../../src/pull/outcome";
import { Sender } from "../../src/send/send-outbox";
import { Server } from "../support/fake-feed-server";
import { Inbox } from "../support/fake-inbox";
import { Key, Publisher } from "../support/fake-publisher";
import { FieldworkPhone, smallForm } from "../support/phone-with-fieldwork";
import { Phone, newStore } from "../support/phone-with-store";
import { site as pagesOf } from "../support/sample-pages";

const HUB = "https://kayes.example.org";

describe("news by way of a hub", () => {
  let publisher: Publisher;
  let hub: Server;
  let site: Server;

  beforeEach(async () => {
    publisher = await Publisher.make("exemple.ml");
    hub = new Server(publisher);
    site = new Server(publisher);
    const edition = await publisher.publish(pagesOf(3, 120));
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

  it("comes from the hub, and headquarters is not asked, nor sends it again later", async () => {
    const store = await newStore();
    assert.deepEqual(await ask(store), { kind: "head", changed: true });
    assert.deepEqual(site.asked, []);
    assert.deepEqual(await Phone.with(store, site.fetch).pull(), { kind: "head", changed: false });
    assert.equal(site.sent, 0);
  });

  it("goes on at headquarters where the hub's Wi-Fi broke off", async () => {
    const store = await newStore();
    hub.troubles.push({ kind: "cut", after: 40_000 });
    assert.deepEqual(await ask(store), { kind: "head", changed: true });
    assert.match(site.asked[0] ?? "", /to=.*after=[1-9]/);
  });

  it("is asked of headquarters too when the hub's word is old, and stands when headquarters is silent", async () => {
    const store = await newStore();
    hub.date = "2026-11-20";
    site.troubles.push({ kind: "silent" });
    assert.deepEqual(await ask(store), { kind: "head", changed: true });
    assert.equal(site.asked.length, 1);
  });

  it("of another site, or older than what is here, leaves the phone as it was", async () => {
    const store = await newStore();
    await Phone.with(store, site.fetch).pull();
    const before = await store.holding("fr-ML");
    const stranger = await Publisher.make("ailleurs.ml");
    hub = new Server(stranger);
    hub.editions.push(await stranger.publish(pagesOf(1, 2)));
    site.troubles.push({ kind: "silent" });
    assert.equal((await ask(store)).kind, "interrupted");
    assert.deepEqual(await store.holding("fr-ML"), before);
    assert.equal((await Phone.with(store, hub.fetch).pull()).kind, "refused");
  });
});

describe("what waits, by way of a hub", () => {
  let near: Inbox;
  let far: Inbox;
  let phone: FieldworkPhone;

  beforeEach(async () => {
    const key = await Key.make();
    near = new Inbox("exemple.ml", key);
    far = new Inbox("exemple.ml", key);
    near.carrier = "kayes";
    phone = await FieldworkPhone.make(far);
    assert.equal(await phone.enrol(), "");
    for (const [device, secret] of far.devices) near.devices.set(device, secret);
    far.requests.length = 0;
  });

  const road = (inbox: Inbox) =>
    createNetwork({ fetch: inbox.fetch, onEnd: () => undefined, onServerTime: () => undefined });
  const send = async () =>
    new Sender({ ...(await phone.tools()), network: preferHub(road(near), road(far)) }).sendAll();

  it("is carried by the hub while headquarters is out of reach", async () => {
    const { id } = await phone.fill(smallForm(), { mot: "x" });
    await send();
    const entry = await phone.fieldwork.outboxEntry(id);
    assert.deepEqual([entry?.state, entry?.carrier, far.requests.length], ["carried", "kayes", 0]);
  });

  it("goes to headquarters itself once the phone is there, so that a stolen hub loses nothing", async () => {
    const { id } = await phone.fill(smallForm(), { mot: "x" });
    await send();
    near.mishaps.push({ kind: "lost" });
    await send();
    assert.equal((await phone.fieldwork.outboxEntry(id))?.state, "received");
    assert.equal(far.held.size, 1);
  });

  it("is not refused by a hub that does not know the phone yet", async () => {
    near.devices.clear();
    const { id } = await phone.fill(smallForm(), { mot: "x" });
    await send();
    assert.equal((await phone.fieldwork.outboxEntry(id))?.state, "received");
    const second = await phone.fill(smallForm(), { mot: "y" });
    far.mishaps.push({ kind: "lost" });
    await send();
    assert.equal((await phone.fieldwork.outboxEntry(second.id))?.state, "waiting", "headquarters did not say no");
  });

  it("is asked of the site where the hub answers with an error", async () => {
    near.mishaps.push({ kind: "status", status: 502 });
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
    const publisher = await Publisher.make("exemple.ml");
    const server = new Server(publisher);
    server.editions.push(
      await publisher.publish(
        pagesOf(1, 1).map((page) => (page.path === "_shell" ? { ...page, body: frame + page.body } : page)),
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
