/**
 * Search while typing among the pages on this phone: first by word prefixes, then with the full-text index once it is
 * loaded.
 */
import type { PhoneStore, SearchDocument } from "../../db/store-contract";
import { fold } from "../../protocol/folding";
import { parsePageAddress } from "../../protocol/page";
import { type SearchIndex, loadIndex, prepareIndex, searchPaths } from "../../search/full-text-index";
import { prefixSearch } from "../../search/prefix-search";
import type { Feature } from "../../ui/feature";
import { ResultsView } from "./results";

export const mount: Feature = async (host, store) => {
  const channel = parsePageAddress(location.pathname)?.channel;
  const input = host.querySelector<HTMLInputElement>("input[name=q]");
  const form = host.querySelector("form");
  if (!channel || !input || !form || !(await store.holding(channel))) return; // the server's answer serves
  const search = new Search(store, channel, new ResultsView(host, store, channel));
  const ask = () => search.ask(input.value);
  input.addEventListener("input", ask); // a few milliseconds even on a slow phone: no waiting for the next letter
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    history.replaceState(null, "", `?q=${encodeURIComponent(input.value)}`);
    ask();
  });
  input.value ||= new URLSearchParams(location.search).get("q") ?? "";
  await search.load(ask);
};

class Search {
  private documents: readonly SearchDocument[] = [];
  private index: SearchIndex | null = null;
  private shown = "";

  constructor(
    private readonly store: PhoneStore,
    private readonly channel: string,
    private readonly results: ResultsView,
  ) {}

  /** Reads the texts, then the index; `ready` is called after each. */
  async load(ready: () => void): Promise<void> {
    let texts = await this.store.searchTexts(this.channel);
    if (!texts) {
      await prepareIndex(this.store, this.channel, yieldToPage);
      texts = await this.store.searchTexts(this.channel);
    }
    this.documents = texts?.documents ?? [];
    ready();
    const serialized = await this.store.searchIndex(this.channel);
    if (serialized === undefined) return;
    this.index = await loadIndex(serialized);
    this.shown = "";
    ready();
  }

  ask(question: string): void {
    const key = fold(question).trim();
    if (key === this.shown) return;
    this.shown = key;
    const paths = this.index ? searchPaths(this.index, question) : prefixSearch(this.documents, question);
    const titles = new Map(this.documents.map((document) => [document.path, document.title]));
    this.results.show(
      question,
      paths.map((path) => ({ path, title: titles.get(path) ?? path })),
    );
  }
}

function yieldToPage(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
