/** Sets, changes and removes the PIN, and explains what it protects against. */
import type { FieldSession } from "../../fieldwork/field-session";
import { button, element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { labelFor, lockVault, lockWhenIdle, quickExitButton, requireUnlock } from "../../ui/unlock";

const SHORTEST = 4;

export function pinSection(fieldSession: FieldSession, refresh: () => void): HTMLElement[] {
  const { vault } = fieldSession;
  const dialog = element("div");
  const ask = async (work: () => HTMLElement) => {
    await requireUnlock(dialog, vault);
    lockWhenIdle(vault, refresh);
    fill(dialog, work());
  };
  const lock = () => {
    lockVault(vault);
    refresh();
  };
  const buttons = vault.hasPin
    ? [
        button(t("Changer le code"), () => void ask(() => choosePinForm(fieldSession, refresh)), { class: "quiet" }),
        button(t("Enlever le code"), () => void ask(() => removePinConfirmation(fieldSession, refresh)), {
          class: "quiet",
        }),
        ...(vault.isOpen
          ? [button(t("Fermer maintenant"), lock, { class: "quiet" }), quickExitButton(() => lockVault(vault))]
          : []),
      ]
    : [button(t("Mettre un code"), () => void ask(() => choosePinForm(fieldSession, refresh)))];
  const honest = t(
    "Le code protège les fiches commencées contre qui emprunte ce téléphone. Il n’arrête pas un spécialiste qui tient le téléphone entre ses mains. Une fiche finie et scellée, personne ne la lit sur ce téléphone.",
  );
  return [
    element("h2", {}, t("Code de l’application")),
    element(
      "p",
      {},
      vault.hasPin
        ? t("Un code est mis.")
        : t("Aucun code : qui tient ce téléphone déverrouillé peut lire les fiches commencées."),
    ),
    element("p", {}, ...buttons),
    dialog,
    element("p", {}, element("small", {}, honest)),
  ];
}

function choosePinForm({ vault }: FieldSession, refresh: () => void): HTMLElement {
  const first = pinField("pin-new");
  const repeated = pinField("pin-again");
  const status = element("p", { role: "alert" });
  const save = element("button", {}, t("Garder ce code"));
  const form = element(
    "form",
    { autocomplete: "off" },
    labelFor("pin-new", t("Nouveau code, quatre signes au moins")),
    first,
    labelFor("pin-again", t("Encore une fois")),
    repeated,
    status,
    save,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (first.value.length < SHORTEST) {
      status.textContent = t("Prenez quatre signes au moins. Plus long est plus sûr.");
      return;
    }
    if (first.value !== repeated.value) {
      status.textContent = t("Les deux codes ne sont pas les mêmes.");
      return;
    }
    save.disabled = true;
    status.textContent = t("Un instant…");
    void vault.changePin(first.value).then(() => {
      lockWhenIdle(vault, refresh);
      refresh();
    });
  });
  const warning = element(
    "p",
    { class: "note" },
    t("Code oublié, fiches commencées perdues : personne ne peut le retrouver."),
  );
  return element("div", {}, warning, form);
}

function removePinConfirmation({ vault }: FieldSession, refresh: () => void): HTMLElement {
  return element(
    "p",
    {},
    t("Les fiches commencées seront lisibles par qui tient ce téléphone. "),
    button(t("Oui, enlever le code"), () => void vault.changePin(null).then(refresh)),
  );
}

function pinField(id: string): HTMLInputElement {
  return element("input", { id, type: "password", inputmode: "numeric", autocomplete: "new-password", required: true });
}
