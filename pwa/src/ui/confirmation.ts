/** Buttons of deeds that destroy: the question stands on a line of its own, and its yes is deaf for a second. */
import { button, element } from "./dom";
import { t } from "./i18n";

const DEAF_TIME = 1_000; // ms: longer than a double tap

/** A button that asks below itself before `onYes`. `yes`: what will happen, as the label of the deed. */
export function confirmButton(label: string, yes: string, onYes: () => void): HTMLElement {
  const first = button(label, () => ask(), { class: "quiet" });
  const host = element("span", {}, first);
  const ask = (): void => {
    first.disabled = true;
    const keep = button(t("Non, garder"), () => close(), { class: "quiet" });
    const confirm = button(yes, onYes);
    confirm.disabled = true;
    const timer = setTimeout(() => {
      confirm.disabled = false;
    }, DEAF_TIME);
    const question = element("p", { class: "note", role: "group", "aria-label": label }, keep, " ", confirm);
    const close = (): void => {
      clearTimeout(timer);
      question.remove();
      first.disabled = false;
      first.focus();
    };
    (host.closest("p") ?? host).after(question);
    keep.focus();
  };
  return host;
}
