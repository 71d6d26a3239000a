/**
 * Evaluates the compiled expressions of forms (PROTOCOL.md, section 8). What an expression speaks of comes from its `Scope`.
 * Twin: sync/forms/evaluation.py. An unknown name is a form from a newer server: it throws, and the form is not begun.
 */

import { type Value, areEqual, toBoolean, toNumber, toText } from "./conversions";
import { FUNCTIONS } from "./functions";

/** A text, an integer, or an operator or function with what it takes. */
export type Expression = string | number | readonly Expression[];

/** Where an expression stands: what it may speak of. */
export interface Scope {
  /** The day the form is filled, YYYY-MM-DD, and the moment it was begun. */
  readonly today: string;
  readonly now: string;
  /** The answer judged. */
  currentAnswer(): string;
  /** A question's values, seen from this place. */
  values(name: string): readonly string[];
  /** The same over all instances, wherever the place is. */
  allValues(name: string): readonly string[];
  /** The column of the choice judged. */
  choiceColumn(name: string): string;
  /** The number of the repeat instance, from 1. */
  instanceNumber(): number;
  choiceLabel(name: string, list: string): string;
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

/** The form was compiled for a newer app. */
export class UnknownFunction extends Error {
  override readonly name = "UnknownFunction";
}
