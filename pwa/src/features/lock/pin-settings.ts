/** Sets, changes and removes the PIN, and explains what it protects against. */
import { LONG } from "../../crypto/pin";
import { caseDrafts, dropCaseWords } from "../../fieldwork/case-file";
import type { FieldSession } from "../../fieldwork/field-session";
import { button, element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { choosePinForm } from "../../ui/pin-form";
import { lockVault, lockWhenIdle, quickExitButton, requireUnlock } from "../../ui/unlock";

const SHORTEST = 4;

export function pinSection(fieldSession: FieldSession, refresh: () => void): HTMLElement[] {
  const { vault, fieldwork } = fieldSession;
  const dialog = element("div");
  const ask = async (work: (shortest: number) => HTMLElement) => {
    await requireUnlock(dialog, vault);
    lockWhenIdle(vault, refresh);
    const hasCases = (await caseDrafts(fieldwork)).length > 0;
    fill(dialog, work(hasCases ? LONG : SHORTEST));
  };
  const lock = () => {
    lockVault(vault);
    refresh();
  };
  const buttons = vault.hasPin
    ? [
        button(t("Changer le code"), () => void ask((shortest) => choosePinForm(vault, shortest, refresh)), {
          class: "quiet",
        }),
        button(t("Enlever le code"), () => void ask(() => removePinConfirmation(fieldSession, refresh)), {
          class: "quiet",
        }),
        ...(vault.isOpen
          ? [button(t("Fermer maintenant"), lock, { class: "quiet" }), quickExitButton(() => lockVault(vault))]
          : []),
      ]
    : [button(t("Mettre un code"), () => void ask((shortest) => choosePinForm(vault, shortest, refresh)))];
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

function removePinConfirmation({ vault, fieldwork }: FieldSession, refresh: () => void): HTMLElement {
  const remove = async (): Promise<void> => {
    await dropCaseWords(fieldwork, vault);
    await vault.changePin(null);
    refresh();
  };
  return element(
    "p",
    {},
    t("Les fiches commencées seront lisibles par qui tient ce téléphone. "),
    t("Des dossiers de plainte, il ne restera que la liste des étapes. "),
    button(t("Oui, enlever le code"), () => void remove()),
  );
}
