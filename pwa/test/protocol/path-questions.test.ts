/** The questions of a complaint path, one after the other, as Python asks them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Routes, chosenPath, nextQuestion } from "../../src/protocol/path-questions";
import { vectors } from "../support/shared-vectors";

interface Walks {
  readonly routes: Routes;
  /** Harm, first letters of the answers, questions, harm of the path, "danger" or "-", steps. */
  readonly walks: readonly string[];
}

describe("the questions of a complaint path", () => {
  const { routes, walks } = vectors<Walks>("path-questions");
  it("come in the same order and lead to the same steps on every walk", () => {
    assert.ok(walks.length > 40);
    for (const walk of walks) {
      const [harm = "", letters = "", asked = "", reached, danger, steps = ""] = walk.split(" ");
      const questions = asked.split(",");
      const answers: Record<string, "yes" | "no"> = {};
      for (const [index, letter] of [...letters].entries()) {
        const question = nextQuestion(routes, harm, answers);
        assert.equal(question, questions[index]);
        answers[question ?? ""] = letter === "y" ? "yes" : "no";
      }
      assert.equal(nextQuestion(routes, harm, answers), null);
      const expected = { harm: reached, inDanger: danger === "danger", steps: steps.split(",") };
      assert.deepEqual(chosenPath(routes, harm, answers), expected);
    }
  });
});
