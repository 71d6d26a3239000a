/** Search while typing among the pages on this phone, from the pieces of its index. */
import { openSearchPieces } from "../../db/search-pieces";
import type { PhoneStore } from "../../db/store-contract";
import { parsePageAddress } from "../../protocol/page";
import { lexiconOf, prepareKeptIndex } from "../../search/build-index";
import { type PieceReader, completions, findPages, piecesInMemory } from "../../search/find-pages";
import type { Lexicon } from "../../search/lexicon";
import { Matcher } from "../../search/passages";
import type { Feature } from "../../ui/feature";
import { CompletionsView } from "./completions";
import { ResultsView } from "./results";

export const mount: Feature = async (host, store) => {
  const channel = parsePageAddress(location.pathname)?.channel;
  const input = host.querySelector<HTMLInputElement>("input[name=q]");
  const form = host.querySelector("form");
  const holding = channel && (await store.holding(channel));
  if (!channel || !input || !form || !holding) return; // the server's answer serves
  const search = new Search(store, channel, await lexiconOf(store, holding), new ResultsView(host, store, channel));
  const completed = new CompletionsView(form, (question) => {
    input.value = question;
    ask();
    input.focus();
  });
  const ask = () => void search.ask(input.value);
  input.addEventListener("input", () => {
    ask(); // a few milliseconds even on a slow phone: no waiting for the next letter
    void search.complete(input.value).then((phrases) => completed.show(phrases));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    history.replaceState(null, "", `?q=${encodeURIComponent(input.value)}`);
    completed.show([]);
    ask();
  });
  input.value ||= new URLSearchParams(location.search).get("q") ?? "";
  await search.ask(input.value);
  await search.prepare(); // now, if the phone has none yet: after an update of the app, or without room
  await search.ask(input.value);
};

class Search {
  private reader: PieceReader = openSearchPieces();
  private latest = 0;
  private shown: string | undefined;

  constructor(
    private readonly store: PhoneStore,
    private readonly channel: string,
    private readonly lexicon: Lexicon,
    private readonly results: ResultsView,
  ) {}

  async prepare(): Promise<void> {
    const pieces = await prepareKeptIndex(this.store, this.channel, yieldToPage);
    if (pieces) this.reader = piecesInMemory(pieces);
    this.shown = undefined;
  }

  async ask(question: string): Promise<void> {
    if (question === this.shown) return;
    this.shown = question;
    const turn = ++this.latest;
    const found = await findPages(this.reader, this.channel, question, this.lexicon);
    if (found && turn === this.latest)
      this.results.show(question, found, new Matcher(found.units, this.lexicon.ignored));
  }

  complete(question: string): Promise<string[]> {
    return completions(this.reader, question);
  }
}

function yieldToPage(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
