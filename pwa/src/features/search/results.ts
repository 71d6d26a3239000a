/** The list of search results: links with snippets, and their number for screen readers. */

import { shownDigest } from "../../db/held-editions";
import type { PhoneStore } from "../../db/store-contract";
import { pageAddress } from "../../protocol/page";
import { textOfPage } from "../../protocol/page-text";
import { extractSnippet } from "../../search/snippet";
import { element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";

/** Results shown: nobody reads more on a phone. */
const SHOWN = 15;

export interface SearchResult {
  readonly path: string;
  readonly title: string;
}

export class ResultsView {
  private readonly count = element("p", { role: "status" });
  private readonly list = element("ul", { class: "rows" });
  private latest = 0;

  constructor(
    host: HTMLElement,
    private readonly store: PhoneStore,
    private readonly channel: string,
  ) {
    for (const serverResult of host.querySelectorAll("form ~ *")) serverResult.remove();
    host.append(this.count, this.list);
  }

  /** Keeps one of the pages that share a title (a letter that serves several paths). */
  show(question: string, matches: readonly SearchResult[]): void {
    const titles = new Set<string>();
    const results = matches.filter(({ title }) => !titles.has(title) && titles.add(title));
    const page = results.slice(0, SHOWN);
    const passages = page.map(() => element("small"));
    fill(this.list, ...page.map((result, index) => this.row(result, passages[index] as HTMLElement)));
    this.count.textContent = countSentence(question, results.length);
    void this.fill(question, page, passages, ++this.latest);
  }

  private row({ path, title }: SearchResult, passage: HTMLElement): HTMLElement {
    return element(
      "li",
      {},
      element("a", { href: pageAddress(this.channel, path) }, element("span", {}, title, passage)),
    );
  }

  /** Adds the passages after the titles, one by one, until there is a newer question. */
  private async fill(
    question: string,
    page: readonly SearchResult[],
    passages: readonly HTMLElement[],
    turn: number,
  ): Promise<void> {
    const holding = await this.store.holding(this.channel);
    for (const [index, { path }] of page.entries()) {
      const digest = holding && shownDigest(holding, path);
      const body = digest === undefined ? undefined : await this.store.body(digest);
      if (this.latest !== turn) return;
      const passage = passages[index];
      if (body === undefined || !passage) continue;
      const pieces = extractSnippet(textOfPage(body), question);
      passage.append(...pieces.map(({ text, isMatch }) => (isMatch ? element("mark", {}, text) : text)));
    }
  }
}

function countSentence(question: string, count: number): string {
  if (question.trim() === "") return "";
  if (count === 0) return t("Rien n’a été trouvé sur ce téléphone. Essayez un autre mot.");
  return count === 1 ? t("1 réponse") : t("{n} réponses", { n: count });
}
