/**
 * Random fillings of a form, as a person could type them on the phone: what finishing makes of each, and the phone's
 * own verdict over that. Used by test/fill.mjs; tests/forms/test_random_fillings.py compares with Python's verdict.
 */
import assert from "node:assert/strict";
import { checkAnswers } from "../../src/protocol/answer-checks";
import type { AnswerValue } from "../../src/protocol/answers";
import { collectFinalAnswers } from "../../src/protocol/final-answers";
import type { Form, Question } from "../../src/protocol/form";
import type { FormNode, Instance } from "../../src/protocol/form-nodes";
import { FormState } from "../../src/protocol/form-state";
import { QUESTION_TYPES } from "../../src/protocol/question-types";
import { type Problem, type QuestionProblem, allQuestions, problemOf, problemsOf } from "../../src/protocol/screens";

const TIME = { today: "2026-11-24", now: "2026-11-24T08:00" };
const ROUNDS = 4;
const ATTEMPTS = 40;

/** The outcome of one filling. `isStuck`: required answers or constraints that chance did not meet. */
export interface Filling {
  readonly answers: unknown;
  readonly files: number;
  readonly isStuck: boolean;
  readonly failure: unknown;
  /** Every node before finishing. */
  readonly state: readonly NodeState[];
}

/** A group, a question or a repeat, as an engine by others can be asked for it. */
export interface NodeState {
  /** Names of the groups, repeats with the instance's index, and the node. */
  readonly path: readonly (string | number)[];
  readonly type: string;
  readonly isRelevant: boolean;
  /** The value in expressions; "" for a group, the number of instances for a repeat. */
  readonly text: string;
  /** True if a person gives the value. */
  readonly isTyped: boolean;
  readonly problem: Problem | null;
}

/** A generator of equally likely numbers below 1 (mulberry32), the same on every machine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Throws if what was computed answer by answer differs from what is computed at once. */
function assertComplete(partly: FormState): void {
  const { form, answers, time, root, nodes } = partly;
  const whole = new FormState(form, answers, time);
  whole.recompute();
  assert.deepEqual([...stateOf(partly, root, nodes)], [...stateOf(whole, whole.root, whole.nodes)]);
}

function* describe(
  formState: FormState,
  instance: Instance,
  nodes: readonly FormNode[],
  within: readonly (string | number)[] = [],
): Generator<NodeState> {
  for (const node of nodes) {
    const path = [...within, node.name];
    const { item } = node;
    const isRelevant = formState.isRelevant(instance, node);
    if ("q" in item) {
      const { isShown, hasValue } = QUESTION_TYPES[item.type];
      if (!hasValue) continue;
      const isTyped = isShown && item.calculation === undefined && !item.read_only;
      const problem = problemOf(formState, { instance, node });
      yield { path, type: item.type, isRelevant, text: formState.textOf(instance, node), isTyped, problem };
    } else if ("repeat" in item) {
      const instances = formState.instancesOf(instance, node);
      yield { path, type: "repeat", isRelevant, text: String(instances.length), isTyped: false, problem: null };
      for (const [index, child] of instances.entries())
        yield* describe(formState, child, node.children, [...path, index]);
    } else {
      yield { path, type: "group", isRelevant, text: "", isTyped: false, problem: null };
      yield* describe(formState, instance, node.children, path);
    }
  }
}

function* stateOf(formState: FormState, instance: Instance, nodes: readonly FormNode[]): Generator<unknown> {
  for (const node of nodes) {
    yield [node.name, formState.isRelevant(instance, node), formState.textOf(instance, node)];
    const instances = "repeat" in node.item ? formState.instancesOf(instance, node) : [instance];
    for (const child of instances) yield* stateOf(formState, child, node.children);
  }
}

export function fill(form: Form, random: () => number): Filling {
  const filler = new Filler(FormState.withDefaults(form, TIME), random);
  for (let round = 0; round < ROUNDS; round++) {
    filler.change();
    assertComplete(filler.formState);
  }
  const isStuck = !filler.solve();
  const { formState } = filler;
  const state = [...describe(formState, formState.root, formState.nodes)];
  const { answers, attachmentKeys } = collectFinalAnswers(filler.formState);
  const sent: unknown = JSON.parse(JSON.stringify(answers));
  const failure = isStuck ? null : checkAnswers(form, sent, TIME.today, attachmentKeys.length);
  return { answers: sent, files: attachmentKeys.length, isStuck, failure, state };
}

class Filler {
  private files = 0;

