/** The list of search results: links to sections, with the words that matched, and their number. */

import { shownDigest } from "../../db/held-editions";
import type { Holding, PhoneStore } from "../../db/store-contract";
import { pageAddress } from "../../protocol/page";
import type { Found, FoundPage } from "../../search/find-pages";
import { type Matcher, type Part, type Passage, bestPassage } from "../../search/passages";
import { button, element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";

/** Results shown at once: nobody reads more on a phone. */
const SHOWN = 10;
const QUESTION_FORM = "forms/question";

export class ResultsView {
  private readonly count = element("p", { role: "status" });
  private readonly list = element("ul", { class: "rows" });
  private readonly after = element("p");
  private latest = 0;

  constructor(
    private readonly host: HTMLElement,
    private readonly store: PhoneStore,
    private readonly channel: string,
  ) {}

  /** Shows what was found. The server's answer stays until then. */
  show(question: string, found: Found, matcher: Matcher): void {
    if (!this.count.isConnected) {
      for (const serverResult of this.host.querySelectorAll("form ~ *")) serverResult.remove();
      this.host.append(this.count, this.list, this.after);
    }
    const turn = ++this.latest;
    const isAsked = question.trim() !== "";
    this.count.textContent = isAsked ? countSentence(found.count) : "";
    fill(this.list);
    fill(this.after);
    if (isAsked && found.count === 0) void this.offerQuestion(question, turn);
    void this.add(found.pages, 0, matcher, turn);
  }

  /** Adds a screen of results, then the button for the next one. */
  private async add(pages: readonly FoundPage[], from: number, matcher: Matcher, turn: number): Promise<void> {
    const shown = pages.slice(from, from + SHOWN);
    const rows = shown.map((page) => new Row(this.channel, page, matcher));
    this.list.append(...rows.map((row) => row.element));
    const next = from + SHOWN;
    if (next < pages.length)
      fill(
        this.after,
        button(
          t("Voir la suite"),
          () => {
            fill(this.after);
            void this.add(pages, next, matcher, turn);
          },
          { class: "quiet" },
        ),
      );
    const holding = await this.store.holding(this.channel);
    for (const [index, { path, title }] of shown.entries()) {
      const body = holding && (await bodyAt(this.store, holding, path));
      if (this.latest !== turn) return;
      if (body !== undefined) rows[index]?.show(bestPassage(title, body, matcher));
    }
  }

  /** A way on when nothing is found: the words can be asked as a question. */
  private async offerQuestion(question: string, turn: number): Promise<void> {
    const holding = await this.store.holding(this.channel);
    if (!holding || shownDigest(holding, QUESTION_FORM) === undefined || this.latest !== turn) return;
    const href = `${pageAddress(this.channel, QUESTION_FORM)}#words=${encodeURIComponent(question.trim())}`;
    fill(this.after, element("a", { class: "go", href }, t("Poser cette question")));
  }
}

class Row {
  readonly element: HTMLElement;
  private readonly link: HTMLAnchorElement;
  private readonly passage = element("small");

  constructor(
    private readonly channel: string,
    private readonly page: FoundPage,
    matcher: Matcher,
  ) {
    const title = element("span", {}, ...marked(matcher.parts(page.title)), this.passage);
    this.link = element("a", { href: this.address("") }, title);
    this.element = element("li", {}, this.link);
  }

  /** Adds what was found in the page, leads there, and names its other sections. */
  show({ anchor, heading, text, more }: Passage): void {
    this.link.href = this.address(anchor);
    this.passage.append(...(heading ? [element("b", {}, heading), " "] : []), ...marked(text));
    if (more.length === 0) return;
    const links = more.map(([place, title]) =>
      element("li", {}, element("a", { href: this.address(place) }, element("span", {}, title))),
    );
    this.element.append(
      element(
        "details",
        {},
        element("summary", {}, t("Dans cette page aussi")),
        element("ul", { class: "rows" }, ...links),
      ),
    );
  }

  private address(anchor: string): string {
    return pageAddress(this.channel, this.page.path) + (anchor && `#${anchor}`);
  }
}

function marked(parts: readonly Part[]): (Node | string)[] {
  return parts.map(([text, isMatch]) => (isMatch ? element("mark", {}, text) : text));
}

async function bodyAt(store: PhoneStore, holding: Holding, path: string): Promise<string | undefined> {
  const digest = shownDigest(holding, path);
  return digest === undefined ? undefined : store.body(digest);
}

function countSentence(count: number): string {
  if (count === 0) return t("Rien n’a été trouvé sur ce téléphone. Essayez un autre mot.");
  return count === 1 ? t("1 réponse") : t("{n} réponses", { n: count });
}
