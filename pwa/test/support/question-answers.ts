/** Answers questions as a phone's search page does, over what was pulled and indexed. */
import { openSearchPieces } from "../../src/db/search-pieces";
import { lexiconOf, prepareIndex } from "../../src/search/build-index";
import { findPages } from "../../src/search/find-pages";
import { FakeFeedServer } from "./fake-feed-server";
import { FakePublisher } from "./fake-publisher";
import { Phone } from "./phone-with-store";

export interface AskedPage {
  readonly path: string;
  readonly body: string;
}

/** The paths that each question finds, best first. */
export async function answerQuestions(pages: readonly AskedPage[], questions: readonly string[]): Promise<string[][]> {
  const publisher = await FakePublisher.make();
  const server = new FakeFeedServer(publisher);
  const first = new Set(["_shell", "index"]);
  server.editions.push(
    await publisher.publish(pages.map((page) => ({ ...page, part: first.has(page.path) ? "first" : "rest" }))),
  );
  const phone = await Phone.make(server.fetch);
  await phone.pull();
  const { store, channel } = phone;
  const pieces = openSearchPieces();
  await prepareIndex(store, pieces, channel, async () => undefined);
  const holding = await store.holding(channel);
  if (!holding) throw new Error("nothing was pulled");
  const lexicon = await lexiconOf(store, holding);
  const found: string[][] = [];
  for (const question of questions)
    found.push(((await findPages(pieces, channel, question, lexicon))?.pages ?? []).map(({ path }) => path));
  return found;
}
