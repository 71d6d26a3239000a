/**
 * A form being filled: what is relevant now, what the calculations give, which choices are offered (PROTOCOL.md, sections 8 and 9).
 * Answers that became irrelevant stay in the draft and leave only what is sent. Twin: sync/submissions/filling.py.
 */
import { type Answers, type Given, answerOf, givenText, isAttached } from "./answers";
import { toNumber, toText } from "./conversions";
import { type Expression, type Scope, evaluate, isTrue } from "./expressions";
import type { Choice, Form, Item, Question, Repeat, Texts } from "./form";

const SWEEPS = 32;
export const INSTANCES_LIMIT = 200;

/** An item of the form with its place in it. `repeats`: the repeats around it, outermost first. */
export interface Node {
  readonly id: number;
  readonly item: Item;
  readonly name: string;
  readonly parent: Node | null;
  readonly repeats: readonly Node[];
  readonly children: readonly Node[];
}

/** The form's own answers, or those of one instance of a repeat. */
export class Place {
  readonly texts: string[] = [];
  readonly relevant: boolean[] = [];
  readonly instances = new Map<number, readonly Place[]>();
  index = 0;

  constructor(
    readonly given: Answers,
    readonly repeat: Node | null,
    readonly parent: Place | null,
    readonly depth: number,
  ) {}
}

export interface Today {
  /** YYYY-MM-DD and YYYY-MM-DDThh:mm, in the person's calendar. */
  readonly today: string;
  readonly now: string;
}

export class Filling {
  readonly nodes: readonly Node[];
  readonly root: Place;
  private readonly byName = new Map<string, Node>();
  private readonly places = new WeakMap<Answers, Place>();
  private changed = false;
  private files = 0;
  private count = 0;

  constructor(
    readonly form: Form,
    readonly given: Answers,
    readonly time: Today,
  ) {
    this.nodes = this.plan(form.items, null, []);
    this.root = new Place(given, null, null, 0);
  }

  /** A new draft, with the form's default answers. */
  static begin(form: Form, time: Today): Filling {
    const filling = new Filling(form, {}, time);
    filling.beginAt(filling.root, filling.nodes);
    return filling;
  }

  /** Answers as they came, for whoever checks them: nothing is judged, left out or added. */
  static of(form: Form, answers: Answers, time: Today): Filling {
    const filling = new Filling(form, answers, time);
    filling.take(filling.root, filling.nodes);
    return filling;
  }

