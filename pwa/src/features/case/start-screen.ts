/** The cases of this phone above the list of harms, under names that tell nothing. */
import { CaseFile, caseDrafts, dropCases } from "../../fieldwork/case-file";
import { confirmButton } from "../../ui/confirmation";
import { button, element, fill, pictogram } from "../../ui/dom";
import { formatDay, t } from "../../ui/i18n";
import { requireUnlock } from "../../ui/unlock";
import type { CaseScreens } from "./case-screens";

/** The part with the cases; null for none. */
export async function startParts(page: CaseScreens): Promise<HTMLElement | null> {
  const { fieldwork, vault } = page.session;
  const drafts = await caseDrafts(fieldwork);
  if (drafts.length === 0) return null;
  const part = element("div", { "data-cases": true });
  if (!vault.isOpen) {
    const open = () => void requireUnlock(part, vault).then(() => page.showStart());
    part.append(
      element("p", {}, t("Un dossier ou plus est fermé par votre code.")),
      element("p", {}, button(t("Ouvrir mes dossiers"), open)),
    );
    return part;
  }
  const cases = await CaseFile.all(fieldwork, vault);
  const rows = cases.map((each) => {
    const link = element("a", { href: `#case=${each.id}` }, pictogram("note"), element("span", {}, caseName(each)));
    link.addEventListener("click", (event) => {
      event.preventDefault();
      void page.open(each.id);
    });
    return element("li", {}, link);
  });
  const eraseAll = () => void dropCases(fieldwork).then(() => page.showStart());
  fill(
    part,
    element("h2", {}, t("Mes dossiers")),
    element("ul", { class: "rows" }, ...rows),
    element("p", {}, confirmButton(t("Effacer tous les dossiers"), t("Oui, tout effacer"), eraseAll)),
    element("h2", {}, t("Un autre dossier")),
  );
  return part;
}

/** "Dossier 2, 3 novembre 2026": nothing that says what it is about. */
export function caseName({ content, begun }: CaseFile): string {
  return t("Dossier {n}, {day}", { n: content.number, day: formatDay(begun) });
}
