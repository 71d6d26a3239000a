/**
 * The answers of a finished form, as they are sent: relevant ones only, with calculations, attachments by index.
 * Used by fieldwork/finish-form.ts.
 */
import { type AnswerValue, type Answers, isAttachmentRef } from "./answers";
import type { Question } from "./form";
import type { FormNode, Instance } from "./form-nodes";
import type { FormState } from "./form-state";
import { QUESTION_TYPES } from "./question-types";

export interface FinalAnswers {
  readonly answers: Answers;
  /** Keys of the draft's attachments, in the order of the form. */
  readonly attachmentKeys: readonly string[];
  /** The answer to the form's place question, or "". */
  readonly place: string;
}

export function collectFinalAnswers(formState: FormState): FinalAnswers {
  const attached: string[] = [];
  const answers = collect(formState, formState.root, formState.nodes, {}, attached);
  const placeQuestion = formState.form.place === undefined ? undefined : formState.nodeNamed(formState.form.place);
  return {
    answers,
    attachmentKeys: attached,
    place: placeQuestion ? formState.textOf(formState.root, placeQuestion) : "",
  };
}

function collect(
  formState: FormState,
  instance: Instance,
  nodes: readonly FormNode[],
  into: Answers,
  attached: string[],
): Answers {
  for (const node of nodes) {
    if (!formState.isRelevant(instance, node)) continue;
    const { item } = node;
    if ("q" in item) {
      const answer = finalAnswer(formState, instance, node, item, attached);
      if (answer !== undefined) into[node.name] = answer;
    } else if ("group" in item) {
      collect(formState, instance, node.children, into, attached);
    } else {
      const instances = formState
        .instancesOf(instance, node)
        .map((child) => collect(formState, child, node.children, {}, attached));
      if (instances.length > 0) into[node.name] = instances;
    }
  }
  return into;
}

function finalAnswer(
  formState: FormState,
  instance: Instance,
  node: FormNode,
  question: Question,
  attached: string[],
): AnswerValue | undefined {
  const text = formState.textOf(instance, node);
  if (text === "") return undefined;
  const value = instance.answers[node.name] as AnswerValue | undefined;
  if (isAttachmentRef(value) && question.calculation === undefined) return attached.push(value.file) - 1;
  const answer = QUESTION_TYPES[question.type].parse(text, question);
  const isSorted = question.list !== undefined && !QUESTION_TYPES[question.type].keepsOrder;
  return isSorted && Array.isArray(answer) ? sortChoices(formState, question, answer) : answer;
}

/** Sorts chosen names by the order of their list. */
function sortChoices({ form }: FormState, { list = "" }: Question, names: readonly string[]): AnswerValue {
  return [...new Set((form.choices[list] ?? []).map(({ name }) => name))].filter((name) => names.includes(name));
}