  constructor(
    readonly formState: FormState,
    private readonly random: () => number,
  ) {}

  /** Answers, changes or clears some questions; adds and removes instances. */
  change(): void {
    this.changeRepeats(this.formState.root, this.formState.nodes);
    for (const { instance, node } of [...allQuestions(this.formState, this.formState.root, this.formState.nodes)])
      if (this.random() < 0.4) this.answer(instance, node);
  }

  /** Corrects what the review screen names; false where chance finds no answer that holds. */
  solve(): boolean {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const problems = problemsOf(this.formState);
      if (problems.length === 0) return true;
      for (const problem of problems) this.correct(problem, attempt);
    }
    return problemsOf(this.formState).length === 0;
  }

  private correct({ questionInstance: { instance, node }, problem }: QuestionProblem, attempt: number): void {
    if (problem === "constraint" && attempt % 2 === 0) this.formState.setAnswer(instance, node, undefined);
    else this.answer(instance, node, true);
  }

  private changeRepeats(instance: Instance, nodes: readonly FormNode[]): void {
    for (const node of nodes) {
      if ("group" in node.item) this.changeRepeats(instance, node.children);
      if (!("repeat" in node.item) || !this.formState.isRelevant(instance, node)) continue;
      const count = this.formState.instancesOf(instance, node).length;
      if (node.item.count === undefined) {
        if (count < 3 && this.random() < 0.4) this.formState.addInstance(instance, node);
        else if (count > 0 && this.random() < 0.2)
          this.formState.removeInstance(instance, node, Math.floor(this.random() * count));
      }
      for (const child of this.formState.instancesOf(instance, node)) this.changeRepeats(child, node.children);
    }
  }

  private answer(instance: Instance, node: FormNode, mustAnswer = false): void {
    const question = node.item as Question;
    const type = QUESTION_TYPES[question.type];
    if (!type.isShown || !type.hasValue || question.calculation !== undefined || question.read_only) return;
    if (!this.formState.isRelevant(instance, node)) return;
    const answer = !mustAnswer && this.random() < 0.2 ? undefined : this.value(question, instance, node);
    this.formState.setAnswer(instance, node, answer);
  }

  private value(question: Question, instance: Instance, node: FormNode): AnswerValue | undefined {
    if (question.list !== undefined) {
      const names = this.formState.choicesFor(instance, node).map(({ name }) => name);
      if (question.type === "select_one") return this.pick(names);
      const chosen = names.filter(() => this.random() < 0.4);
      if (question.type === "rank" && this.random() < 0.5) chosen.reverse();
      return chosen.length > 0 ? chosen : undefined;
    }
    switch (question.type) {
      case "image":
      case "audio":
        return { file: `file-${this.files++}` };
      case "acknowledge":
        return true;
      default: {
        const typed = this.pick(TYPED[question.type] ?? TYPED.text ?? []) ?? "";
        return QUESTION_TYPES[question.type].parse(typed, question);
      }
    }
  }

  private pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.random() * from.length)];
  }
}

const DIGITS = Array.from({ length: 30 }, (_, number) => String(number * 7));

/** Texts that people type into a question of each type. A geopoint's decimals are those of the form's default. */
const TYPED: Readonly<Record<string, readonly string[]>> = {
  text: ["Awa", "x", "12", "Ɛ ɔ 😀", "oui", "NaN", "2026-11-24", "a'b\"c", "0", "abc@example.org", "70123456", " "],
  integer: ["0", "1", "-1", "3", "10", "18", "120", "9007199254740991", "-0", "007", ...DIGITS],
  decimal: [
    "0",
    "0.1",
    "0.2",
    "1.5",
    "-3.75",
    "10",
    "3.33333333333333333333",
    "0.30000000000000004",
    ".5",
    "7.",
    ...DIGITS,
  ],
  date: ["2026-11-24", "1999-02-28", "2024-02-29", "2026-11-25", "1000-01-01", "9999-12-31"],
  time: ["00:00", "08:30", "23:59"],
  datetime: ["2026-11-24T08:30", "2024-02-29T00:00", "1970-01-01T12:00"],
  geopoint: ["12.65 -8.00", "0.00 0.00", "-90.00 180.00"],
  geotrace: ["12.65 -8.00;12.66 -8.00", "0.00 0.00;0.01 0.00;0.00 0.00"],
  geoshape: ["12.65 -8.00;12.66 -8.00;12.66 -8.01;12.65 -8.00"],
};
