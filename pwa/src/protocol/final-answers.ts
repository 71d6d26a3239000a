/** The answers of a finished form, as they are sent: only what is relevant, calculations among them, attachments by their place. */
import { type AnswerValue, type Answers, isAttachmentRef, parseAnswer } from "./answers";
import type { Question } from "./form";
import type { FormNode, FormState, Instance } from "./form-state";

export interface FinalAnswers {
  readonly answers: Answers;
  /** Keys of the draft's attachments, in the order of the form. */
  readonly attachmentKeys: readonly string[];
  /** The answer to the form's place question, "" if there is none. */
  readonly place: string;
}

export function collectFinalAnswers(filling: FormState): FinalAnswers {
  const attached: string[] = [];
  const answers = collect(filling, filling.root, filling.nodes, {}, attached);
  const asked = filling.form.place === undefined ? undefined : filling.nodeNamed(filling.form.place);
  return { answers, attachmentKeys: attached, place: asked ? filling.textOf(filling.root, asked) : "" };
}

function collect(
  filling: FormState,
  place: Instance,
  nodes: readonly FormNode[],
  into: Answers,
  attached: string[],
): Answers {
  for (const node of nodes) {
    if (!filling.isRelevant(place, node)) continue;
    const { item } = node;
    if ("q" in item) {
      const answer = answerTo(filling, place, node, item, attached);
      if (answer !== undefined) into[node.name] = answer;
    } else if ("group" in item) {
      collect(filling, place, node.children, into, attached);
    } else {
      const instances = filling
        .instancesOf(place, node)
        .map((instance) => collect(filling, instance, node.children, {}, attached));
      if (instances.length > 0) into[node.name] = instances;
    }
  }
  return into;
}

function answerTo(
  filling: FormState,
  place: Instance,
  node: FormNode,
  question: Question,
  attached: string[],
): AnswerValue | undefined {
  const text = filling.textOf(place, node);
  if (text === "" || question.type === "note") return undefined;
  const given = place.answers[node.name] as AnswerValue | undefined;
  if (isAttachmentRef(given) && question.calculation === undefined) return attached.push(given.file) - 1;
  const answer = parseAnswer(question, text);
  return Array.isArray(answer) ? inOrder(filling, question, answer) : answer;
}

/** A set of choices has one way to be written: the list's order. */
function inOrder({ form }: FormState, { list = "" }: Question, names: readonly string[]): AnswerValue {
  return (form.choices[list] ?? []).map(({ name }) => name).filter((name) => names.includes(name));
}
