/**
 * After any faults in any order, a phone shows only verified pages, never an older edition, and ends on the head
 * once the network works.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { newestStatement } from "../../src/pull/verify";
import { FakeFeedServer, type FeedFault } from "../support/fake-feed-server";
import { FakePublisher } from "../support/fake-publisher";
import { Phone } from "../support/phone-with-store";
import { samplePages } from "../support/sample-pages";

type Event =
  | { readonly kind: "publish"; readonly essential: number; readonly more: number; readonly edition: number }
  | { readonly kind: "rotate" }
  | { readonly kind: "forget" }
  | { readonly kind: "save"; readonly on: boolean }
  | { readonly kind: "frozen"; readonly back: number }
  | { readonly kind: "pull"; readonly troubles: readonly FeedFault[] };

/** One letter of the text is another: in the header, a path, a body, a patch. */
const flip = (position: number) => (text: string) => {
  const at = Math.floor(position * text.length);
  return `${text.slice(0, at)}${text[at] === "x" ? "y" : "x"}${text.slice(at + 1)}`;
};

const trouble: fc.Arbitrary<FeedFault> = fc.oneof(
  fc.constant<FeedFault>({ kind: "none" }),
  fc.constant<FeedFault>({ kind: "silent" }),
  fc.constantFrom(400, 404, 410, 429, 500, 503).map((status): FeedFault => ({ kind: "status", status })),
  fc.nat(12_000).map((after): FeedFault => ({ kind: "cut", after })),
  fc
    .double({ min: 0, max: 0.999, noNaN: true })
    .map((position): FeedFault => ({ kind: "forge", change: flip(position) })),
);

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("publish" as const),
      essential: fc.nat(4),
      more: fc.nat(30),
      edition: fc.nat(5),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Event>({ kind: "rotate" }) },
  { weight: 1, arbitrary: fc.constant<Event>({ kind: "forget" }) },
  { weight: 1, arbitrary: fc.boolean().map((on): Event => ({ kind: "save", on })) },
  { weight: 1, arbitrary: fc.nat(3).map((back): Event => ({ kind: "frozen", back })) },
  { weight: 6, arbitrary: fc.array(trouble, { maxLength: 4 }).map((troubles): Event => ({ kind: "pull", troubles })) },
);

describe("a phone on any network", () => {
  it("shows only verified pages, never an older edition, and ends on the head", async () => {
    await fc.assert(fc.asyncProperty(fc.array(event, { minLength: 4, maxLength: 20 }), live), {
      numRuns: 60,
      verbose: 1,
    });
  });
});

async function live(events: readonly Event[]): Promise<void> {
  const publisher = await FakePublisher.make();
  const server = new FakeFeedServer(publisher);
  server.editions.push(await publisher.publish(samplePages(2, 10)));
  const phone = await Phone.make(server.fetch);
  let newest = { epoch: 0, number: 0 };
  for (const event_ of events) {
    await happen(event_, publisher, server, phone);
    await phone.checkShownPages();
    const statement = newestStatement(await phone.store.holding("fr-ML")) ?? newest;
    assert(
      statement.epoch > newest.epoch || (statement.epoch === newest.epoch && statement.number >= newest.number),
      "never back",
    );
    newest = statement;
  }
  server.faults.length = 0;
  phone.savesData = false;
  assert.equal((await phone.pullUntilFinal(20)).kind, "head");
  assert.equal(await phone.editionId(), server.head.id);
  assert.equal(await phone.checkShownPages(), server.head.manifest.entries.length);
}

async function happen(event: Event, publisher: FakePublisher, server: FakeFeedServer, phone: Phone): Promise<void> {
  switch (event.kind) {
    case "publish":
      server.editions.push(await publisher.publish(samplePages(event.essential, event.more, event.edition)));
      return;
    case "rotate":
      await publisher.rotate();
      server.editions.push(await publisher.publish(samplePages(2, 8)));
      return;
    case "forget":
      server.editions.splice(0, server.editions.length - 1);
      return;
    case "save":
      phone.savesData = event.on;
      return;
    case "frozen": {
      const mirror = new FakeFeedServer(publisher);
      mirror.editions.push(...server.editions.slice(0, Math.max(1, server.editions.length - event.back)));
      await Phone.with(phone.store, mirror.fetch).pull();
      return;
    }
    case "pull":
      server.faults.push(...event.troubles);
      await phone.pull();
      server.faults.length = 0;
  }
}
