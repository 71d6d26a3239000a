/**
 * Which items of a form follow from which others through relevance, calculations, filters and counts: after an answer
 * only those are computed again. Used by form-state.ts.
 */
import type { Expression } from "./expressions";
import type { Form } from "./form";
import type { FormNode } from "./form-nodes";

/** The items whose relevance or value reads an item, by that item's name; null if a form cannot be told so. */
export type Dependents = ReadonlyMap<string, readonly FormNode[]>;

export function findDependents({ choices }: Form, nodes: readonly FormNode[]): Dependents | null {
  const dependents = new Map<string, FormNode[]>();
  // Labels of choices may read answers too, and no expression names those.
  const hasLabelsWithValues = Object.values(choices).some((list) =>
    list.some(({ label }) => Object.values(label).some((text) => typeof text !== "string")),
  );
  let isKnown = true;
  const visit = (expression: Expression | undefined, node: FormNode): void => {
    if (!Array.isArray(expression)) return;
    const [head, ...parts] = expression as readonly Expression[];
    if (head === "$") {
      const readers = dependents.get(parts[0] as string) ?? [];
      if (!readers.includes(node)) dependents.set(parts[0] as string, [...readers, node]);
    } else if ((head === "choice-label" || head === "lookup") && hasLabelsWithValues) {
      isKnown = false;
    } else {
      for (const part of parts) visit(part, node);
    }
  };
  for (const node of walk(nodes)) {
    const { item } = node;
    visit(item.relevant, node);
    if ("q" in item) {
      visit(item.calculation, node);
      visit(item.filter, node);
    } else if ("repeat" in item) visit(item.count, node);
  }
  return isKnown ? dependents : null;
}

function* walk(nodes: readonly FormNode[]): Generator<FormNode> {
  for (const node of nodes) {
    yield node;
    yield* walk(node.children);
  }
}
