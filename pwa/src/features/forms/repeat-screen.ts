/** The screen of a repeat: its instances, adding and removing them, and the question before a needed one is passed. */
import type { FormItem, Repeat } from "../../protocol/form";
import type { FormNode, Instance } from "../../protocol/form-nodes";
import type { FormState } from "../../protocol/form-state";
import { confirmButton } from "../../ui/confirmation";
import { button, element } from "../../ui/dom";
import { t } from "../../ui/i18n";

export interface RepeatScreenContext {
  readonly formState: FormState;
  readonly lang: string;
  readonly instance: Instance;
  readonly node: FormNode;
  readonly open: (child: Instance) => void;
  readonly add: () => void;
  readonly remove: (index: number) => void;
}

export function repeatScreen(context: RepeatScreenContext): HTMLElement {
  const { formState, instance, node, open, add, remove } = context;
  const label = repeatLabel(context);
  const instances = formState.instancesOf(instance, node);
  const rows = instances.map((child, index) => {
    const name = t("{label} {n}", { label, n: index + 1 });
    const openButton = button(name, () => open(child), { class: "quiet" });
    const removeButton = confirmButton(t("Enlever : {name}", { name }), t("Oui, enlever"), () => remove(index));
    return element("li", {}, element("p", {}, openButton, removeButton));
  });
  const sentence =
    instances.length === 0 ? t("Ajouter : {label}", { label }) : t("Ajouter encore : {label}", { label });
  return element(
    "div",
    { class: "question", tabindex: -1 },
    element("h2", {}, label),
    element("ul", { class: "rows" }, ...rows),
    element("p", {}, button(sentence, add)),
  );
}

/** True if the repeat has no instance, though one would have required questions: people must say that there is none. */
export function asksForInstance(formState: FormState, instance: Instance, node: FormNode): boolean {
  return formState.instancesOf(instance, node).length === 0 && hasRequired((node.item as Repeat).items);
}

/** The question whether there is one to add. */
export function addOneQuestion(context: RepeatScreenContext, onNone: () => void): HTMLElement {
  const label = repeatLabel(context);
  return element(
    "div",
    { class: "question", tabindex: -1 },
    element("h2", {}, t("Ajouter : {label} ?", { label })),
    element("p", {}, t("Rien n’est ajouté encore. Ces questions attendent une réponse.")),
    element("p", {}, button(t("Oui, ajouter"), context.add), button(t("Non, aucun"), onNone, { class: "quiet" })),
  );
}

function repeatLabel({ formState, lang, instance, node }: RepeatScreenContext): string {
  return formState.renderText((node.item as Repeat).label, lang, instance, node) || node.name;
}

function hasRequired(items: readonly FormItem[]): boolean {
  return items.some((item) => ("q" in item ? item.required !== undefined : "group" in item && hasRequired(item.items)));
}
