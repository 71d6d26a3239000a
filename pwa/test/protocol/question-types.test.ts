/** The table of question types is the protocol's list, and a type added to it works from the answer to the table of answers. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { verifier } from "../../src/crypto/signature-verifier";
import { checkAnswers } from "../../src/protocol/answer-checks";
import { buildSheets } from "../../src/protocol/answer-tables";
import type { AnswerValue, Answers } from "../../src/protocol/answers";
import { canonical } from "../../src/protocol/canonical";
import { collectFinalAnswers } from "../../src/protocol/final-answers";
import { type Form, QUESTION_TYPE_NAMES, readForm } from "../../src/protocol/form";
import { FormState } from "../../src/protocol/form-state";
import type { Submission } from "../../src/protocol/opened-submission";
import { QUESTION_TYPES, type QuestionType } from "../../src/protocol/question-types";
import { isRefusal } from "../../src/protocol/refusal";

const DAY = "2026-11-24";
const PROTOCOL = readFileSync(new URL("../../../../sync/PROTOCOL.md", import.meta.url), "utf8");

describe("question types", () => {
  it("are those of the protocol, in its order", () => {
    const names = /^\| `type` \| `([a-z_ ]+)` \|$/m.exec(PROTOCOL)?.[1]?.split(" ");
    assert.deepEqual([...QUESTION_TYPE_NAMES], names);
    assert.deepEqual(Object.keys(QUESTION_TYPES), names);
  });

  it("read from a text only what they accept", () => {
    const texts = {
      integer: "-7",
      decimal: "2.50",
      date: DAY,
      time: "08:30",
      datetime: `${DAY}T08:30`,
      geopoint: "1.00 -2.00",
    };
    for (const [name, { accepts, parse }] of Object.entries(QUESTION_TYPES) as [keyof typeof texts, QuestionType][])
      for (const text of [...Object.values(texts), "", "oui", "a b", "OK"]) {
        const answer = parse(text, { decimals: 2 });
        assert(answer === undefined || accepts(answer, { decimals: 2 }, 0), `${name}: ${text}`);
        if (texts[name] === text) assert.notEqual(answer, undefined, name);
      }
  });

  it("write no formula into a table, whatever an older version of the form let people type", () => {
    const { form, ...entry } = entryOf(formOf("text"), { avis: "=1+1" });
    for (const name of QUESTION_TYPE_NAMES.filter((each) => !/note|image|audio/.test(each))) {
      const [sheet] = buildSheets([formOf(name)], [{ form, ...entry }]);
      assert.equal(sheet?.rows[0]?.[7], "'=1+1", name);
    }
  });

  it("work everywhere once they are in the table", async () => {
    const names = QUESTION_TYPE_NAMES as unknown as string[];
    const types = QUESTION_TYPES as Record<string, QuestionType>;
    names.push("scale");
    types.scale = SCALE;
    try {
      const form = await readBack(formOf("scale"));
      assert.equal(checkAnswers(form, { avis: ["3", "5"], doux: "3/5" }, DAY, 0), null);
      assert.deepEqual(checkAnswers(form, { avis: ["6", "5"] }, DAY, 0), ["answer-form", "avis"]);
      const state = FormState.withDefaults(form, { today: DAY, now: `${DAY}T08:00` });
      assert.deepEqual(collectFinalAnswers(state).answers, { avis: ["2", "5"], doux: "2/5" });
      const [sheet] = buildSheets([form], [entryOf(form, { avis: ["3", "5"], doux: "3/5" })]);
      assert.deepEqual(sheet?.rows[0]?.slice(7), ["3 de 5", "3/5"]);
    } finally {
      names.pop();
      delete types.scale;
    }
  });
});

/** Points and their maximum, as two texts. */
const SCALE: QuestionType = {
  isShown: true,
  hasValue: true,
  accepts: (value) => Array.isArray(value) && value.length === 2 && Number(value[0]) <= Number(value[1]),
  convert: (value) => String(value),
  parse: (text) => text.split("/"),
  text: (answer) => (answer as readonly string[]).join("/"),
  cell: (answer: AnswerValue) => (answer as readonly string[]).join(" de "),
};

function formOf(type: string): Form {
  return {
    v: 1,
    form: "essai",
    lang: "fr",
    languages: ["fr"],
    title: { fr: "Essai" },
    audience: "public",
    sealed: false,
    keep: 1,
    items: [
      { q: "avis", type, default: { is: "2/5" } },
      { q: "doux", type: "calculate", calculation: ["$", "avis"] },
    ],
    choices: {},
  } as unknown as Form;
}

async function readBack(form: Form): Promise<Form> {
  const text = canonical(JSON.parse(JSON.stringify(form))) as string;
  const read = await readForm(verifier, text, await verifier.digest(text));
  assert(!isRefusal(read));
  return read;
}

function entryOf(form: Form, answers: Answers) {
  const submission = { day: DAY, place: "", lang: "fr" } as Submission;
  return { submission, form, code: "36XK-P2WS", received: DAY, device: "", doubt: "", answers };
}
