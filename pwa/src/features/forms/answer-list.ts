/** The list of a record's answers: for the last screen, for the overview, and for reading a finished record. */
import type { Question } from "../../protocol/form";
import type { FormState } from "../../protocol/form-state";
import type { QuestionInstance } from "../../protocol/screens";
import { button, element } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { answerWords, askedQuestions } from "./answer-words";

export interface AnswerListContext {
  readonly formState: FormState;
  readonly lang: string;
  /** Opens a question; without it the list is only read. */
  readonly goTo?: (question: QuestionInstance) => void;
  /** The questions on the screen that the list was opened from. */
  readonly current?: readonly QuestionInstance[];
}

export function answerList(context: AnswerListContext): HTMLElement {
  const rows = askedQuestions(context.formState).map((question) => answerRow(context, question));
  return element("ul", { class: "rows answers" }, ...rows);
}

function answerRow({ formState, lang, goTo, current }: AnswerListContext, question: QuestionInstance): HTMLElement {
  const label = element("small", {}, questionLabel(formState, question, lang));
  const answer = element("b", {}, answerWords(formState, question, lang) || "—");
  const isCurrent = current?.some(({ instance, node }) => instance === question.instance && node === question.node);
  if (!goTo) return element("li", {}, label, answer);
  const open = button("", () => goTo(question), isCurrent ? { "aria-current": "step" } : {});
  open.append(label, answer);
  return element("li", {}, open);
}

/** The question's label, after the instances that it stands in. */
export function questionLabel(formState: FormState, { instance, node }: QuestionInstance, lang: string): string {
  const label = formState.renderText((node.item as Question).label, lang, instance, node) || node.name;
  const places: string[] = [];
  for (let at = instance; at.repeat && at.parent; at = at.parent) {
    const name = "q" in at.repeat.item ? "" : formState.renderText(at.repeat.item.label, lang, at.parent, at.repeat);
    places.unshift(t("{label} {n}", { label: name || at.repeat.name, n: at.index + 1 }));
  }
  return [...places, label].join(" · ");
}
