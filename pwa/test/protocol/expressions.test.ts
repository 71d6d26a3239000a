/** The phone computes what Python computes, for every expression of the shared table. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { toText } from "../../src/protocol/conversions";
import { type Expression, type Scope, UnknownFunction, evaluate } from "../../src/protocol/expressions";
import { vectors } from "../support/shared-vectors";

interface Table {
  readonly context: {
    readonly here: string;
    readonly today: string;
    readonly position: number;
    readonly values: Readonly<Record<string, string[]>>;
    readonly all: Readonly<Record<string, string[]>>;
    readonly columns: Readonly<Record<string, string>>;
    readonly labels: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly tables: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
  };
  readonly cases: readonly {
    readonly of: string;
    readonly expression: string;
    readonly compiled: Expression;
    readonly type: string;
    readonly value: string;
  }[];
}

const { context, cases } = vectors<Table>("expressions");

const scope: Scope = {
  today: context.today,
  now: `${context.today}T08:00`,
  currentAnswer: () => context.here,
  values: (name) => context.values[name] ?? [],
  allValues: (name) => context.all[name] ?? [],
  choiceColumn: (name) => context.columns[name] ?? "",
  instanceNumber: () => context.position,
  choiceLabel: (name, list) => context.labels[list]?.[name] ?? "",
  lookup: (list, column, keyColumn, key) =>
    context.tables[list]?.find((row) => key !== "" && row[keyColumn] === key)?.[column] ?? "",
};

describe("expressions", () => {
  for (const { of, expression, compiled, type, value } of cases) {
    it(`${of}: ${expression}`, () => {
      const result = evaluate(compiled, scope);
      assert.equal(toText(result), value);
      assert.equal(Array.isArray(result) ? "list" : typeof result, type);
    });
  }

  it("an unknown function is distinguished from a wrong value", () => {
    assert.throws(() => evaluate(["tomorrow"] as unknown as Expression, scope), UnknownFunction);
    assert.throws(() => evaluate(["constructor"], scope), UnknownFunction);
  });
});