  /** Brings relevance and calculations up to date with the answers. */
  settle(): void {
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      this.changed = false;
      this.files = 0;
      this.sweep(this.root, this.nodes, true);
      if (!this.changed) return;
    }
  }

  set(place: Place, node: Node, given: Given | undefined): void {
    if (given === undefined) delete place.given[node.name];
    else place.given[node.name] = given;
    this.settle();
  }

  /** A new instance of a repeat, at its end. */
  add(place: Place, node: Node): Place {
    const rows = this.rows(place, node);
    const row: Answers = {};
    rows.push(row);
    place.given[node.name] = rows;
    this.beginAt(this.placeOf(row, node, place), node.children);
    return this.placeOf(row, node, place);
  }

  remove(place: Place, node: Node, index: number): void {
    this.rows(place, node).splice(index, 1);
    this.settle();
  }

  node(name: string): Node | undefined {
    return this.byName.get(name);
  }

  isRelevant(place: Place, node: Node): boolean {
    return place.relevant[node.id] === true;
  }

  text(place: Place, node: Node): string {
    return place.texts[node.id] ?? "";
  }

  instances(place: Place, node: Node): readonly Place[] {
    return place.instances.get(node.id) ?? [];
  }

  scope(place: Place, node: Node, choice?: Choice): Scope {
    return {
      ...this.time,
      here: () => this.text(place, node),
      values: (name) => this.values(name, place),
      everywhere: (name) => this.values(name, this.root),
      column: (name) => (name === "name" ? choice?.name : choice?.is?.[name]) ?? "",
      position: () => place.index + 1,
      choiceLabel: (name, list) => {
        const found = this.form.choices[list]?.find((each) => each.name === name);
        return found ? this.say(found.label, this.form.lang, place, node) : "";
      },
    };
  }

  /** The choices a person may take here, in order. */
  choices(place: Place, node: Node): readonly Choice[] {
    const { list = "", filter } = node.item as Question;
    const all = this.form.choices[list] ?? [];
    return filter === undefined ? all : all.filter((choice) => isTrue(filter, this.scope(place, node, choice)));
  }

  /** A text in the person's language, or in the form's own, with the values it names. */
  say(texts: Texts | undefined, lang: string, place: Place, node: Node): string {
    const text = texts?.[lang] ?? texts?.[this.form.lang] ?? "";
    return typeof text === "string"
      ? text
      : text.map((part) => toText(evaluate(part, this.scope(place, node)))).join("");
  }

  isRequired(place: Place, node: Node): boolean {
    const { required } = node.item as Question;
    return required !== undefined && (required === true || isTrue(required, this.scope(place, node)));
  }

  /** Whether what is there fits the question's constraint; nothing there fits always. */
  fits(place: Place, node: Node): boolean {
    const { constraint } = node.item as Question;
    return constraint === undefined || this.text(place, node) === "" || isTrue(constraint, this.scope(place, node));
  }

  /** How many instances a counted repeat has; undefined where people add and remove. */
  countOf(place: Place, node: Node): number | undefined {
    const { count } = node.item as Repeat;
    if (count === undefined) return undefined;
    const wanted = Math.trunc(toNumber(evaluate(count, this.scope(place, node))));
    return Math.max(0, Math.min(Number.isNaN(wanted) ? 0 : wanted, INSTANCES_LIMIT));
  }

  private plan(items: readonly Item[], parent: Node | null, repeats: readonly Node[]): Node[] {
    return items.map((item) => {
      const name = "q" in item ? item.q : "group" in item ? item.group : item.repeat;
      const children: Node[] = [];
      const node: Node = { id: this.count++, item, name, parent, repeats, children };
      if (!this.byName.has(name) || "q" in item) this.byName.set(name, node);
      if (!("q" in item))
        children.push(...this.plan(item.items, node, "repeat" in item ? [...repeats, node] : repeats));
      return node;
    });
  }

  /** Default answers, once; those that are computed see the ones that are written. */
  private beginAt(place: Place, nodes: readonly Node[]): void {
    const computed: Node[] = [];
    for (const node of questionsOf(nodes)) {
      const { default: first } = node.item as Question;
      if (isComputed(first)) computed.push(node);
      else if (first !== undefined) place.given[node.name] = first as Given;
    }
    this.settle();
    for (const node of computed) {
      const { is } = (node.item as Question).default as { is: Expression };
      const answer = answerOf(node.item as Question, toText(evaluate(is, this.scope(place, node))));
      if (answer !== undefined) place.given[node.name] = answer;
    }
    if (computed.length > 0) this.settle();
  }

  private sweep(place: Place, nodes: readonly Node[], around: boolean): void {
    for (const node of nodes) {
      const { item } = node;
      const relevant = around && (item.relevant === undefined || isTrue(item.relevant, this.scope(place, node)));
      if (place.relevant[node.id] !== relevant) {
        place.relevant[node.id] = relevant;
        this.changed = true;
      }
      if ("q" in item) this.value(place, node, item, relevant);
      else if ("group" in item) this.sweep(place, node.children, relevant);
      else this.repeat(place, node, relevant);
    }
  }

  private value(place: Place, node: Node, question: Question, relevant: boolean): void {
    const text = relevant ? this.current(place, node, question) : "";
    if ((place.texts[node.id] ?? "") !== text) {
      place.texts[node.id] = text;
      this.changed = true;
    }
  }

  private current(place: Place, node: Node, question: Question): string {
    if (question.calculation !== undefined) return toText(evaluate(question.calculation, this.scope(place, node)));
    const given = place.given[node.name] as Given | undefined;
    if (isAttached(given)) return String(this.files++);
    if (question.filter === undefined || given === undefined) return givenText(given);
    return givenText(this.offered(place, node, given));
  }

  /** Of a choice made earlier, what is still offered. */
  private offered(place: Place, node: Node, given: Given): Given | undefined {
    const { list = "", filter } = node.item as Question;
    const isOffered = (name: string): boolean => {
      const choice = this.form.choices[list]?.find((each) => each.name === name);
      return choice !== undefined && isTrue(filter as Expression, this.scope(place, node, choice));
    };
    if (typeof given === "string") return isOffered(given) ? given : undefined;
    return (given as readonly string[]).filter(isOffered);
  }

  private repeat(place: Place, node: Node, relevant: boolean): void {
    const wanted = relevant ? this.countOf(place, node) : undefined;
    const rows = this.rows(place, node);
    const begun: Place[] = [];
    while (wanted !== undefined && rows.length < wanted) {
      rows.push({});
      place.given[node.name] = rows;
      begun.push(this.placeOf(rows[rows.length - 1] as Answers, node, place));
    }
    const live = relevant ? rows.slice(0, wanted).map((row) => this.placeOf(row, node, place)) : [];
    if (live.length !== this.instances(place, node).length) this.changed = true;
    live.forEach((instance, index) => {
      instance.index = index;
    });
    place.instances.set(node.id, live);
    for (const instance of begun) {
      this.beginAt(instance, node.children);
      this.changed = true;
    }
    for (const instance of live) this.sweep(instance, node.children, relevant);
  }

  private take(place: Place, nodes: readonly Node[]): void {
    for (const node of nodes) {
      if ("q" in node.item) {
        place.texts[node.id] = givenText(place.given[node.name] as Given | undefined);
      } else if ("group" in node.item) {
        this.take(place, node.children);
      } else {
        const instances = this.rows(place, node).map((row) => this.placeOf(row, node, place));
        place.instances.set(node.id, instances);
        instances.forEach((instance, index) => {
          instance.index = index;
          this.take(instance, node.children);
        });
      }
    }
  }

  private rows(place: Place, node: Node): Answers[] {
    return (place.given[node.name] as Answers[] | undefined) ?? [];
  }

  private placeOf(row: Answers, node: Node, parent: Place): Place {
    let place = this.places.get(row);
    if (!place) {
      place = new Place(row, node, parent, parent.depth + 1);
      this.places.set(row, place);
    }
    return place;
  }

  /** The values of a name, in the innermost instances that its node and the place share. */
  private values(name: string, place: Place): readonly string[] {
    const node = this.byName.get(name);
    if (!node) return [];
    const chain: Place[] = [];
    for (let at: Place | null = place; at; at = at.parent) chain.unshift(at);
    let shared = 0;
    while (shared < node.repeats.length && chain[shared + 1]?.repeat === node.repeats[shared]) shared++;
    let places: readonly Place[] = [chain[shared] as Place];
    for (const repeat of node.repeats.slice(shared)) places = places.flatMap((each) => this.instances(each, repeat));
    if ("q" in node.item) return places.map((each) => this.text(each, node));
    return ("repeat" in node.item ? places.flatMap((each) => this.instances(each, node)) : places).map(() => "");
  }
}

/** The questions of these items, groups opened, repeats left closed. */
export function* questionsOf(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    if ("q" in node.item) yield node;
    else if ("group" in node.item) yield* questionsOf(node.children);
  }
}

function isComputed(first: unknown): first is { is: Expression } {
  return typeof first === "object" && first !== null && "is" in first;
}
