/** The screens of a form: a question, a group on one screen, or the end of a repeat, where instances are added. */

import type { Question } from "./form";
import { type FormNode, type Instance, questionsOf } from "./form-nodes";
import type { FormState } from "./form-state";
import { QUESTION_TYPES } from "./question-types";

export interface QuestionInstance {
  readonly instance: Instance;
  readonly node: FormNode;
}

export type Screen =
  /** Some questions may be irrelevant: an answer on the same screen may change that. */
  | {
      readonly kind: "questions";
      readonly questions: readonly QuestionInstance[];
      readonly instance: Instance;
      readonly group: FormNode | null;
    }
  /** Follows the instances of a repeat: add one, remove one, or continue. */
  | { readonly kind: "repeat"; readonly instance: Instance; readonly node: FormNode };

/** The screens that are relevant now, in order. */
export function screensOf(formState: FormState): Screen[] {
  const screens: Screen[] = [];
  collect(formState, formState.root, formState.nodes, screens);
  return screens;
}

/** A key of the screen, stable while answers change. */
export function screenKey(screen: Screen): string {
  const node = screen.kind === "repeat" ? screen.node : (screen.questions[0] as QuestionInstance).node;
  const steps: number[] = [];
  for (let at: Instance | null = screen.instance; at?.parent; at = at.parent) steps.unshift(at.index);
  return [screen.kind === "repeat" ? "+" : "", node.name, ...steps].join("/");
}

function collect(formState: FormState, instance: Instance, nodes: readonly FormNode[], screens: Screen[]): void {
  for (const node of nodes) {
    if (!formState.isRelevant(instance, node)) continue;
    const { item } = node;
    if ("q" in item) {
      if (isShown(item))
        screens.push({
          kind: "questions",
          questions: [{ instance, node }],
          instance,
          group: node.parent,
        });
    } else if ("repeat" in item) {
      for (const child of formState.instancesOf(instance, node)) collect(formState, child, node.children, screens);
      if (item.count === undefined) screens.push({ kind: "repeat", instance, node });
    } else if (item.page) {
      const questions = [...questionsOf(node.children)].filter((question) => isShown(question.item as Question));
      if (questions.some((question) => formState.isRelevant(instance, question)))
        screens.push({
          kind: "questions",
          questions: questions.map((question) => ({ instance, node: question })),
          instance,
          group: node,
        });
      collectRepeats(formState, instance, node.children, screens);
    } else {
      collect(formState, instance, node.children, screens);
    }
  }
}

/** Adds the repeats of a group shown on one screen, after that screen. */
function collectRepeats(formState: FormState, instance: Instance, nodes: readonly FormNode[], screens: Screen[]): void {
  for (const node of nodes) {
    if ("repeat" in node.item) collect(formState, instance, [node], screens);
    else if ("group" in node.item && formState.isRelevant(instance, node))
      collectRepeats(formState, instance, node.children, screens);
  }
}

function isShown({ type }: Question): boolean {
  return QUESTION_TYPES[type].isShown;
}

export type Problem = "missing" | "constraint";

export interface QuestionProblem {
  readonly questionInstance: QuestionInstance;
  readonly problem: Problem;
}

/** The problem of a question's answer, or null. */
export function problemOf(formState: FormState, { instance, node }: QuestionInstance): Problem | null {
  if (!formState.isRelevant(instance, node)) return null;
  if (formState.textOf(instance, node) === "")
    return QUESTION_TYPES[(node.item as Question).type].hasValue && formState.isRequired(instance, node)
      ? "missing"
      : null;
  return formState.meetsConstraint(instance, node) ? null : "constraint";
}

/** All problems, in the form's order. */
export function problemsOf(formState: FormState): QuestionProblem[] {
  const problems: QuestionProblem[] = [];
  for (const questionInstance of allQuestions(formState, formState.root, formState.nodes)) {
    const problem = problemOf(formState, questionInstance);
    if (problem) problems.push({ questionInstance, problem });
  }
  return problems;
}

/** All questions in all instances, in order. */
export function* allQuestions(
  formState: FormState,
  instance: Instance,
  nodes: readonly FormNode[],
): Generator<QuestionInstance> {
  for (const node of nodes) {
    if ("q" in node.item) yield { instance, node };
    else if ("group" in node.item) yield* allQuestions(formState, instance, node.children);
    else
      for (const child of formState.instancesOf(instance, node)) yield* allQuestions(formState, child, node.children);
  }
}
