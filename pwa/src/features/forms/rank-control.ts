/** The control of a ranking: a tap gives a choice the next rank, another tap takes it away. */
import type { AnswerValue } from "../../protocol/answers";
import { button, element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";
import type { Control, ControlContext } from "./control";

export function rankControl({ formState, instance, node, lang, id, change }: ControlContext): Control {
  const list = element("ul", { id, class: "rows rank" });
  const status = element("p", { role: "status" }, t("Touchez les choix dans votre ordre, le premier d’abord."));
  const ranked = (): string[] => formState.textOf(instance, node).split(" ").filter(Boolean);
  const toggle = (name: string): void => {
    const names = ranked();
    const changed = names.includes(name) ? names.filter((other) => other !== name) : [...names, name];
    void change(changed.length > 0 ? (changed as AnswerValue) : undefined);
  };
  let shown = "";
  const show = (): void => {
    const names = ranked();
    const offered = formState.choicesFor(instance, node);
    const state = [...names, "", ...offered.map(({ name }) => name)].join(" ");
    if (state === shown) return;
    shown = state;
    const focused = [...list.querySelectorAll("button")].indexOf(document.activeElement as HTMLButtonElement);
    const rows = offered.map(({ name, label }) => {
      const rank = names.indexOf(name) + 1;
      const words = formState.renderText(label, lang, instance, node);
      const choose = button("", () => toggle(name), { "aria-pressed": String(rank > 0) });
      choose.append(element("b", {}, rank > 0 ? String(rank) : "·"), words);
      return element("li", {}, choose);
    });
    fill(list, ...rows);
    list.querySelectorAll("button")[focused]?.focus();
  };
  show();
  return {
    element: element("div", {}, status, list),
    isSet: true,
    focus: () => list.querySelector("button")?.focus(),
    refresh: show,
  };
}
