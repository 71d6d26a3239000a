/** A form as screens: one question, one group that stands together, or one repeat with what may be added to it. Pure. */

import type { Question } from "./form";
import { type FormNode, type FormState, type Instance, questionsOf } from "./form-state";

export interface QuestionInstance {
  readonly place: Instance;
  readonly node: FormNode;
}

export type Screen =
  /** Some of what is asked together may be irrelevant now: an answer beside it may change that. */
  | {
      readonly kind: "questions";
      readonly asked: readonly QuestionInstance[];
      readonly place: Instance;
      readonly group: FormNode | null;
    }
  /** After the instances of a repeat: add one, remove one, go on. */
  | { readonly kind: "repeat"; readonly place: Instance; readonly node: FormNode };

/** What is relevant now, in order. */
export function screensOf(filling: FormState): Screen[] {
  const screens: Screen[] = [];
  collect(filling, filling.root, filling.nodes, screens);
  return screens;
}

/** A name for a screen that stays the same while answers change. */
export function screenKey(screen: Screen): string {
  const node = screen.kind === "repeat" ? screen.node : (screen.asked[0] as QuestionInstance).node;
  const steps: number[] = [];
  for (let at: Instance | null = screen.place; at?.parent; at = at.parent) steps.unshift(at.index);
  return [screen.kind === "repeat" ? "+" : "", node.name, ...steps].join("/");
}

function collect(filling: FormState, place: Instance, nodes: readonly FormNode[], screens: Screen[]): void {
  for (const node of nodes) {
    if (!filling.isRelevant(place, node)) continue;
    const { item } = node;
    if ("q" in item) {
      if (isShown(item)) screens.push({ kind: "questions", asked: [{ place, node }], place, group: node.parent });
    } else if ("repeat" in item) {
      for (const instance of filling.instancesOf(place, node)) collect(filling, instance, node.children, screens);
      if (item.count === undefined) screens.push({ kind: "repeat", place, node });
    } else if (item.page) {
      const asked = [...questionsOf(node.children)].filter((each) => isShown(each.item as Question));
      if (asked.some((each) => filling.isRelevant(place, each)))
        screens.push({ kind: "questions", asked: asked.map((each) => ({ place, node: each })), place, group: node });
      collectRepeats(filling, place, node.children, screens);
    } else {
      collect(filling, place, node.children, screens);
    }
  }
}

/** A repeat inside a page comes after it. */
function collectRepeats(filling: FormState, place: Instance, nodes: readonly FormNode[], screens: Screen[]): void {
  for (const node of nodes) {
    if ("repeat" in node.item) collect(filling, place, [node], screens);
    else if ("group" in node.item && filling.isRelevant(place, node))
      collectRepeats(filling, place, node.children, screens);
  }
}

function isShown({ type }: Question): boolean {
  return type !== "calculate";
}

export type Problem = "missing" | "constraint";

/** What keeps a question from being left as it is. */
export function problemOf(filling: FormState, { place, node }: QuestionInstance): Problem | null {
  if (!filling.isRelevant(place, node)) return null;
  if (filling.textOf(place, node) === "")
    return (node.item as Question).type !== "note" && filling.isRequired(place, node) ? "missing" : null;
  return filling.meetsConstraint(place, node) ? null : "constraint";
}

/** Every problem, in the form's order. */
export function problemsOf(filling: FormState): { readonly asked: QuestionInstance; readonly problem: Problem }[] {
  const found: { asked: QuestionInstance; problem: Problem }[] = [];
  for (const asked of allQuestions(filling, filling.root, filling.nodes)) {
    const problem = problemOf(filling, asked);
    if (problem) found.push({ asked, problem });
  }
  return found;
}

/** Every question in every instance, in order. */
export function* allQuestions(
  filling: FormState,
  place: Instance,
  nodes: readonly FormNode[],
): Generator<QuestionInstance> {
  for (const node of nodes) {
    if ("q" in node.item) yield { place, node };
    else if ("group" in node.item) yield* allQuestions(filling, place, node.children);
    else for (const instance of filling.instancesOf(place, node)) yield* allQuestions(filling, instance, node.children);
  }
}
