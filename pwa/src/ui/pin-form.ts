/** The form with which a person chooses a PIN. Used by the settings and by cases. */
import type { Vault } from "../fieldwork/vault";
import { element } from "./dom";
import { t } from "./i18n";
import { labelFor, lockWhenIdle } from "./unlock";

/** The form of a new PIN with at least `shortest` signs; then locks when idle, and calls `onDone` now and on locking. */
export function choosePinForm(vault: Vault, shortest: number, onDone: () => void, onLock = onDone): HTMLElement {
  const first = pinField("pin-new");
  const repeated = pinField("pin-again");
  const status = element("p", { role: "alert" });
  const save = element("button", {}, t("Garder ce code"));
  const form = element(
    "form",
    { autocomplete: "off" },
    labelFor("pin-new", t("Nouveau code, {n} signes au moins", { n: shortest })),
    first,
    labelFor("pin-again", t("Encore une fois")),
    repeated,
    status,
    save,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (first.value.length < shortest) {
      status.textContent = t("Prenez {n} signes au moins. Plus long est plus sûr.", { n: shortest });
      return;
    }
    if (first.value !== repeated.value) {
      status.textContent = t("Les deux codes ne sont pas les mêmes.");
      return;
    }
    save.disabled = true;
    status.textContent = t("Un instant…");
    void vault.changePin(first.value).then(() => {
      lockWhenIdle(vault, onLock);
      onDone();
    });
  });
  const warning = element(
    "p",
    { class: "note" },
    t("Code oublié, fiches commencées perdues : personne ne peut le retrouver."),
  );
  return element("div", {}, warning, form);
}

function pinField(id: string): HTMLInputElement {
  return element("input", { id, type: "password", inputmode: "numeric", autocomplete: "new-password", required: true });
}
