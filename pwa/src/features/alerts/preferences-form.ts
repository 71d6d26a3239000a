/** The form of alert preferences: severity, places, and topics whose notices are pushed. */
import type { AlertPreferences } from "../../db/store-contract";
import { element } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { labelledField, select } from "./choice-list";
import { placeFields } from "./place-fields";

const ALERTS = "alerts";
const LEAST = "Minor";

export function preferencesForm(
  options: readonly HTMLDataListElement[],
  preferences: AlertPreferences | null | undefined,
): { form: HTMLElement; read: () => AlertPreferences } {
  const severity = select(valuesOf(options, "severities"), preferences?.severity ?? LEAST);
  const places = placeFields(valuesOf(options, "regions"), preferences?.regions ?? [preferences?.region ?? ""]);
  const topics = valuesOf(options, "topics").map(
    ([value, label]) => [value, checkbox(label, preferences?.topics.includes(value) === true)] as const,
  );
  const form = element(
    "div",
    {},
    labelledField(t("Quelles alertes ?"), severity),
    places.fields,
    element(
      "fieldset",
      { class: "question choices" },
      element("legend", {}, element("b", {}, t("Et aussi"))),
      ...topics.map(([, { label }]) => label),
    ),
  );
  const read = () => {
    const [region = "", ...others] = places.read();
    return {
      topics: [ALERTS, ...topics.filter(([, { box }]) => box.checked).map(([value]) => value)],
      ...(others.length ? { region: "", regions: [region, ...others] } : { region }),
      severity: severity.value || LEAST, // pages of an older edition offer no choice
    };
  };
  return { form, read };
}

function valuesOf(options: readonly HTMLDataListElement[], name: string): (readonly [string, string])[] {
  const list = options.find(({ id }) => id === name);
  return [...(list?.options ?? [])].map((option) => [option.value, option.text] as const);
}

function checkbox(text: string, checked: boolean): { label: HTMLElement; box: HTMLInputElement } {
  const box = element("input", { type: "checkbox", checked });
  return { box, label: element("label", {}, box, element("span", {}, text)) };
}
