/** Offers the PIN before the first word is kept, and says what somebody who holds this phone can see. */
import { LONG } from "../../crypto/pin";
import type { CaseFile } from "../../fieldwork/case-file";
import { element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { choosePinForm } from "../../ui/pin-form";
import { requireUnlock } from "../../ui/unlock";
import { type CaseScreens, actionRow, backButton } from "./case-screens";

export function protectionScreen(page: CaseScreens): HTMLElement {
  const { current, session } = page;
  const { vault } = session;
  const keep = async (): Promise<void> => {
    await current.keep();
    await page.protected();
  };
  const dialog = element("div");
  const withPin = async (): Promise<void> => {
    await requireUnlock(dialog, vault);
    if (vault.hasLongPin) return keep();
    const explanation = vault.hasPin
      ? t("Votre code est trop court pour un dossier. Choisissez-en un plus long.")
      : t("Ce code ouvrira vos dossiers. Tapez-le deux fois, puis le bouton.");
    fill(
      dialog,
      element("p", {}, explanation),
      choosePinForm(
        vault,
        LONG,
        () => void keep(),
        () => location.reload(),
      ),
    );
    dialog.querySelector("input")?.focus();
  };
  const keepWords = vault.hasLongPin ? t("Garder, sous mon code") : t("Garder, avec un code");
  const offers = [actionRow("lock", keepWords, () => void withPin())];
  if (!vault.hasPin) offers.push(actionRow("note", t("Garder la liste des étapes, sans code"), () => void keep()));
  if (!current.isKept) offers.push(actionRow("false", t("Ne rien garder"), () => void page.protected()));
  const screen = page.broughtScreen("protection");
  screen.append(element("ul", { class: "rows" }, ...offers), dialog, backButton(page));
  return screen;
}

/** The sentence that says what somebody who holds this phone can see of a case. */
export function holderSentence(current: CaseFile): string {
  if (!current.isKept)
    return t(
      "Rien n’est gardé. Fermer cette page efface tout. L’historique du navigateur garde l’adresse de ces pages.",
    );
  if (current.keepsWords)
    return t(
      "Qui tient ce téléphone voit qu’un dossier existe, mais pas ce qu’il contient. L’historique du navigateur garde l’adresse de ces pages.",
    );
  return t(
    "Qui tient ce téléphone peut lire cette liste d’étapes. Aucun de vos mots n’est gardé. L’historique du navigateur garde l’adresse de ces pages.",
  );
}
