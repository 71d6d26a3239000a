/** The form of alert preferences: severity, region, and topics whose notices are pushed. */
import type { AlertPreferences } from "../../db/store-contract";
import { element } from "../../ui/dom";
import { t } from "../../ui/i18n";

const ALERTS = "alerts";
const TESTS = "tests";

export function preferencesForm(
  options: readonly HTMLDataListElement[],
  preferences: AlertPreferences | null | undefined,
): { form: HTMLElement; read: () => AlertPreferences } {
  const severity = select(
    [
      ["Minor", t("Toutes les alertes")],
      ["Moderate", t("Les dangers possibles et graves")],
      ["Severe", t("Seulement les dangers graves")],
      ["Extreme", t("Seulement les dangers de mort")],
    ],
    preferences?.severity ?? "Minor",
  );
  const region = select([["", t("Tout le pays")], ...valuesOf(options, "regions")], preferences?.region ?? "");
  const topics = [
    ...valuesOf(options, "topics"),
    [TESTS, t("Les essais (pour les personnes qui préparent les alertes)")] as const,
  ].map(([value, label]) => [value, checkbox(label, preferences?.topics.includes(value) === true)] as const);
  const form = element(
    "div",
    {},
    labelledField(t("Quelles alertes ?"), severity),
    labelledField(t("Pour quel endroit ?"), region),
    element(
      "fieldset",
      { class: "question choices" },
      element("legend", {}, element("b", {}, t("Et aussi"))),
      ...topics.map(([, { label }]) => label),
    ),
  );
  const read = () => ({
    topics: [ALERTS, ...topics.filter(([, { box }]) => box.checked).map(([value]) => value)],
    region: region.value,
    severity: severity.value,
  });
  return { form, read };
}

function valuesOf(options: readonly HTMLDataListElement[], name: string): (readonly [string, string])[] {
  const list = options.find(({ id }) => id === name);
  return [...(list?.options ?? [])].map((option) => [option.value, option.text] as const);
}

function select(values: readonly (readonly [string, string])[], selected: string): HTMLSelectElement {
  const options = values.map(([value, label]) => element("option", { value, selected: value === selected }, label));
  return element("select", {}, ...options);
}

function labelledField(label: string, field: HTMLElement): HTMLElement {
  return element("p", {}, element("label", {}, element("b", {}, label), element("br"), field));
}

function checkbox(text: string, checked: boolean): { label: HTMLElement; box: HTMLInputElement } {
  const box = element("input", { type: "checkbox", checked });
  return { box, label: element("label", {}, box, element("span", {}, text)) };
}
