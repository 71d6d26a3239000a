/** Runs a form screen by screen, and saves each answer as it is given. */

import { StorageFull } from "../../db/store-contract";
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
  private screenKey = "";
  private views: QuestionView[] = [];
  private readonly saveStatus = element("small");
  /** Number of changes: only the result of the last one is displayed. */
  private changeCount = 0;
  private readonly context: QuestionContext;

  constructor(
    private readonly host: HTMLElement,
    private readonly formState: FormState,
    private readonly draft: DraftStorage,
    private readonly lang: string,
    private readonly exits: FormExits,
    renderMedia: MediaRenderer,
  ) {
    this.context = { formState, lang, draft, renderMedia, onChange: () => this.answerChanged() };
  }

  /** Shows the screen with this key, or the first one if it no longer exists. */
  show(key: string, focus = true): void {
    const screens = screensOf(this.formState);
    const index =
      key === REVIEW
        ? screens.length
        : Math.max(
            0,
            screens.findIndex((screen) => screenKey(screen) === key),
          );
    this.showAt(screens, index, focus);
  }

  private showAt(screens: readonly Screen[], index: number, focus: boolean): void {
    const screen = screens[index];
    this.screenKey = screen ? screenKey(screen) : REVIEW;
    this.views = [];
    const form = element(
      "form",
      { autocomplete: "off", novalidate: true, class: "sheet" },
      this.progress(index, screens.length),
    );
    if (!screen)
      form.append(
        reviewScreen({
          formState: this.formState,
          lang: this.lang,
          exits: this.exits,
          goTo: (questionInstance) => this.goTo(questionInstance),
        }),
      );
    else if (screen.kind === "repeat") form.append(this.repeat(screen.instance, screen.node));
    else form.append(...this.heading(screen.instance, screen.group), ...this.questions(screen.questions));
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
    const position =
      index < count ? t("Écran {n} sur {count}", { n: index + 1, count: count + 1 }) : t("Dernier écran");
    const title = this.formState.renderText(
      this.formState.form.title,
      this.lang,
      this.formState.root,
      this.formState.nodes[0] as FormNode,
    );
    return element(
      "p",
      {},
      element("small", {}, `${title} · ${position}`),
      element("progress", { max: count + 1, value: index + 1, "aria-hidden": "true" }),
    );
  }

  /** Labels of the groups and the instance around the screen. */
  private heading(instance: Instance, group: FormNode | null): HTMLElement[] {
    const labels: string[] = [];
    for (let at: FormNode | null = group; at; at = at.parent) {
      const label = "q" in at.item ? "" : this.formState.renderText(at.item.label, this.lang, instance, at);
      if ("repeat" in at.item) labels.unshift(t("{label} {n}", { label: label || at.name, n: instance.index + 1 }));
      else if (label) labels.unshift(label);
    }
    return labels.length > 0 ? [element("p", {}, element("b", {}, labels.join(" · ")))] : [];
  }

  private questions(questions: readonly QuestionInstance[]): HTMLElement[] {
    this.views = questions.map((questionInstance, index) =>
      createQuestionView(this.context, questionInstance, `q${index}`, questions.length === 1),
    );
    return this.views.map(({ element: host }) => host);
  }

  private repeat(instance: Instance, node: FormNode): HTMLElement {
    const item = node.item as Repeat;
    const label = this.formState.renderText(item.label, this.lang, instance, node) || node.name;
    const instances = this.formState.instancesOf(instance, node);
    const rows = instances.map((child, index) => {
      const name = t("{label} {n}", { label, n: index + 1 });
      const open = button(name, () => this.showFirst(child), { class: "quiet" });
      const removeButton = button(
        t("Enlever"),
        () => this.confirmRemoval(removeButton, () => this.remove(instance, node, index)),
        {
          class: "quiet",
          "aria-label": t("Enlever : {name}", { name }),
        },
      );
      return element("li", {}, open, removeButton);
    });
    const add = button(
      instances.length === 0 ? t("Ajouter : {label}", { label }) : t("Ajouter encore : {label}", { label }),
      () => this.add(instance, node),
    );
    return element(
      "div",
      { class: "question", tabindex: -1 },
      element("h2", {}, label),
      element("ul", { class: "rows" }, ...rows),
      element("p", {}, add),
    );
  }

  private confirmRemoval(asker: HTMLElement, onConfirm: () => void): void {
    const sure = button(t("Oui, enlever"), onConfirm);
    asker.replaceWith(sure);
    sure.focus();
  }

  private add(instance: Instance, node: FormNode): void {
    const child = this.formState.addInstance(instance, node);
    void this.answerChanged();
    this.showFirst(child);
  }

  private remove(child: Instance, node: FormNode, index: number): void {
    this.formState.removeInstance(child, node, index);
    void this.answerChanged();
    this.show(this.screenKey);
  }

  private showFirst(ancestor: Instance): void {
    const screens = screensOf(this.formState);
    const index = screens.findIndex(({ instance }) => isWithin(instance, ancestor));
    this.showAt(screens, index < 0 ? screens.findIndex((screen) => screenKey(screen) === this.screenKey) : index, true);
  }

  private goTo({ instance, node }: QuestionInstance): void {
    const screens = screensOf(this.formState);
    const index = screens.findIndex(
      (each) =>
        each.kind === "questions" &&
        each.questions.some(
          (questionInstance) => questionInstance.node === node && questionInstance.instance === instance,
        ),
    );
    this.showAt(screens, Math.max(0, index), true);
    this.views.filter((view) => view.showProblem())[0]?.focus();
  }

  private buttons(screens: readonly Screen[], index: number): HTMLElement {
    const parts: HTMLElement[] = [];
    if (index < screens.length) parts.push(element("button", {}, t("Suivant")));
    if (index > 0)
      parts.push(
        button(t("Retour"), () => this.showAt(screensOf(this.formState), Math.max(0, this.screenIndex() - 1), true), {
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
        this.saveStatus,
        " ",
        button(t("Continuer plus tard"), () => void this.pause(), { class: "quiet" }),
        this.exits.exit(),
      ),
    );
  }

  private screenIndex(): number {
    const screens = screensOf(this.formState);
    const index = screens.findIndex((screen) => screenKey(screen) === this.screenKey);
    return index < 0 ? screens.length : index;
  }

  private next(): void {
    const invalid = this.views.filter((view) => view.showProblem());
    if (invalid.length > 0) {
      invalid[0]?.focus();
      return;
    }
    this.showAt(screensOf(this.formState), this.screenIndex() + 1, true);
    void this.save();
  }

  private answerChanged(): Promise<boolean> {
    for (const view of this.views) view.refresh();
    return this.save();
  }

  private async pause(): Promise<void> {
    await this.save();
    this.exits.pause();
  }

  /** Saves the draft; false if that failed. The page reports success only once the draft is on disk. */
  async save(): Promise<boolean> {
    const change = ++this.changeCount;
    const setStatus = (sentence: string): void => {
      if (change === this.changeCount && !this.exits.isPractice) this.saveStatus.textContent = sentence;
    };
    setStatus("…");
    try {
      await this.draft.save({ answers: this.formState.answers, at: this.screenKey }, this.formState.time.today);
      setStatus(
        this.views.some((view) => view.isUnreadable())
          ? t("Cette réponse n’est pas encore gardée.")
          : t("Gardé sur ce téléphone."),
      );
      return true;
    } catch (error) {
      setStatus(
        error instanceof StorageFull
          ? t("Plus de place : cette réponse n’est pas gardée. Effacez des photos ou des vidéos.")
          : t("Cette réponse n’est pas encore gardée."),
      );
      return false;
    }
  }
}

function isWithin(instance: Instance, ancestor: Instance): boolean {
  for (let at: Instance | null = instance; at; at = at.parent) if (at === ancestor) return true;
  return false;
}

/** Focuses the question, so that a screen reader reads it before its field. */
function focusFirst(form: HTMLElement): void {
  const heading = form.querySelector<HTMLElement>("h2") ?? form;
  heading.tabIndex = -1;
  heading.focus();
}
