/** The switch between the languages of a form: the questions change, the page around them stays. */
import type { Form } from "../../protocol/form";
import { element } from "../../ui/dom";
import { t } from "../../ui/i18n";

/** The form's languages by code, each with its own name, which the page's element says (PROTOCOL.md, section 8). */
export function languageNames(host: HTMLElement, { languages }: Form): ReadonlyMap<string, string> {
  const named = new Map((host.dataset.languages ?? "").split("|").map((pair) => pair.split(":") as [string, string]));
  return new Map(languages.map((code) => [code, named.get(code) ?? code]));
}

/** `languages`: by code, each with its own name. */
export function languageSwitch(
  languages: ReadonlyMap<string, string>,
  current: string,
  onSwitch: (lang: string) => void,
): HTMLElement {
  const field = element(
    "select",
    { autocomplete: "off", "aria-label": t("Langue des questions") },
    ...[...languages].map(([code, name]) => element("option", { value: code, lang: code }, name)),
  );
  field.value = current;
  field.addEventListener("change", () => onSwitch(field.value));
  return field;
}
