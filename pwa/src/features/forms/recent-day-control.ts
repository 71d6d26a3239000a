/** The control of a day that people remember: today, yesterday, before, or not known; a calendar only for before. */
import { dateText, parseDateTime } from "../../protocol/conversions";
import { element } from "../../ui/dom";
import { t } from "../../ui/i18n";
import type { Control, ControlContext } from "./control";
import { dateControl } from "./typed-controls";

export function recentDayControl(context: ControlContext): Control {
  const { formState, id, answer, describedBy, change } = context;
  const { today } = formState.time;
  const yesterday = dateText((parseDateTime(today)?.days ?? 0) - 1);
  const calendar = dateControl({ ...context, id: `${id}-date` });
  const before = element("div", {}, element("label", { for: `${id}-date` }, t("Quel jour ?")), calendar.element);
  const lines = [
    { label: t("Aujourd’hui"), day: today },
    { label: t("Hier"), day: yesterday },
    { label: t("Avant"), day: null },
    { label: t("Je ne sais pas"), day: undefined },
  ].map(({ label, day }, index) => {
    const attributes = { type: "radio", name: id, id: `${id}-${index}`, "aria-describedby": describedBy };
    const input = element("input", { ...attributes, autocomplete: "off" });
    input.checked = day === null ? answer !== undefined && answer !== today && answer !== yesterday : day === answer;
    if (day === undefined) input.checked = false; // nobody has said so yet
    input.addEventListener("change", () => {
      before.hidden = day !== null;
      // The calendar gives its own day, or none: never the one that was tapped before.
      if (day === null) calendar.element.dispatchEvent(new Event("input"));
      else void change(day);
    });
    if (day === null) before.hidden = !input.checked;
    return element("label", {}, input, element("span", {}, label));
  });
  const list = element("div", { id, class: "choices" }, ...lines);
  return {
    element: element("div", {}, list, before),
    isSet: true,
    saysUnknown: true,
    focus: () => list.querySelector<HTMLElement>("input:checked, input")?.focus(),
  };
}
