/** The view of a question: its label, hint, control, and error. */
import type { DraftStorage } from "../../fieldwork/drafts";
import type { AnswerValue } from "../../protocol/answers";
import type { Question } from "../../protocol/form";
import type { FormState } from "../../protocol/form-state";
import { QUESTION_TYPES } from "../../protocol/question-types";
import { type QuestionInstance, problemOf } from "../../protocol/screens";
import { element } from "../../ui/dom";
import { t } from "../../ui/i18n";
import type { Control } from "./control";
import { createControl } from "./control-registry";
import type { MediaRenderer } from "./question-media";
import { frenchSpacing } from "./typography";

export interface QuestionView {
  readonly element: HTMLElement;
  /** Shows the question's problem; false if there is none. */
  readonly showProblem: () => boolean;
  readonly refresh: () => void;
  /** True if the input is no answer of this type, and so not saved. */
  readonly isUnreadable: () => boolean;
  readonly focus: () => void;
}

export interface QuestionContext {
  readonly formState: FormState;
  readonly lang: string;
  readonly draft: DraftStorage;
  readonly renderMedia: MediaRenderer;
  /** Saves the draft after a change; resolves with false if that failed. */
  readonly onChange: () => Promise<boolean>;
}

export function createQuestionView(
  context: QuestionContext,
  questionInstance: QuestionInstance,
  id: string,
  isAlone: boolean,
): QuestionView {
  const { formState, lang, draft, renderMedia } = context;
  const { instance, node } = questionInstance;
  const question = node.item as Question;
  const translate = (texts: Question["label"]) => frenchSpacing(formState.renderText(texts, lang, instance, node));
  const error = element("p", { id: `${id}-error`, class: "bad", role: "alert" });
  const hint = element("p", { id: `${id}-hint` });
  const labelText = element("span");
  let problem: string | undefined;
  const change = (answer: AnswerValue | undefined, inputProblem?: string): Promise<boolean> => {
    problem = inputProblem;
    error.textContent = "";
    control?.element.removeAttribute("aria-invalid");
    formState.setAnswer(instance, node, answer);
    return context.onChange();
  };
  const answer = instance.answers[node.name] as AnswerValue | undefined;
  const control = createControl({
    formState,
    instance,
    node,
    question,
    lang,
    id,
    describedBy: `${id}-hint ${id}-error`,
    storage: draft,
    answer,
    renderMedia,
    change,
  });
  const host = questionFrame(question, control, id, isAlone, {
    labelText,
    hint,
    error,
    media: renderMedia(question.media, translate(question.label), translate),
  });
  const computed = control || !QUESTION_TYPES[question.type].hasValue ? null : element("p", { class: "note" });
  if (computed) host.append(computed);
  const refresh = (): void => {
    host.hidden = !formState.isRelevant(instance, node);
    const required = formState.isRequired(instance, node) || !control ? "" : ` (${t("facultatif")})`;
    setText(labelText, translate(question.label) + (control?.isConsent || control?.saysUnknown ? "" : required));
    setText(hint, translate(question.hint));
    hint.hidden = hint.textContent === "";
    if (computed) setText(computed, formState.textOf(instance, node) || "—");
    control?.refresh?.();
  };
  const showProblem = (): boolean => {
    const sentence = formState.isRelevant(instance, node)
      ? (problem ?? problemSentence(problemOf(formState, questionInstance), question, translate))
      : "";
    setText(error, sentence);
    if (sentence) control?.element.setAttribute("aria-invalid", "true");
    return sentence !== "";
  };
  refresh();
  return {
    element: host,
    showProblem,
    refresh,
    isUnreadable: () => problem !== undefined,
    focus: () => (control ? control.focus() : host.focus()),
  };
}

interface Parts {
  readonly labelText: HTMLElement;
  readonly hint: HTMLElement;
  readonly error: HTMLElement;
  readonly media: readonly HTMLElement[];
}

/** A fieldset with the question as legend for a set of inputs, else a label. */
function questionFrame(
  { type }: Question,
  control: Control | null,
  id: string,
  isAlone: boolean,
  { labelText, hint, error, media }: Parts,
): HTMLElement {
  const heading = isAlone ? element("h2", {}, labelText) : labelText;
  const inside = control ? [control.element] : [];
  // A sound comes first: who cannot read hears the question before anything else.
  if (control?.isSet && media.length > 0)
    return element(
      "div",
      {},
      ...media,
      element("fieldset", { class: "question" }, element("legend", {}, heading), hint, error, ...inside),
    );
  if (control?.isSet)
    return element("fieldset", { class: "question" }, element("legend", {}, heading), hint, error, ...inside);
  const title = control ? element("label", { for: id }, heading) : isAlone ? heading : element("p", {}, labelText);
  return element(
    "div",
    { class: QUESTION_TYPES[type].hasValue ? "question" : "question note", tabindex: -1 },
    ...media,
    title,
    hint,
    error,
    ...inside,
  );
}

function problemSentence(
  problem: ReturnType<typeof problemOf>,
  question: Question,
  translate: (texts: Question["label"]) => string,
): string {
  if (problem === "missing") return translate(question.required_message) || t("Il faut une réponse ici.");
  return problem === "constraint" ? translate(question.constraint_message) || t("Cette réponse ne convient pas.") : "";
}

/** Changes the text only if it differs, so that a screen reader does not repeat it. */
function setText(host: HTMLElement, text: string): void {
  if (host.textContent !== text) host.textContent = text;
}
