/** Answers in the words of the person: labels of choices, local numbers and days. For the lists of a record's answers. */
import type { Question } from "../../protocol/form";
import type { FormState } from "../../protocol/form-state";
import { QUESTION_TYPES } from "../../protocol/question-types";
import { type QuestionInstance, allQuestions } from "../../protocol/screens";
import { t } from "../../ui/i18n";
import { localValue } from "./local-values";

/** The answer, or "" if there is none. */
export function answerWords(formState: FormState, { instance, node }: QuestionInstance, lang: string): string {
  const text = formState.textOf(instance, node);
  const { type, list } = node.item as Question;
  if (text === "") return "";
  if (list !== undefined) {
    const named = new Map((formState.form.choices[list] ?? []).map((choice) => [choice.name, choice.label]));
    const names = type === "select_one" ? [text] : text.split(" ");
    return names.map((name) => formState.renderText(named.get(name), lang, instance, node) || name).join(", ");
  }
  if (type === "geotrace" || type === "geoshape") return t("Points : {n}.", { n: pointCount(text, type) });
  if (type === "image") return t("Une photo");
  if (type === "audio") return t("Un enregistrement");
  if (type === "acknowledge") return t("Oui");
  return type === "text" ? text : localValue(text);
}

function pointCount(text: string, type: string): number {
  return text.split(";").length - (type === "geoshape" ? 1 : 0);
}

/** The questions that are asked now, in order, computed ones too where they are shown. */
export function askedQuestions(formState: FormState): readonly QuestionInstance[] {
  const known = askedByForm.get(formState);
  if (known?.shape === formState.shapeNumber) return known.questions;
  const questions = [...allQuestions(formState, formState.root, formState.nodes)].filter(({ instance, node }) => {
    const { isShown, hasValue } = QUESTION_TYPES[(node.item as Question).type];
    return isShown && hasValue && formState.isRelevant(instance, node);
  });
  askedByForm.set(formState, { shape: formState.shapeNumber, questions });
  return questions;
}

/** The questions for the shape that the form had last: they are asked for at every save. */
const askedByForm = new WeakMap<FormState, { shape: number; questions: readonly QuestionInstance[] }>();
