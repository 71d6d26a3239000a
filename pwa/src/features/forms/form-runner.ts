/** Takes a person through a form, one screen at a time, and keeps each answer as it is given. */

import { StorageFull } from "../../db/contract";
import type { DraftStorage } from "../../fieldwork/drafts";
import type { Repeat } from "../../protocol/form";
import type { FormNode, FormState, Instance } from "../../protocol/form-state";
import { type QuestionInstance, type Screen, screenKey, screensOf } from "../../protocol/screens";
import { button, element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";
import type { MediaRenderer } from "./question-media";
import { type QuestionContext, type QuestionView, createQuestionView } from "./question-view";
import { type FormExits, reviewScreen } from "./review-screen";

/** The last screen. */
export const REVIEW = "=";

export class FormRunner {
  private at = "";
  private shown: QuestionView[] = [];
  private readonly kept = element("small");
  /** Counts changes: only the last one's end is told. */
  private change = 0;
  private readonly sheet: QuestionContext;

  constructor(
    private readonly host: HTMLElement,
    private readonly filling: FormState,
    private readonly draft: DraftStorage,
    private readonly lang: string,
    private readonly leaving: FormExits,
    picture: MediaRenderer,
  ) {
    this.sheet = { filling, lang, draft, picture, changed: () => this.changed() };
  }

  /** Shows the screen with this key; the first one when it is not there (any more). */
  show(key: string, focus = true): void {
    const screens = screensOf(this.filling);
    const index =
      key === REVIEW
        ? screens.length
        : Math.max(
            0,
            screens.findIndex((each) => screenKey(each) === key),
          );
    this.showAt(screens, index, focus);
  }

  private showAt(screens: readonly Screen[], index: number, focus: boolean): void {
    const screen = screens[index];
    this.at = screen ? screenKey(screen) : REVIEW;
    this.shown = [];
    const form = element(
      "form",
      { autocomplete: "off", novalidate: true, class: "sheet" },
      this.progress(index, screens.length),
    );
    if (!screen)
      form.append(
        reviewScreen({
          filling: this.filling,
          lang: this.lang,
          leaving: this.leaving,
          go: (asked) => this.goTo(asked),
        }),
      );
    else if (screen.kind === "repeat") form.append(this.repeat(screen.place, screen.node));
    else form.append(...this.heading(screen.place, screen.group), ...this.questions(screen.asked));
    form.append(this.buttons(screens, index));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.next();
    });
    fill(this.host, form);
    window.scrollTo(0, 0);
    if (focus) focusFirst(form);
  }

  private progress(index: number, count: number): HTMLElement {
    const words = index < count ? t("Écran {n} sur {count}", { n: index + 1, count: count + 1 }) : t("Dernier écran");
    const title = this.filling.renderText(
      this.filling.form.title,
      this.lang,
      this.filling.root,
      this.filling.nodes[0] as FormNode,
    );
    return element(
      "p",
      {},
      element("small", {}, `${title} · ${words}`),
      element("progress", { max: count + 1, value: index + 1, "aria-hidden": "true" }),
    );
  }

  /** The groups and the instance one is in. */
  private heading(place: Instance, group: FormNode | null): HTMLElement[] {
    const words: string[] = [];
    for (let at: FormNode | null = group; at; at = at.parent) {
      const label = "q" in at.item ? "" : this.filling.renderText(at.item.label, this.lang, place, at);
      if ("repeat" in at.item) words.unshift(t("{label} {n}", { label: label || at.name, n: place.index + 1 }));
      else if (label) words.unshift(label);
    }
    return words.length > 0 ? [element("p", {}, element("b", {}, words.join(" · ")))] : [];
  }

  private questions(asked: readonly QuestionInstance[]): HTMLElement[] {
    this.shown = asked.map((each, index) => createQuestionView(this.sheet, each, `q${index}`, asked.length === 1));
    return this.shown.map(({ element: each }) => each);
  }

  private repeat(place: Instance, node: FormNode): HTMLElement {
    const item = node.item as Repeat;
    const label = this.filling.renderText(item.label, this.lang, place, node) || node.name;
    const instances = this.filling.instancesOf(place, node);
    const rows = instances.map((instance, index) => {
      const name = t("{label} {n}", { label, n: index + 1 });
      const open = button(name, () => this.showFirst(instance), { class: "quiet" });
      const drop = button(t("Enlever"), () => this.ask(drop, () => this.remove(place, node, index)), {
        class: "quiet",
        "aria-label": t("Enlever : {name}", { name }),
      });
      return element("li", {}, open, drop);
    });
    const add = button(
      instances.length === 0 ? t("Ajouter : {label}", { label }) : t("Ajouter encore : {label}", { label }),
      () => this.add(place, node),
    );
    return element(
      "div",
      { class: "question", tabindex: -1 },
      element("h2", {}, label),
      element("ul", { class: "rows" }, ...rows),
      element("p", {}, add),
    );
  }

  private ask(asker: HTMLElement, act: () => void): void {
    const sure = button(t("Oui, enlever"), act);
    asker.replaceWith(sure);
    sure.focus();
  }

  private add(place: Instance, node: FormNode): void {
    const instance = this.filling.addInstance(place, node);
    void this.changed();
    this.showFirst(instance);
  }

  private remove(place: Instance, node: FormNode, index: number): void {
    this.filling.removeInstance(place, node, index);
    void this.changed();
    this.show(this.at);
  }

  private showFirst(instance: Instance): void {
    const screens = screensOf(this.filling);
    const index = screens.findIndex(({ place }) => isWithin(place, instance));
    this.showAt(screens, index < 0 ? screens.findIndex((each) => screenKey(each) === this.at) : index, true);
  }

  private goTo({ place, node }: QuestionInstance): void {
    const screens = screensOf(this.filling);
    const index = screens.findIndex(
      (each) => each.kind === "questions" && each.asked.some((asked) => asked.node === node && asked.place === place),
    );
    this.showAt(screens, Math.max(0, index), true);
    this.shown.filter((each) => each.showProblem())[0]?.focus();
  }

  private buttons(screens: readonly Screen[], index: number): HTMLElement {
    const parts: HTMLElement[] = [];
    if (index < screens.length) parts.push(element("button", {}, t("Suivant")));
    if (index > 0)
      parts.push(
        button(t("Retour"), () => this.showAt(screensOf(this.filling), Math.max(0, this.place() - 1), true), {
          class: "quiet",
        }),
      );
    return element(
      "div",
      {},
      element("p", {}, ...parts),
      element(
        "p",
        {},
        this.kept,
        " ",
        button(t("Continuer plus tard"), () => void this.pause(), { class: "quiet" }),
        this.leaving.exit(),
      ),
    );
  }

  private place(): number {
    const screens = screensOf(this.filling);
    const index = screens.findIndex((each) => screenKey(each) === this.at);
    return index < 0 ? screens.length : index;
  }

  private next(): void {
    const wrong = this.shown.filter((each) => each.showProblem());
    if (wrong.length > 0) {
      wrong[0]?.focus();
      return;
    }
    this.showAt(screensOf(this.filling), this.place() + 1, true);
    void this.keep();
  }

  private changed(): Promise<boolean> {
    for (const each of this.shown) each.refresh();
    return this.keep();
  }

  private async pause(): Promise<void> {
    await this.keep();
    this.leaving.pause();
  }

  /** Keeps what is written now; whether it worked. Until it is on the disk the page does not say so. */
  async keep(): Promise<boolean> {
    const change = ++this.change;
    const say = (words: string): void => {
      if (change === this.change && !this.leaving.isPractice) this.kept.textContent = words;
    };
    say("…");
    try {
      await this.draft.save({ answers: this.filling.answers, at: this.at }, this.filling.time.today);
      say(
        this.shown.some((each) => each.isUnreadable())
          ? t("Cette réponse n’est pas encore gardée.")
          : t("Gardé sur ce téléphone."),
      );
      return true;
    } catch (error) {
      say(
        error instanceof StorageFull
          ? t("Plus de place : cette réponse n’est pas gardée. Effacez des photos ou des vidéos.")
          : t("Cette réponse n’est pas encore gardée."),
      );
      return false;
    }
  }
}

function isWithin(place: Instance, instance: Instance): boolean {
  for (let at: Instance | null = place; at; at = at.parent) if (at === instance) return true;
  return false;
}

/** The question is heard, then the field is one step away. */
function focusFirst(form: HTMLElement): void {
  const heading = form.querySelector<HTMLElement>("h2") ?? form;
  heading.tabIndex = -1;
  heading.focus();
}
