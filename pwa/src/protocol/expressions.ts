/**
 * Evaluates the compiled expressions of forms (PROTOCOL.md, section 8); their `Scope` gives the values that they name.
 * An unknown function means that a newer server compiled the form: evaluation throws, and the form is not begun.
 * Twin: sync/forms/evaluation.py.
 */

import { type Value, areEqual, toBoolean, toNumber, toText } from "./conversions";
import { FUNCTIONS } from "./functions";

/** A text, an integer, or an operator or function with its arguments. */
export type Expression = string | number | readonly Expression[];

/** Values that an expression may read, seen from its item. */
export interface Scope {
  /** The day the form is filled, YYYY-MM-DD, and the time it was begun, YYYY-MM-DDThh:mm. */
  readonly today: string;
  readonly now: string;
  /** The answer that a constraint checks. */
  currentAnswer(): string;
  /** A question's values in the innermost repeat instances that it shares with this item. */
  values(name: string): readonly string[];
  /** A question's values in all instances. */
  allValues(name: string): readonly string[];
  /** A column of the choice that a filter checks. */
  choiceColumn(name: string): string;
  /** The number of the repeat instance, from 1. */
  instanceNumber(): number;
  choiceLabel(name: string, list: string): string;
  /** A column of the first choice of a list whose `keyColumn` has this text; "" if there is none. */
  lookup(list: string, column: string, keyColumn: string, key: string): string;
}

const OPERATORS: ReadonlyMap<string, (a: number, b: number) => number | boolean> = new Map(
  Object.entries({
    "+": (a: number, b: number) => a + b,
    "-": (a: number, b: number) => a - b,
    "*": (a: number, b: number) => a * b,
    div: (a: number, b: number) => a / b,
    mod: (a: number, b: number) => a % b,
    "<": (a: number, b: number) => a < b,
    "<=": (a: number, b: number) => a <= b,
    ">": (a: number, b: number) => a > b,
    ">=": (a: number, b: number) => a >= b,
  }),
);

export function evaluate(expression: Expression, scope: Scope): Value {
  if (typeof expression === "string" || typeof expression === "number") return expression;
  const [head, ...parts] = expression;
  const name = head as string;
  const at = (index: number): Value => evaluate(parts[index] as Expression, scope);
  switch (name) {
    case ".":
      return scope.currentAnswer();
    case "$":
      return scope.values(parts[0] as string);
    case "@":
      return scope.choiceColumn(parts[0] as string);
    case "#":
      return Number(parts[0]);
    case "and":
      return toBoolean(at(0)) && toBoolean(at(1));
    case "or":
      return toBoolean(at(0)) || toBoolean(at(1));
    case "=":
      return areEqual(at(0), at(1));
    case "!=":
      return !areEqual(at(0), at(1));
    case "neg":
      return -toNumber(at(0));
    case "if":
      return toBoolean(at(0)) ? at(1) : at(2);
    case "coalesce":
      return toText(at(0)) || toText(at(1));
    case "today":
      return scope.today;
    case "now":
      return scope.now;
    case "position":
      return scope.instanceNumber();
    case "at":
      return scope.allValues((parts[0] as readonly Expression[])[1] as string)[toNumber(at(1)) - 1] ?? "";
    case "choice-label":
      return scope.choiceLabel(toText(at(0)), parts[1] as string);
    case "lookup":
      return scope.lookup(parts[0] as string, parts[1] as string, parts[2] as string, toText(at(3)));
  }
  const operate = OPERATORS.get(name);
  if (operate) return operate(toNumber(at(0)), toNumber(at(1)));
  const call = FUNCTIONS.get(name);
  if (!call) throw new UnknownFunction(name);
  return call(...parts.map((_, index) => at(index)));
}

export function evaluateBoolean(expression: Expression, scope: Scope): boolean {
  return toBoolean(evaluate(expression, scope));
}

/** Thrown when the form was compiled for a newer app. */
export class UnknownFunction extends Error {
  override readonly name = "UnknownFunction";
}
