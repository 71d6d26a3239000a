/** The answers of a finished form, as they are sent: only what is relevant, calculations among them, attachments by their place. */
import { type Answers, type Given, answerOf, isAttached } from "./answers";
import type { Question } from "./form";
import type { Filling, Node, Place } from "./form-state";

export interface Finished {
  readonly answers: Answers;
  /** Keys of the draft's attachments, in the order of the form. */
  readonly attached: readonly string[];
  /** The answer to the form's place question, "" if there is none. */
  readonly place: string;
}

export function finish(filling: Filling): Finished {
  const attached: string[] = [];
  const answers = collect(filling, filling.root, filling.nodes, {}, attached);
  const asked = filling.form.place === undefined ? undefined : filling.node(filling.form.place);
  return { answers, attached, place: asked ? filling.text(filling.root, asked) : "" };
}

function collect(filling: Filling, place: Place, nodes: readonly Node[], into: Answers, attached: string[]): Answers {
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
        .instances(place, node)
        .map((instance) => collect(filling, instance, node.children, {}, attached));
      if (instances.length > 0) into[node.name] = instances;
    }
  }
  return into;
}

function answerTo(
  filling: Filling,
  place: Place,
  node: Node,
  question: Question,
  attached: string[],
): Given | undefined {
  const text = filling.text(place, node);
  if (text === "" || question.type === "note") return undefined;
  const given = place.given[node.name] as Given | undefined;
  if (isAttached(given) && question.calculation === undefined) return attached.push(given.file) - 1;
  const answer = answerOf(question, text);
  return Array.isArray(answer) ? inOrder(filling, question, answer) : answer;
}

/** A set of choices has one way to be written: the list's order. */
function inOrder({ form }: Filling, { list = "" }: Question, names: readonly string[]): Given {
  return (form.choices[list] ?? []).map(({ name }) => name).filter((name) => names.includes(name));
}
