/**
 * The state of a form being filled: relevance, calculations, offered choices (PROTOCOL.md, sections 8 and 9).
 * Irrelevant answers stay in the draft, but are not sent. Twin: sync/forms/answer_checks.py.
 */
import { type AnswerValue, type Answers, isAttachmentRef } from "./answers";
import { ChoiceLists } from "./choice-lists";
import { type Value, toNumber, toText } from "./conversions";
import { type Expression, type Scope, evaluate, evaluateBoolean } from "./expressions";
import type { Choice, Form, FormItem, LocalizedText, Question, Repeat } from "./form";
import { type Dependents, findDependents } from "./form-dependencies";
import { type FormNode, Instance, isAttachmentQuestion, parentInstance, questionsOf } from "./form-nodes";
import { QUESTION_TYPES } from "./question-types";

const SWEEPS = 32;
export const MAX_INSTANCES = 200;

/** Rules that changed after release 0.1.0, whose answers are still taken. */
export interface FormRules {
  /** True: irrelevant values stand in lists as empty texts. */
  readonly listsIrrelevant: boolean;
  /** The answer's text for a calculated value. */
  readonly convert: (question: Question, value: Value) => string;
}

const CURRENT_RULES: FormRules = {
  listsIrrelevant: false,
  convert: ({ type }, value) => QUESTION_TYPES[type].convert(value),
};

export const FIRST_RELEASE_RULES: FormRules = { listsIrrelevant: true, convert: (_, value) => toText(value) };

export interface FormTime {
  /** YYYY-MM-DD and YYYY-MM-DDThh:mm, in the person's calendar. */
  readonly today: string;
  readonly now: string;
}

export class FormState {
  readonly nodes: readonly FormNode[];
  readonly root: Instance;
  private readonly byName = new Map<string, FormNode>();
  private readonly choiceLists: ChoiceLists;
  private readonly instanceByRow = new WeakMap<Answers, Instance>();
  private readonly dependents: Dependents | null;
  private changed = false;
  /** Grows with every change of what is relevant and of how many instances there are. */
  private shape = 0;
  private files = 0;
  private count = 0;

  constructor(
    readonly form: Form,
    readonly answers: Answers,
    readonly time: FormTime,
    private readonly rules: FormRules = CURRENT_RULES,
  ) {
    this.nodes = this.buildNodes(form.items, null, []);
    this.choiceLists = new ChoiceLists(form);
    this.root = new Instance(answers, null, null, 0);
    this.dependents = findDependents(form, this.nodes);
  }

  /** A number that stays the same as long as the same questions are asked. */
  get shapeNumber(): number {
    return this.shape;
  }

  /** The state of a new draft, with the form's default answers. */
  static withDefaults(form: Form, time: FormTime): FormState {
    const formState = new FormState(form, {}, time);
    formState.applyDefaults(formState.root, formState.nodes);
    return formState;
  }

  /** The state of received answers, for checks: nothing is recomputed, dropped or added. */
  static ofAnswers(form: Form, answers: Answers, time: FormTime, rules: FormRules = CURRENT_RULES): FormState {
    const formState = new FormState(form, answers, time, rules);
    formState.loadTexts(formState.root, formState.nodes);
    formState.loadRelevance();
    return formState;
  }

