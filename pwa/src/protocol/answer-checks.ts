/**
 * Checks of answers against their form (PROTOCOL.md, section 9): before they are sealed, and after they are opened.
 * Twin: sync/forms/answer_checks.py.
 */
import type { AnswerValue, Answers } from "./answers";
import { evaluateBoolean } from "./expressions";
import type { Form, FormItem, Question } from "./form";
import type { FormNode, Instance } from "./form-nodes";
import { FIRST_RELEASE_RULES, FormState, MAX_INSTANCES } from "./form-state";
import { QUESTION_TYPES } from "./question-types";

export const MAX_ANSWERS = 2_000;

export type FailureCode =
  | "answer-unknown"
  | "answer-form"
  | "answer-irrelevant"
  | "answer-missing"
  | "answer-constraint"
  | "answer-choice"
  | "answer-calculation"
  | "answer-count";

/** A code, the item's name, the indexes of its repeat instances. */
export type AnswerFailure = readonly [code: FailureCode, name: string, ...indexes: number[]];

/**
 * The first failure, or null. `files`: number of attachments of the submission.
 * Valid is also what follows the rules of apps of release 0.1.0, which phones go on using until they update.
 */
export function checkAnswers(form: Form, answers: unknown, day: string, files: number): AnswerFailure | null {
  if (typeof answers !== "object" || answers === null || Array.isArray(answers)) return ["answer-form", ""];
  const shapes = new ShapeChecker(files);
  const misshapen = shapes.first(form.items, answers as Answers, []);
  if (misshapen) return misshapen;
  const time = { today: day, now: day };
  const failureOf = (formState: FormState) => firstFailure(formState, formState.root, formState.nodes, true, []);
  const failure = failureOf(FormState.ofAnswers(form, answers as Answers, time));
  return failure && failureOf(FormState.ofAnswers(form, answers as Answers, time, FIRST_RELEASE_RULES)) && failure;
}

/** Checks the shapes of all values before anything is computed with them. */
class ShapeChecker {
  private remaining = MAX_ANSWERS;

  constructor(private readonly files: number) {}

  first(items: readonly FormItem[], answers: Answers, indexes: readonly number[]): AnswerFailure | null {
    const itemsByName = new Map(flattenGroups(items));
    for (const name of Object.keys(answers).sort()) {
      const item = itemsByName.get(name);
      if (!item || ("q" in item && !QUESTION_TYPES[item.type].hasValue))
        return ["answer-unknown", [...name].slice(0, 80).join(""), ...indexes];
      if (--this.remaining < 0) return ["answer-count", name, ...indexes];
    }
    for (const [name, item] of itemsByName) {
      const value = answers[name];
      const failure =
        value === undefined
          ? null
          : "q" in item
            ? this.question(item, value, indexes)
            : this.repeat(item, name, value, indexes);
      if (failure) return failure;
    }
    return null;
  }

  private question(question: Question, value: unknown, indexes: readonly number[]): AnswerFailure | null {
    return QUESTION_TYPES[question.type].accepts(value, question, this.files)
      ? null
      : ["answer-form", question.q, ...indexes];
  }

  private repeat(item: FormItem, name: string, value: unknown, indexes: readonly number[]): AnswerFailure | null {
    const isList =
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((row) => typeof row === "object" && row !== null && !Array.isArray(row));
    if (!isList) return ["answer-form", name, ...indexes];
    const rows = value as Answers[];
    if (rows.length > MAX_INSTANCES) return ["answer-count", name, ...indexes];
    for (const [index, row] of rows.entries()) {
      const failure = this.first("items" in item ? item.items : [], row, [...indexes, index]);
      if (failure) return failure;
    }
    return null;
  }
}

function* flattenGroups(items: readonly FormItem[]): Generator<[string, FormItem]> {
  for (const item of items) {
    if ("group" in item) yield* flattenGroups(item.items);
    else yield ["q" in item ? item.q : item.repeat, item];
  }
}

function firstFailure(
  formState: FormState,
  instance: Instance,
  nodes: readonly FormNode[],
  isParentRelevant: boolean,
  indexes: readonly number[],
): AnswerFailure | null {
  for (const node of nodes) {
    const { item } = node;
    const relevant =
      isParentRelevant &&
      (item.relevant === undefined || evaluateBoolean(item.relevant, formState.scopeAt(instance, node)));
    const failure =
      "q" in item
        ? questionFailure(formState, instance, node, item, relevant, indexes)
        : "group" in item
          ? firstFailure(formState, instance, node.children, relevant, indexes)
          : repeatFailure(formState, instance, node, relevant, indexes);
    if (failure) return failure;
  }
  return null;
}

function repeatFailure(
  formState: FormState,
  instance: Instance,
  node: FormNode,
  relevant: boolean,
  indexes: readonly number[],
): AnswerFailure | null {
  const instances = formState.instancesOf(instance, node);
  if (!relevant && instances.length > 0) return ["answer-irrelevant", node.name, ...indexes];
  if (relevant && (formState.countOf(instance, node) ?? instances.length) !== instances.length)
    return ["answer-count", node.name, ...indexes];
  for (const [index, instance] of instances.entries()) {
    const failure = firstFailure(formState, instance, node.children, relevant, [...indexes, index]);
    if (failure) return failure;
  }
  return null;
}

function questionFailure(
  formState: FormState,
  instance: Instance,
  node: FormNode,
  question: Question,
  relevant: boolean,
  indexes: readonly number[],
): AnswerFailure | null {
  const failure = (code: FailureCode): AnswerFailure => [code, node.name, ...indexes];
  const value = instance.answers[node.name] as AnswerValue | undefined;
  if (!relevant) return value === undefined ? null : failure("answer-irrelevant");
  if (question.calculation !== undefined) {
    const computed = formState.calculate(instance, node, question.calculation);
    return formState.textOf(instance, node) === computed ? null : failure("answer-calculation");
  }
  if (value === undefined) return formState.isRequired(instance, node) ? failure("answer-missing") : null;
  if (question.list !== undefined && !areOffered(formState, instance, node, value)) return failure("answer-choice");
  return formState.meetsConstraint(instance, node) ? null : failure("answer-constraint");
}

/** True if the choices are in the list, in its order, none twice, and accepted by the filter. */
function areOffered(formState: FormState, instance: Instance, node: FormNode, value: AnswerValue): boolean {
  const chosen = typeof value === "object" ? (value as readonly string[]) : [value];
  const offered = formState.choicesFor(instance, node).map(({ name }) => name);
  if (QUESTION_TYPES[(node.item as Question).type].keepsOrder)
    return new Set(chosen).size === chosen.length && chosen.every((name) => offered.includes(name as string));
  const names = [...new Set(offered.filter((name) => chosen.includes(name)))];
  return names.length === chosen.length && names.every((name, index) => name === chosen[index]);
}
