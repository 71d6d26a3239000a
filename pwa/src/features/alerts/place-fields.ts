/** The places that a phone follows: one list, and another below it for each further place. */
import { element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { labelledField, select } from "./choice-list";

const MAX_PLACES = 4; // the server takes no more: a long list would tell one phone from all others

export function placeFields(
  places: readonly (readonly [string, string])[],
  followed: readonly string[],
): { fields: HTMLElement; read: () => string[] } {
  const fields = element("div");
  let chosen = followed.filter((code) => places.some(([value]) => value === code));
  const show = () => {
    const rows = chosen.length < Math.min(MAX_PLACES, places.length) || !chosen.length ? [...chosen, ""] : chosen;
    fill(fields, ...rows.map(row));
    if (chosen.length > 1) {
      const caution = t("Ce site garde aussi ces endroits. Plus il y en a, plus ils peuvent dire qui vous êtes.");
      fields.append(element("p", {}, element("small", {}, caution)));
    }
  };
  const row = (code: string, index: number) => {
    const none =
      index === 0 && chosen.length < 2 ? t("Tout le pays") : code ? t("Enlever cet endroit") : t("Aucun autre");
    const others = places.filter(([value]) => value === code || !chosen.includes(value));
    const list = select([["", none], ...others], code);
    list.addEventListener("change", () => {
      const values = [...chosen];
      values[index] = list.value;
      chosen = values.filter(Boolean);
      show();
      fields.querySelectorAll("select")[Math.min(index, chosen.length)]?.focus();
    });
    return labelledField(index ? t("Et pour quel autre endroit ?") : t("Pour quel endroit ?"), list);
  };
  show();
  return { fields, read: () => chosen };
}
