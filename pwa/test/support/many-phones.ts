/** Runs many phones against one real server, all with the app's own store and pull: `node phones.mjs ADDRESS SEED COUNT`.
 *
 * Until a line arrives on standard input the network is bad: responses are cut, frozen, forged or lost. After it,
 * the network is good and every phone must reach the head. After every pull, all that a phone shows must verify.
 * Ends with one line of JSON; exit code 1 where a promise is broken.
 */
import { createInterface } from "node:readline";
import { type Fetch, Phone } from "./phone-with-store";

const [address = "", seed = "1", count = "1"] = process.argv.slice(2);
let good = false;
createInterface({ input: process.stdin }).once("line", () => (good = true));

/** Mulberry32: a seed makes the same run of numbers from 0 to 1. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const met = { cut: 0, forged: 0, frozen: 0, silent: 0 };

/** A fetch with the faults of bad connections, caches and forgers. */
function badRoad(random: () => number): Fetch {
  const earlierResponses: { body: Uint8Array<ArrayBuffer>; headers: Headers }[] = [];
  return async (path, init) => {
    const dice = good ? 1 : random();
    if (dice < 0.1) {
      met.silent++;
      throw new TypeError("no network");
    }
    const response = await fetch(address + path, init);
    if (good || response.status !== 200) return response;
    const body = new Uint8Array(await response.arrayBuffer());
    earlierResponses.push({ body, headers: response.headers });
    if (dice < 0.35) return cut(body, Math.floor(random() * body.length), response.headers);
    if (dice < 0.5) return forged(body, random, response.headers);
    const frozen = earlierResponses[Math.floor(random() * earlierResponses.length)];
    if (dice < 0.65 && frozen) {
      met.frozen++;
      return new Response(frozen.body, { headers: frozen.headers });
    }
    return new Response(body, { headers: response.headers });
  };
}

function cut(body: Uint8Array<ArrayBuffer>, at: number, headers: Headers): Response {
  met.cut++;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(body.subarray(0, at));
    },
    pull(controller) {
      controller.error(new TypeError("the link broke"));
    },
  });
  return new Response(stream, { headers });
}

function forged(body: Uint8Array<ArrayBuffer>, random: () => number, headers: Headers): Response {
  met.forged++;
  const altered = body.slice();
  const at = Math.floor(random() * altered.length);
  altered[at] = (altered[at] ?? 0) ^ (1 << Math.floor(random() * 7));
  return new Response(altered, { headers });
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function life(phone: Phone, random: () => number): Promise<{ pulls: number; shown: number }> {
  let pulls = 0;
  while (!good) {
    await phone.pull();
    pulls++;
    await phone.checkShownPages();
    await wait(50 + random() * 2000);
  }
  const outcome = await phone.pullUntilFinal();
  if (outcome.kind !== "head") throw new Error(`a phone ended with ${JSON.stringify(outcome)}`);
  return { pulls, shown: await phone.checkShownPages() };
}

async function main(): Promise<void> {
  const phones: { phone: Phone; random: () => number }[] = [];
  for (let index = 0; index < Number(count); index++) {
    const random = numbers(Number(seed) * 100_003 + index);
    phones.push({ phone: await Phone.make(badRoad(random)), random });
  }
  const ends = await Promise.allSettled(phones.map(({ phone, random }) => life(phone, random)));
  const heads = await Promise.all(phones.map(({ phone }) => phone.editionId()));
  const broken = ends.flatMap((end, index) =>
    end.status === "rejected" ? [`phone ${index}: ${String(end.reason)}`] : [],
  );
  const pulls = ends.reduce((sum, end) => sum + (end.status === "fulfilled" ? end.value.pulls : 0), 0);
  console.log(
    JSON.stringify({ seed: Number(seed), pulls, met, heads: [...new Set(heads)], broken: broken.slice(0, 10) }),
  );
  process.exit(broken.length ? 1 : 0);
}

void main();
