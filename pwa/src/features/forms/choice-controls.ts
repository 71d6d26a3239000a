/** Controls of choices: radio buttons or checkboxes whose whole line is the target, or a menu if `minimal`. */
import type { Choice } from "../../protocol/form";
import { element, fill, pictogram } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { ChoiceSearch, isLongList } from "./choice-search";
import type { Control, ControlContext } from "./control";

export function selectOneControl(context: ControlContext): Control {
  const { question, formState } = context;
  const isMenu = question.appearance?.includes("minimal") && !isLongList(formState.form, question);
  return isMenu ? selectMenu(context) : buttonList(context, "radio");
}

export function selectMultipleControl(context: ControlContext): Control {
  return buttonList(context, "checkbox");
}

function buttonList(context: ControlContext, type: "radio" | "checkbox"): Control {
  const { formState, instance, node, id, change } = context;
  const appearance = context.question.appearance ?? [];
  const isRow = appearance.includes("horizontal") || appearance.includes("likert") || appearance.includes("compact");
  const list = element("div", { id, class: isRow ? "choices row" : "choices" });
  let offered: readonly Choice[] = [];
  const search = new ChoiceSearch(id, (choice) => formState.renderText(choice.label, context.lang, instance, node));
  const chosen = (): Set<string> => new Set(currentText(context).split(" "));
  const changeAnswer = ({ value, checked }: HTMLInputElement): void => {
    const marked = type === "radio" ? new Set<string>() : chosen();
    if (checked) marked.add(value);
    else marked.delete(value);
    const names = [...new Set(offered.map(({ name }) => name))].filter((name) => marked.has(name));
    void change(names.length === 0 ? undefined : type === "radio" ? names[0] : names);
  };
  const fillList = (): void => {
    const marked = chosen();
    const { shown, sentence } = search.choose(offered, marked);
    fill(
      list,
      ...shown.map((choice, index) => choiceLine(context, choice, type, marked.has(choice.name), index, changeAnswer)),
    );
    if (offered.length === 0) list.append(element("p", {}, t("Rien à choisir ici avec vos réponses précédentes.")));
    if (sentence) list.append(element("p", { role: "status" }, sentence));
  };
  const show = (): void => {
    const now = formState.choicesFor(instance, node);
    if (now.length === offered.length && now.every((choice, index) => choice === offered[index])) return;
    offered = now;
    search.show(offered.length);
    fillList();
  };
  search.whenTyped(fillList);
  show();
  if (offered.length === 0) fillList();
  return {
    element: element("div", {}, search.element, list),
    isSet: true,
    focus: () => list.querySelector<HTMLElement>("input:checked, input")?.focus(),
    refresh: show,
  };
}

function choiceLine(
  { formState, instance, node, lang, id, describedBy, renderMedia }: ControlContext,
  choice: Choice,
  type: string,
  checked: boolean,
  index: number,
  changeAnswer: (input: HTMLInputElement) => void,
): HTMLElement {
  const input = element("input", {
    type,
    name: id,
    value: choice.name,
    id: `${id}-${index}`,
    autocomplete: "off",
    "aria-describedby": describedBy,
  });
  input.checked = checked;
  input.addEventListener("change", () => changeAnswer(input));
  const label = formState.renderText(choice.label, lang, instance, node);
  return element(
    "label",
    {},
    input,
    ...(choice.pictogram ? [pictogram(choice.pictogram)] : []),
    ...renderMedia(choice.media, label, (texts) => formState.renderText(texts, lang, instance, node)),
    element("span", {}, label),
  );
}

function selectMenu(context: ControlContext): Control {
  const { formState, instance, node, lang, id, describedBy, change } = context;
  const field = element("select", { id, autocomplete: "off", "aria-describedby": describedBy });
  let offered: readonly Choice[] | null = null;
  const show = (): void => {
    const now = formState.choicesFor(instance, node);
    if (offered && now.length === offered.length && now.every((choice, index) => choice === offered?.[index])) return;
    offered = now;
    const options = now.map((choice) =>
      element("option", { value: choice.name }, formState.renderText(choice.label, lang, instance, node)),
    );
    fill(field, element("option", { value: "" }, t("Choisissez")), ...options);
    field.value = currentText(context);
  };
  show();
  field.addEventListener("change", () => void change(field.value || undefined));
  return { element: field, isSet: false, focus: () => field.focus(), refresh: show };
}

export function acknowledgeControl({ id, describedBy, answer, change }: ControlContext): Control {
  const input = element("input", { type: "checkbox", id, autocomplete: "off", "aria-describedby": describedBy });
  input.checked = answer === true;
  input.addEventListener("change", () => void change(input.checked ? true : undefined));
  const box = element("div", { class: "choices" }, element("label", {}, input, element("span", {}, t("Oui"))));
  return { element: box, isSet: true, isConsent: true, focus: () => input.focus() };
}

/** The answer's text, without choices that are no longer offered. */
function currentText({ formState, instance, node }: ControlContext): string {
  return formState.textOf(instance, node);
}
