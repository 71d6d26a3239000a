/** A form is filled, checked and finished on the phone by the same rules as on the server. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { verifier } from "../../src/crypto/signature-verifier";
import { checkAnswers } from "../../src/protocol/answer-checks";
import type { Answers } from "../../src/protocol/answers";
import { type Json, canonical } from "../../src/protocol/canonical";
import { collectFinalAnswers } from "../../src/protocol/final-answers";
import { type Form, type QuestionTypeName, readForm } from "../../src/protocol/form";
import { FormState } from "../../src/protocol/form-state";
import { QUESTION_TYPES } from "../../src/protocol/question-types";
import { isRefusal } from "../../src/protocol/refusal";
import { problemsOf, screensOf } from "../../src/protocol/screens";
import { fill, seeded } from "../support/random-fillings";
import { vectors } from "../support/shared-vectors";

interface Table {
  readonly forms: readonly {
    readonly name: string;
    readonly compiled: Json;
    readonly version: string;
    readonly text: readonly string[] | string;
  }[];
  readonly answers: readonly {
    readonly why: string;
    readonly form: string;
    readonly day: string;
    readonly files: number;
    readonly answers: unknown;
    readonly failure: Json;
  }[];
  readonly values: readonly {
    readonly type: QuestionTypeName;
    readonly value: string | boolean | readonly string[] | { readonly number: string };
    readonly text: string;
  }[];
}

const { forms, answers, values } = vectors<Table>("forms");

async function formNamed(name: string): Promise<Form> {
  const { version, text } = forms.find((form) => form.name === name) as Table["forms"][number];
  const form = await readForm(verifier, typeof text === "string" ? text : text.join(""), version);
  assert(!isRefusal(form));
  return form;
}

describe("forms", () => {
  for (const { name, compiled, version } of forms) {
    it(`${name} is proven by its version`, async () => {
      assert.equal(await verifier.digest(canonical(compiled) as string), version);
      assert.deepEqual(await formNamed(name), compiled);
      const changed = JSON.stringify({ ...(compiled as object), keep: 1 });
      assert.deepEqual(await readForm(verifier, changed, version), { refused: "form-damaged" });
    });
  }
  it("a form with a type of question that is not known yet asks for a newer app", async () => {
    const text = canonical({ v: 1, form: "x", items: [{ q: "a", type: "hologram" }] }) as string;
    assert.deepEqual(await readForm(verifier, text, await verifier.digest(text)), { refused: "version-unknown" });
  });
});

describe("what follows from an answer", () => {
  for (const { name } of forms) {
    it(`is the same in ${name} as if all of it were computed anew`, async () => {
      const form = await formNamed(name);
      const random = seeded(16);
      for (let filling = 0; filling < 30; filling++) assert(fill(form, random)); // compares after each round
    });
  }
});

describe("answers", () => {
  for (const { why, form, day, files, answers: formAnswers, failure } of answers) {
    it(why, async () => assert.deepEqual(checkAnswers(await formNamed(form), formAnswers, day, files), failure));
  }

  for (const { why, form: name, day, answers: formAnswers, failure } of answers) {
    if (failure !== null) continue;
    if (why === "as an app of release 0.1.0 writes it") continue;
    it(`typed in one by one: ${why}`, async () => {
      const form = await formNamed(name);
      const typed = JSON.parse(JSON.stringify(formAnswers)) as Answers;
      if ("photo" in typed) typed.photo = { file: "kept-under-this" };
      const formState = new FormState(form, typed, { today: day, now: `${day}T08:00` });
      formState.recompute();
      const final = collectFinalAnswers(formState);
      assert.deepEqual(final.answers, formAnswers);
      assert.deepEqual(final.attachmentKeys, "photo" in typed ? ["kept-under-this"] : []);
      assert.deepEqual(problemsOf(formState), []);
      assert.equal(final.place, name === "foyer" ? (typed.region ?? "") : "");
    });
  }
});

describe("the answer that a value gives", () => {
  for (const { type, value, text } of values) {
    it(`${type}: ${JSON.stringify(value).slice(0, 40)}`, () => {
      const { convert, parse } = QUESTION_TYPES[type];
      assert.equal(convert(typeof value === "object" && "number" in value ? Number(value.number) : value), text);
      if (text) assert.equal(String(parse(text, {})), text);
    });
  }
});

describe("a form being filled", () => {
  const TIME = { today: "2026-11-24", now: "2026-11-24T08:00" };

  it("shows what is relevant, and sends nothing else", async () => {
    const formState = FormState.withDefaults(await formNamed("foyer"), TIME);
    const questionNames = () =>
      screensOf(formState).map((screen) =>
        screen.kind === "repeat" ? `+${screen.node.name}` : screen.questions.map(({ node }) => node.name).join(),
      );
    const set = (name: string, value: never) =>
      formState.setAnswer(formState.root, formState.nodeNamed(name) as never, value);
    assert(!questionNames().includes("pays"));
    set("chef", "Awa" as never);
    set("age", 40 as never);
    set("pays", "ML" as never);
    set("region", "ML-1" as never);
    assert(questionNames().includes("pays"));
    set("pays", "NE" as never);
    assert.equal(collectFinalAnswers(formState).answers.region, undefined, "a region of another country is not sent");
    set("pays", "ML" as never);
    assert.equal(collectFinalAnswers(formState).answers.region, "ML-1", "and is not lost either");
    set("age", 10 as never);
    assert(!questionNames().includes("pays"));
    assert.deepEqual(Object.keys(collectFinalAnswers(formState).answers).sort(), ["age", "chef", "majeur", "total"]);
  });

  it("repeats are added, counted and removed", async () => {
    const formState = FormState.withDefaults(await formNamed("foyer"), TIME);
    const enfants = formState.nodeNamed("enfants") as never;
    formState.setAnswer(formState.root, formState.nodeNamed("chef") as never, "Awa");
    formState.setAnswer(formState.root, formState.nodeNamed("age") as never, 40);
    const first = formState.addInstance(formState.root, enfants);
    const second = formState.addInstance(formState.root, enfants);
    formState.setAnswer(first, formState.nodeNamed("ans") as never, 3);
    formState.setAnswer(second, formState.nodeNamed("ans") as never, 12);
    assert.equal(formState.instancesOf(first, formState.nodeNamed("doses") as never).length, 2);
    assert.equal(formState.instancesOf(second, formState.nodeNamed("doses") as never).length, 0);
    assert.equal(collectFinalAnswers(formState).answers.total, "15");
    formState.removeInstance(formState.root, enfants, 0);
    assert.equal(collectFinalAnswers(formState).answers.total, "12");
    assert.equal(
      checkAnswers(formState.form, collectFinalAnswers(formState).answers, TIME.today, 0)?.[0],
      "answer-missing",
    );
  });
});