  /** Updates relevance and calculations after a change of answers. */
  recompute(): void {
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      this.changed = false;
      this.files = 0;
      this.sweep(this.root, this.nodes, true);
      if (!this.changed) return;
    }
  }

  setAnswer(instance: Instance, node: FormNode, answer: AnswerValue | undefined): void {
    if (answer === undefined) delete instance.answers[node.name];
    else instance.answers[node.name] = answer;
    if (!this.recomputeFrom(node)) this.recompute();
  }

  /**
   * Updates what follows from one question's answer. False if that may change instances or the order of attachments:
   * then everything is to be computed.
   */
  private recomputeFrom(changed: FormNode): boolean {
    const { dependents } = this;
    if (!dependents) return false;
    const waiting = new Map([[changed.id, changed]]);
    for (let turns = SWEEPS * this.count; waiting.size > 0; turns--) {
      const node = waiting.get(Math.min(...waiting.keys())) as FormNode;
      waiting.delete(node.id);
      if (turns === 0 || "repeat" in node.item || isAttachmentQuestion(node)) return false;
      this.changed = false;
      for (const instance of this.instancesAround(node)) {
        const isParentRelevant = node.parent === null || this.isRelevant(parentInstance(instance, node), node.parent);
        const relevant = this.updateRelevance(instance, node, isParentRelevant);
        if ("q" in node.item) this.updateText(instance, node, node.item, relevant);
      }
      if (!this.changed) continue;
      for (const next of [...node.children, ...(dependents.get(node.name) ?? [])]) waiting.set(next.id, next);
    }
    return true;
  }

  /** All instances in which the item stands. */
  private instancesAround(node: FormNode): readonly Instance[] {
    let instances: readonly Instance[] = [this.root];
    for (const repeat of node.repeats) instances = instances.flatMap((instance) => this.instancesOf(instance, repeat));
    return instances;
  }

  /** Appends an instance to a repeat. */
  addInstance(instance: Instance, node: FormNode): Instance {
    const rows = this.rows(instance, node);
    const row: Answers = {};
    rows.push(row);
    instance.answers[node.name] = rows;
    this.applyDefaults(this.instanceOf(row, node, instance), node.children);
    return this.instanceOf(row, node, instance);
  }

  removeInstance(instance: Instance, node: FormNode, index: number): void {
    this.rows(instance, node).splice(index, 1);
    this.recompute();
  }

  nodeNamed(name: string): FormNode | undefined {
    return this.byName.get(name);
  }

  isRelevant(instance: Instance, node: FormNode): boolean {
    return instance.relevant[node.id] === true;
  }

  textOf(instance: Instance, node: FormNode): string {
    return instance.texts[node.id] ?? "";
  }

  instancesOf(instance: Instance, node: FormNode): readonly Instance[] {
    return instance.instances.get(node.id) ?? [];
  }

  scopeAt(instance: Instance, node: FormNode, choice?: Choice): Scope {
    return {
      ...this.time,
      currentAnswer: () => this.textOf(instance, node),
      values: (name) => this.values(name, instance, this.rules.listsIrrelevant),
      allValues: (name) => this.values(name, this.root, true),
      choiceColumn: (name) => (name === "name" ? choice?.name : choice?.is?.[name]) ?? "",
      instanceNumber: () => instance.index + 1,
      lookup: (list, column, keyColumn, key) => this.choiceLists.lookup(list, column, keyColumn, key),
      choiceLabel: (name, list) => {
        const named = this.form.choices[list]?.find((candidate) => candidate.name === name);
        return named ? this.renderText(named.label, this.form.lang, instance, node) : "";
      },
    };
  }

  /** The choices that the filter offers, in order. */
  choicesFor(instance: Instance, node: FormNode): readonly Choice[] {
    const { list = "", filter } = node.item as Question;
    const all = this.form.choices[list] ?? [];
    return filter === undefined
      ? all
      : all.filter((choice) => evaluateBoolean(filter, this.scopeAt(instance, node, choice)));
  }

  /** The text in `lang`, or in the form's language, with its values. */
  renderText(texts: LocalizedText | undefined, lang: string, instance: Instance, node: FormNode): string {
    const text = texts?.[lang] ?? texts?.[this.form.lang] ?? "";
    return typeof text === "string"
      ? text
      : text.map((part) => toText(evaluate(part, this.scopeAt(instance, node)))).join("");
  }

  isRequired(instance: Instance, node: FormNode): boolean {
    const { required } = node.item as Question;
    return required !== undefined && (required === true || evaluateBoolean(required, this.scopeAt(instance, node)));
  }

  /** True if the answer meets the question's constraint; an empty answer always does. */
  meetsConstraint(instance: Instance, node: FormNode): boolean {
    const { constraint } = node.item as Question;
    return (
      constraint === undefined ||
      this.textOf(instance, node) === "" ||
      evaluateBoolean(constraint, this.scopeAt(instance, node))
    );
  }

  /** The text of the answer that a calculation gives. */
  calculate(instance: Instance, node: FormNode, calculation: Expression): string {
    return this.rules.convert(node.item as Question, evaluate(calculation, this.scopeAt(instance, node)));
  }

  /** Number of instances of a counted repeat; undefined if people add and remove them. */
  countOf(instance: Instance, node: FormNode): number | undefined {
    const { count } = node.item as Repeat;
    if (count === undefined) return undefined;
    const instanceCount = Math.trunc(toNumber(evaluate(count, this.scopeAt(instance, node))));
    return Math.max(0, Math.min(Number.isNaN(instanceCount) ? 0 : instanceCount, MAX_INSTANCES));
  }

  private buildNodes(items: readonly FormItem[], parent: FormNode | null, repeats: readonly FormNode[]): FormNode[] {
    return items.map((item) => {
      const name = "q" in item ? item.q : "group" in item ? item.group : item.repeat;
      const children: FormNode[] = [];
      const node: FormNode = { id: this.count++, item, name, parent, repeats, children };
      if (!this.byName.has(name) || "q" in item) this.byName.set(name, node);
      if (!("q" in item))
        children.push(...this.buildNodes(item.items, node, "repeat" in item ? [...repeats, node] : repeats));
      return node;
    });
  }

  /** Sets default answers: constant ones first, then computed ones, which may read the constant ones. */
  private applyDefaults(instance: Instance, nodes: readonly FormNode[]): void {
    const computed: FormNode[] = [];
    for (const node of questionsOf(nodes)) {
      const { default: first } = node.item as Question;
      if (isComputed(first)) computed.push(node);
      else if (first !== undefined) instance.answers[node.name] = first as AnswerValue;
    }
    this.recompute();
    for (const node of computed) {
      const question = node.item as Question;
      const { is } = question.default as { is: Expression };
      const { convert, parse } = QUESTION_TYPES[question.type];
      const answer = parse(convert(evaluate(is, this.scopeAt(instance, node))), question);
      if (answer !== undefined) instance.answers[node.name] = answer;
    }
    if (computed.length > 0) this.recompute();
  }

  /** Computes relevance alone, until nothing changes. */
  private loadRelevance(): void {
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      this.changed = false;
      this.sweepRelevance(this.root, this.nodes, true);
      if (!this.changed) return;
    }
  }

  private sweepRelevance(instance: Instance, nodes: readonly FormNode[], isParentRelevant: boolean): void {
    for (const node of nodes) {
      const relevant = this.updateRelevance(instance, node, isParentRelevant);
      const instances = "repeat" in node.item ? this.instancesOf(instance, node) : [instance];
      for (const child of instances) this.sweepRelevance(child, node.children, relevant);
    }
  }

  private updateRelevance(instance: Instance, node: FormNode, isParentRelevant: boolean): boolean {
    const { relevant: condition } = node.item;
    const relevant =
      isParentRelevant && (condition === undefined || evaluateBoolean(condition, this.scopeAt(instance, node)));
    if (instance.relevant[node.id] !== relevant) {
      instance.relevant[node.id] = relevant;
      this.changed = true;
      this.shape++;
    }
    return relevant;
  }

  private sweep(instance: Instance, nodes: readonly FormNode[], isParentRelevant: boolean): void {
    for (const node of nodes) {
      const { item } = node;
      const relevant = this.updateRelevance(instance, node, isParentRelevant);
      if ("q" in item) this.updateText(instance, node, item, relevant);
      else if ("group" in item) this.sweep(instance, node.children, relevant);
      else this.updateRepeat(instance, node, relevant);
    }
  }

  private updateText(instance: Instance, node: FormNode, question: Question, relevant: boolean): void {
    const text = relevant ? this.computeText(instance, node, question) : "";
    if ((instance.texts[node.id] ?? "") !== text) {
      instance.texts[node.id] = text;
      this.changed = true;
    }
  }

  private computeText(instance: Instance, node: FormNode, question: Question): string {
    if (question.calculation !== undefined) return this.calculate(instance, node, question.calculation);
    const answer = instance.answers[node.name] as AnswerValue | undefined;
    if (isAttachmentRef(answer)) return String(this.files++);
    if (question.filter === undefined || answer === undefined) return answerText(question, answer);
    return answerText(question, this.stillOffered(instance, node, answer));
  }

  /** The part of an earlier choice that is still offered. */
  private stillOffered(instance: Instance, node: FormNode, answer: AnswerValue): AnswerValue | undefined {
    const { list = "", filter } = node.item as Question;
    const isOffered = (name: string): boolean =>
      (this.form.choices[list] ?? []).some(
        (choice) => choice.name === name && evaluateBoolean(filter as Expression, this.scopeAt(instance, node, choice)),
      );
    if (typeof answer === "string") return isOffered(answer) ? answer : undefined;
    return (answer as readonly string[]).filter(isOffered);
  }

  private updateRepeat(instance: Instance, node: FormNode, relevant: boolean): void {
    const instanceCount = relevant ? this.countOf(instance, node) : undefined;
    const rows = this.rows(instance, node);
    const added: Instance[] = [];
    while (instanceCount !== undefined && rows.length < instanceCount) {
      rows.push({});
      instance.answers[node.name] = rows;
      added.push(this.instanceOf(rows[rows.length - 1] as Answers, node, instance));
    }
    const relevantInstances = relevant
      ? rows.slice(0, instanceCount).map((row) => this.instanceOf(row, node, instance))
      : [];
    if (relevantInstances.length !== this.instancesOf(instance, node).length) this.changed = true;
    this.shape++; // instances may also change places
    relevantInstances.forEach((child, index) => {
      child.index = index;
    });
    instance.instances.set(node.id, relevantInstances);
    for (const child of added) {
      this.applyDefaults(child, node.children);
      this.changed = true;
    }
    for (const child of relevantInstances) this.sweep(child, node.children, relevant);
  }

  private loadTexts(instance: Instance, nodes: readonly FormNode[]): void {
    for (const node of nodes) {
      if ("q" in node.item) {
        instance.texts[node.id] = answerText(node.item, instance.answers[node.name] as AnswerValue | undefined);
      } else if ("group" in node.item) {
        this.loadTexts(instance, node.children);
      } else {
        const instances = this.rows(instance, node).map((row) => this.instanceOf(row, node, instance));
        instance.instances.set(node.id, instances);
        instances.forEach((child, index) => {
          child.index = index;
          this.loadTexts(child, node.children);
        });
      }
    }
  }

  private rows(child: Instance, node: FormNode): Answers[] {
    return (child.answers[node.name] as Answers[] | undefined) ?? [];
  }

  private instanceOf(row: Answers, node: FormNode, parent: Instance): Instance {
    let instance = this.instanceByRow.get(row);
    if (!instance) {
      instance = new Instance(row, node, parent, parent.depth + 1);
      this.instanceByRow.set(row, instance);
    }
    return instance;
  }

  /** The values of a name, in the innermost instances that its node shares with `child`. */
  private values(name: string, child: Instance, listsIrrelevant: boolean): readonly string[] {
    const node = this.byName.get(name);
    if (!node) return [];
    const chain: Instance[] = [];
    for (let ancestor: Instance | null = child; ancestor; ancestor = ancestor.parent) chain.unshift(ancestor);
    let shared = 0;
    while (shared < node.repeats.length && chain[shared + 1]?.repeat === node.repeats[shared]) shared++;
    let instances: readonly Instance[] = [chain[shared] as Instance];
    for (const repeat of node.repeats.slice(shared))
      instances = instances.flatMap((instance) => this.instancesOf(instance, repeat));
    if (!listsIrrelevant) instances = instances.filter((instance) => this.isRelevant(instance, node));
    if ("q" in node.item) return instances.map((instance) => this.textOf(instance, node));
    return ("repeat" in node.item ? instances.flatMap((instance) => this.instancesOf(instance, node)) : instances).map(
      () => "",
    );
  }
}

function answerText({ type }: Question, answer: AnswerValue | undefined): string {
  return answer === undefined ? "" : QUESTION_TYPES[type].text(answer);
}

function isComputed(first: unknown): first is { is: Expression } {
  return typeof first === "object" && first !== null && "is" in first;
}
