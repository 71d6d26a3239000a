/** Offers a new version of the app: it waits for a tap, and never reloads over what someone is writing. */
import { button, element } from "../../ui/dom";
import { t } from "../../ui/i18n";

/** Offers a new version as soon as one waits. */
export function watchUpdates(registration: ServiceWorkerRegistration): void {
  const offerWaiting = () => {
    if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  };
  offerWaiting();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", offerWaiting);
  });
  let controller = navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (controller) takeOver(); // the first worker of all takes over silently
    controller = navigator.serviceWorker.controller;
  });
}

function offer(worker: ServiceWorker): void {
  const update = button(t("Mettre à jour"), () => worker.postMessage("update"));
  toast(t("Une nouvelle version de l’application est prête."), update);
}

/** Reloads the page once the new version is active, unless something is being written. */
function takeOver(): void {
  if (!isWriting()) location.reload();
  else
    toast(
      t("La nouvelle version est en place. Finissez d’écrire, puis rechargez la page."),
      button(t("Recharger"), () => location.reload()),
    );
}

/** True if a field contains words that reloading would lose. A search is in the address; ticks are saved at once. */
export function isWriting(): boolean {
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("textarea, input");
  return [...fields].some((field) => !KEPT.has(field.type) && field.value !== field.defaultValue);
}

const KEPT: ReadonlySet<string> = new Set(["search", "hidden", "checkbox", "radio"]);

let currentToast: HTMLElement | null = null;

function toast(sentence: string, action: HTMLElement): void {
  currentToast?.remove();
  const box = element(
    "div",
    { class: "toast", role: "alertdialog", "aria-label": sentence },
    element("p", {}, sentence),
    action,
  );
  box.append(button(t("Plus tard"), () => box.remove(), { class: "quiet" }));
  document.body.append(box);
  currentToast = box;
}
