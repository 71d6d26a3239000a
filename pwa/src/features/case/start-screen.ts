/** The cases of this phone, under names that tell nothing. */
import { CaseFile, dropCases } from "../../fieldwork/case-file";
import { confirmButton } from "../../ui/confirmation";
import { element, pictogram } from "../../ui/dom";
import { formatDay, t } from "../../ui/i18n";
import { requireUnlock } from "../../ui/unlock";
import { type CaseScreens, actionLink, actionRow, backButton } from "./case-screens";
import { forgetReminders } from "./phone-reminder";

/** The way to the cases, above the harms. */
export function casesLink(page: CaseScreens): HTMLElement {
  return actionLink("lock", t("Mes dossiers"), () => void page.show("cases"), { class: "go", "data-cases": "" });
}

/** The list of cases; asks for the PIN in `host` first, if there is one. */
export async function casesScreen(page: CaseScreens, host: HTMLElement): Promise<HTMLElement> {
  const { fieldwork, store, vault } = page.session;
  await requireUnlock(host, vault);
  const cases = await CaseFile.all(fieldwork, vault);
  const rows = cases.map((each) => actionRow("note", caseName(each), () => void page.open(each.id)));
  const eraseAll = () => {
    page.region = undefined;
    void Promise.all([dropCases(fieldwork), forgetReminders(store)]).then(() => page.showStart());
  };
  return element(
    "div",
    {},
    element("h2", { tabindex: -1 }, pictogram("lock"), t("Mes dossiers")),
    element("ul", { class: "rows" }, ...rows),
    element("p", {}, confirmButton(t("Effacer tous les dossiers"), t("Oui, tout effacer"), eraseAll)),
    backButton(page),
  );
}

/** "Dossier 2, 3 novembre 2026": nothing that says what it is about. */
export function caseName({ content, begun }: CaseFile): string {
  return t("Dossier {n}, {day}", { n: content.number, day: formatDay(begun) });
}
