/** The search over a long list of choices: a field above it, and the lines that match what is typed. */

import { fold, terms } from "../../protocol/folding";
import type { Choice, Form, Question } from "../../protocol/form";
import { element } from "../../ui/dom";
import { t } from "../../ui/i18n";

/** Choices above which no menu shows them, and those above which a list has a search. */
const LONGEST_MENU = 30;
const LONG = 12;
/** Lines shown at most: more are slow on cheap phones, and nobody reads them. */
const MAX_SHOWN = 8;

/** True if the question's list is too long for a menu. */
export function isLongList({ choices }: Form, { list = "" }: Question): boolean {
  return (choices[list]?.length ?? 0) > LONGEST_MENU;
}

export class ChoiceSearch {
  readonly element: HTMLElement;
  private readonly field: HTMLInputElement;
  private readonly folded = new Map<Choice, string>();

  constructor(
    id: string,
    private readonly label: (choice: Choice) => string,
  ) {
    this.field = element("input", { type: "search", id: `${id}-search`, autocomplete: "off", spellcheck: "false" });
    this.element = element(
      "div",
      { hidden: true },
      element("label", { for: `${id}-search` }, t("Écrivez quelques lettres")),
      this.field,
    );
  }

  whenTyped(listener: () => void): void {
    this.field.addEventListener("input", listener);
  }

  /** Shows the field where so many choices are offered that they are searched. */
  show(count: number): void {
    this.element.hidden = count <= LONG;
    if (this.element.hidden) this.field.value = "";
  }

  /** The choices to show, those taken first, and a sentence about those that are left out. */
  choose(offered: readonly Choice[], taken: ReadonlySet<string>): { shown: readonly Choice[]; sentence: string } {
    if (offered.length <= LONG) return { shown: offered, sentence: "" };
    const words = terms(this.field.value);
    const matching = offered.filter((choice) => !taken.has(choice.name) && this.matches(choice, words));
    const shown = [...offered.filter(({ name }) => taken.has(name)), ...matching.slice(0, MAX_SHOWN)];
    if (matching.length === 0) return { shown, sentence: t("Rien ne porte ce nom dans la liste.") };
    const more = matching.length - MAX_SHOWN;
    return { shown, sentence: more > 0 ? t("Et {n} autres : écrivez quelques lettres.", { n: more }) : "" };
  }

  /** True if each typed word begins a word of the choice's label. */
  private matches(choice: Choice, words: readonly string[]): boolean {
    let text = this.folded.get(choice);
    if (text === undefined) {
      text = ` ${terms(fold(this.label(choice))).join(" ")}`;
      this.folded.set(choice, text);
    }
    return words.every((word) => text.includes(` ${word}`));
  }
}
