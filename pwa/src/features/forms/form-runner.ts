/** Runs a form screen by screen, and saves each answer as it is given. */

import type { RecordFace } from "../../db/fieldwork-contract";
import type { DraftContent, DraftStorage } from "../../fieldwork/drafts";
import type { FormNode, Instance } from "../../protocol/form-nodes";
import type { FormState } from "../../protocol/form-state";
import { type QuestionInstance, type Screen, screenKey, screensOf } from "../../protocol/screens";
import { button, element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { ScreenHistory } from "../../ui/screen-history";
import { answerList } from "./answer-list";
import { languageSwitch } from "./language-switch";
import type { MediaRenderer } from "./question-media";
import { type QuestionView, createQuestionView } from "./question-view";
import { type RepeatScreenContext, addOneQuestion, asksForInstance, repeatScreen } from "./repeat-screen";
import { type FormExits, reviewScreen } from "./review-screen";
import { SaveStatus } from "./save-status";

/** The last screen. */
export const REVIEW = "=";

export interface FormRun {
  readonly formState: FormState;
  readonly draft: DraftStorage;
  readonly exits: FormExits;
  readonly renderMedia: MediaRenderer;
  /** The form's languages by code, each with its own name. */
  readonly languages: ReadonlyMap<string, string>;
  readonly faceOf: (lang: string) => RecordFace;
}

export class FormRunner {
  private screenKey = "";
  private views: QuestionView[] = [];
  private screenList: readonly Screen[] = [];
  /** The shape of the form for which the screens were computed. */
  private screensShape = -1;
  /** The place of the screen when it was shown. */
  private shownAt = 0;
  /** True while a question is open that was reached from the last screen. */
  private returnsToReview = false;
  /** Keys of repeats that the person said are empty. */
  private readonly emptyRepeats = new Set<string>();
  private readonly status: SaveStatus;
  private readonly history: ScreenHistory;

  constructor(
    private readonly host: HTMLElement,
    private readonly run: FormRun,
    /** The language of the questions. */
    private lang: string,
  ) {
    this.status = new SaveStatus(run.exits.isPractice);
    this.history = new ScreenHistory(
      (key) => this.show(key),
      () => (this.screenIndex() > 0 ? this.previous() : void this.pause()),
    );
  }

  /** Shows the first screen of a sitting: the one with this key, or the first one. */
  open(key: string): void {
    this.show(key);
    this.history.enter(this.screenKey);
  }

  /** Ends the sitting, before the page shows something else. */
  async close(): Promise<void> {
    await this.history.end();
  }

  /** Shows the screen with this key, or the first one if it no longer exists. */
  show(key: string, focus = true): void {
    const screens = this.screens();
    const index = screens.findIndex((screen) => screenKey(screen) === key);
    this.showAt(screens, key === REVIEW ? screens.length : Math.max(0, index), focus);
  }

  /** The screens, computed again only when other questions are asked. */
  private screens(): readonly Screen[] {
    const { formState } = this.run;
    if (this.screensShape !== formState.shapeNumber) {
      this.screenList = screensOf(formState);
      this.screensShape = formState.shapeNumber;
    }
    return this.screenList;
  }

  private showAt(screens: readonly Screen[], index: number, focus = true): void {
    const screen = screens[index];
    this.screenKey = screen ? screenKey(screen) : REVIEW;
    this.shownAt = index;
    if (!screen) this.returnsToReview = false;
    this.views = [];
    this.showSheet(
      [this.progress(screens, index), ...this.content(screen), this.buttons(screens.length, index)],
      focus,
    );
  }

  /** Shows a screen as a step forward, which the browser's "back" undoes. */
  private enter(screens: readonly Screen[], index: number): void {
    this.showAt(screens, index);
    this.history.enter(this.screenKey);
  }

  private previous(): void {
    const screen = this.screens()[Math.max(0, this.screenIndex() - 1)];
    this.history.returnTo(screen ? screenKey(screen) : REVIEW);
  }

  private showSheet(parts: readonly Node[], focus: boolean): void {
    const form = element("form", { autocomplete: "off", novalidate: true, class: "sheet", lang: this.lang }, ...parts);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.next();
    });
    fill(this.host, form);
    window.scrollTo(0, 0);
    if (focus) focusFirst(form);
  }

  private content(screen: Screen | undefined): HTMLElement[] {
    const { formState, exits } = this.run;
    if (!screen)
      return [reviewScreen({ formState, lang: this.lang, exits, goTo: (question) => this.goTo(question, true) })];
    if (screen.kind === "repeat") return [repeatScreen(this.repeatContext(screen.instance, screen.node))];
    return [...this.heading(screen.instance, screen.group), ...this.questions(screen.questions)];
  }

  private progress(screens: readonly Screen[], index: number): HTMLElement {
    const count = screens.length;
    const position =
      index < count ? t("Écran {n} sur {count}", { n: index + 1, count: count + 1 }) : t("Dernier écran");
    const { formState, languages } = this.run;
    const [first] = formState.nodes;
    const title = formState.renderText(formState.form.title, this.lang, formState.root, first as FormNode);
    const tools: HTMLElement[] = [];
    if (index < count)
      tools.push(
        button(t("Toutes les questions"), () => this.showOverview(screens[index] as Screen), { class: "quiet" }),
      );
    if (languages.size > 1) tools.push(languageSwitch(languages, this.lang, (lang) => this.switchLanguage(lang)));
    return element(
      "div",
      {},
      // No other heading of the first level is on the screen.
      element("small", { role: "heading", "aria-level": "1" }, `${title} · ${position}`),
      element("progress", { max: count + 1, value: index + 1, "aria-hidden": "true" }),
      ...(tools.length > 0 ? [element("p", { class: "tools" }, ...tools)] : []),
    );
  }

  /** Shows all questions in place of the screen, which comes back by its button. */
  private showOverview(screen: Screen): void {
    const current = screen.kind === "questions" ? screen.questions : [];
    const list = answerList({
      formState: this.run.formState,
      lang: this.lang,
      goTo: (question) => this.goTo(question, false),
      current,
    });
    const back = button(t("Retour"), () => this.show(this.screenKey), { class: "quiet" });
    const end = button(t("Aller à la fin"), () => this.enter(this.screens(), this.screens().length), {
      class: "quiet",
    });
    this.views = [];
    this.showSheet(
      [element("h2", {}, t("Toutes les questions")), list, element("p", {}, back, end, this.run.exits.exit())],
      true,
    );
    list.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  }

  private switchLanguage(lang: string): void {
    this.lang = lang;
    this.show(this.screenKey);
    void this.save();
  }

  /** Labels of the groups and the instance around the screen. */
  private heading(instance: Instance, group: FormNode | null): HTMLElement[] {
    const labels: string[] = [];
    for (let at: FormNode | null = group; at; at = at.parent) {
      const label = "q" in at.item ? "" : this.run.formState.renderText(at.item.label, this.lang, instance, at);
      if ("repeat" in at.item) labels.unshift(t("{label} {n}", { label: label || at.name, n: instance.index + 1 }));
      else if (label) labels.unshift(label);
    }
    return labels.length > 0 ? [element("p", {}, element("b", {}, labels.join(" · ")))] : [];
  }

  private questions(questions: readonly QuestionInstance[]): HTMLElement[] {
    const { formState, draft, renderMedia } = this.run;
    const context = { formState, lang: this.lang, draft, renderMedia, onChange: () => this.answerChanged() };
    this.views = questions.map((question, index) =>
      createQuestionView(context, question, `q${index}`, questions.length === 1),
    );
    return this.views.map(({ element: host }) => host);
  }

  private repeatContext(instance: Instance, node: FormNode): RepeatScreenContext {
    const { formState } = this.run;
    return {
      formState,
      lang: this.lang,
      instance,
      node,
      open: (child) => this.showFirst(child),
      add: () => {
        const child = formState.addInstance(instance, node);
        void this.answerChanged();
        this.showFirst(child);
      },
      remove: (index) => {
        formState.removeInstance(instance, node, index);
        void this.answerChanged();
        this.show(this.screenKey);
      },
    };
  }

  private showFirst(ancestor: Instance): void {
    const screens = this.screens();
    const index = screens.findIndex(({ instance }) => isWithin(instance, ancestor));
    if (index < 0) this.show(this.screenKey);
    else this.enter(screens, index);
  }

  /** `fromReview`: the last screen comes back after the question. */
  private goTo({ instance, node }: QuestionInstance, fromReview: boolean): void {
    const screens = this.screens();
    const index = screens.findIndex(
      (each) =>
        each.kind === "questions" &&
        each.questions.some((question) => question.node === node && question.instance === instance),
    );
    this.returnsToReview = fromReview;
    this.enter(screens, Math.max(0, index));
    if (fromReview) this.views.filter((view) => view.showProblem())[0]?.focus();
  }

  private buttons(count: number, index: number): HTMLElement {
    const parts: HTMLElement[] = [];
    if (index < count)
      parts.push(element("button", {}, this.returnsToReview ? t("Revenir à la relecture") : t("Suivant")));
    if (index > 0) parts.push(button(t("Retour"), () => this.previous(), { class: "quiet" }));
    const later = button(t("Continuer plus tard"), () => void this.pause(), { class: "quiet" });
    return element(
      "div",
      {},
      element("p", {}, ...parts),
      element("p", {}, this.status.element, " ", later, this.run.exits.exit()),
    );
  }

  private screenIndex(): number {
    const screens = this.screens();
    const isShown = screens[this.shownAt] && screenKey(screens[this.shownAt] as Screen) === this.screenKey;
    const index = isShown ? this.shownAt : screens.findIndex((screen) => screenKey(screen) === this.screenKey);
    return index < 0 ? screens.length : index;
  }

  private next(): void {
    const invalid = this.views.filter((view) => view.showProblem());
    if (invalid.length > 0) {
      invalid[0]?.focus();
      return;
    }
    const screens = this.screens();
    const index = this.screenIndex();
    const screen = screens[index];
    if (screen?.kind === "repeat" && !this.emptyRepeats.has(this.screenKey)) {
      const { instance, node } = screen;
      if (asksForInstance(this.run.formState, instance, node)) {
        this.askForInstance(instance, node);
        return;
      }
    }
    this.enter(screens, this.returnsToReview ? screens.length : index + 1);
    void this.save(true);
  }

  private askForInstance(instance: Instance, node: FormNode): void {
    const onNone = (): void => {
      this.emptyRepeats.add(this.screenKey);
      this.next();
    };
    const back = button(t("Retour"), () => this.show(this.screenKey), { class: "quiet" });
    const leave = element("p", {}, back, this.run.exits.exit());
    this.showSheet([addOneQuestion(this.repeatContext(instance, node), onNone), leave], true);
  }

  private answerChanged(): Promise<boolean> {
    for (const view of this.views) view.refresh();
    return this.save();
  }

  private async pause(): Promise<void> {
    await this.save();
    this.run.exits.pause();
  }

  /** Saves the draft; false if that failed. `isPlaceOnly`: no answer changed, only the screen. */
  private save(isPlaceOnly = false): Promise<boolean> {
    const { formState, draft, faceOf } = this.run;
    const content: DraftContent = {
      answers: formState.answers,
      at: this.screenKey,
      lang: this.lang,
      face: faceOf(this.lang),
    };
    return this.status.run(
      () => draft.save(content, formState.time.today),
      () => this.views.some((view) => view.isUnreadable()),
      isPlaceOnly,
    );
  }
}

function isWithin(instance: Instance, ancestor: Instance): boolean {
  for (let at: Instance | null = instance; at; at = at.parent) if (at === ancestor) return true;
  return false;
}

/** Focuses the question, so that a screen reader reads it before its field. */
function focusFirst(form: HTMLElement): void {
  // The line that names form and screen stands for a heading on a screen of several questions.
  const heading = form.querySelector<HTMLElement>("h2") ?? form.querySelector("small") ?? form;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true }); // the sheet begins at the top already
}
