/** Lists of which one choice is taken, and fields with their label. */
import { element } from "../../ui/dom";

export function select(values: readonly (readonly [string, string])[], selected: string): HTMLSelectElement {
  const options = values.map(([value, label]) => element("option", { value, selected: value === selected }, label));
  return element("select", {}, ...options);
}

export function labelledField(label: string, field: HTMLElement): HTMLElement {
  return element("p", {}, element("label", {}, element("b", {}, label), element("br"), field));
}
