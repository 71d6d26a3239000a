/** The tree of a form, and the answers of its repeats. */
import type { Answers } from "./answers";
import type { FormItem } from "./form";
import { QUESTION_TYPES } from "./question-types";

/** An item of the form with its position in the tree. `repeats`: the repeats around it, outermost first. */
export interface FormNode {
  readonly id: number;
  readonly item: FormItem;
  readonly name: string;
  readonly parent: FormNode | null;
  readonly repeats: readonly FormNode[];
  readonly children: readonly FormNode[];
}

/** The form's own answers, or those of one instance of a repeat. */
export class Instance {
  readonly texts: string[] = [];
  readonly relevant: boolean[] = [];
  readonly instances = new Map<number, readonly Instance[]>();
  index = 0;

  constructor(
    readonly answers: Answers,
    readonly repeat: FormNode | null,
    readonly parent: Instance | null,
    readonly depth: number,
  ) {}
}

/** The questions of these items and of groups in them, without those of repeats. */
export function* questionsOf(nodes: readonly FormNode[]): Generator<FormNode> {
  for (const node of nodes) {
    if ("q" in node.item) yield node;
    else if ("group" in node.item) yield* questionsOf(node.children);
  }
}

export function isAttachmentQuestion({ item }: FormNode): boolean {
  return "q" in item && QUESTION_TYPES[item.type].isAttachment === true;
}

/** The instance that holds the relevance of the item around `node`. */
export function parentInstance(instance: Instance, { parent }: FormNode): Instance {
  return parent && "repeat" in parent.item ? (instance.parent as Instance) : instance;
}
