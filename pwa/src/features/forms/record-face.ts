/** The face that tells one record of a form from another: made from its answers, and shown in the lists of records. */
import type { RecordFace } from "../../db/fieldwork-contract";
import { toText } from "../../protocol/conversions";
import { evaluate } from "../../protocol/expressions";
import type { Question } from "../../protocol/form";
import type { FormNode } from "../../protocol/form-nodes";
import type { FormState } from "../../protocol/form-state";
import { answerWords, askedQuestions } from "./answer-words";

const FIRST_ANSWERS = 2;
const MOST_LETTERS = 60;
/** Types whose answers name a record in few words. */
const NAMING = new Set(["text", "integer", "select_one", "select_multiple"]);

/** `moment`: YYYY-MM-DDThh:mm. */
export function faceOf(formState: FormState, lang: string, moment: string): RecordFace {
  const questions = askedQuestions(formState).filter(({ node }) => (node.item as Question).calculation === undefined);
  const answered = questions.filter(({ instance, node }) => formState.textOf(instance, node) !== "");
  const { instance_name: name, place } = formState.form;
  const root = { instance: formState.root, node: formState.nodes[0] as FormNode };
  const own = name === undefined ? "" : toText(evaluate(name, formState.scopeAt(root.instance, root.node))).trim();
  const first = answered
    .filter(({ node }) => NAMING.has((node.item as Question).type) && node.name !== place)
    .slice(0, FIRST_ANSWERS)
    .map((question) => answerWords(formState, question, lang));
  const placeNode = place === undefined ? undefined : formState.nodeNamed(place);
  return {
    name: shorten(own || first.join(", ")),
    place: placeNode ? answerWords(formState, { instance: formState.root, node: placeNode }, lang) : "",
    moment,
    answered: answered.length,
    asked: questions.length,
  };
}

function shorten(text: string): string {
  const letters = [...text.replace(/\s+/g, " ")];
  return letters.length <= MOST_LETTERS ? letters.join("") : `${letters.slice(0, MOST_LETTERS).join("")}…`;
}
