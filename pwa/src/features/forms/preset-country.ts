/** Answers the question of the country in a new form, where the channel says it: nobody is asked what is known. */
import type { Question } from "../../protocol/form";
import { questionsOf } from "../../protocol/form-nodes";
import type { FormState } from "../../protocol/form-state";

const COUNTRY = /^[A-Z]{2}$/;

/** `channel`: `fr-ML`. A question asks for a country if all its choices are country codes. */
export function presetCountry(formState: FormState, channel: string): void {
  const country = channel.split("-")[1] ?? "";
  for (const node of questionsOf(formState.nodes)) {
    const { type, list, filter } = node.item as Question;
    const names = (list === undefined ? [] : (formState.form.choices[list] ?? [])).map(({ name }) => name);
    const isCountry = names.includes(country) && names.every((name) => COUNTRY.test(name));
    if (type === "select_one" && filter === undefined && isCountry && formState.root.answers[node.name] === undefined)
      formState.setAnswer(formState.root, node, country);
  }
}
