/** Completions of what is typed, as links to the search for them, below the field. */
import { element, fill } from "../../ui/dom";

export class CompletionsView {
  private readonly list = element("ul", { class: "completions" });

  constructor(
    form: HTMLElement,
    private readonly choose: (phrase: string) => void,
  ) {
    form.append(this.list);
  }

  show(phrases: readonly string[]): void {
    fill(this.list, ...phrases.map((phrase) => element("li", {}, this.link(phrase))));
  }

  private link(phrase: string): HTMLElement {
    const link = element("a", { href: `?q=${encodeURIComponent(phrase)}` }, phrase);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.show([]);
      this.choose(phrase);
    });
    return link;
  }
}
