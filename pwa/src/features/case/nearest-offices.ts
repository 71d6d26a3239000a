/** Offices in the order of their distance from a person's region, in a step of a case and on the page of the offices. */
import { officeDistance } from "../../protocol/office-distance";
import { element } from "../../ui/dom";
import { t } from "../../ui/i18n";
import type { CaseScreens } from "./case-screens";

/** Puts offices after an element, the nearest first; returns the nearest if it is in the region. */
export function placeOffices(before: Element, offices: Iterable<HTMLElement>, region: string): HTMLElement | null {
  const distance = ({ dataset }: HTMLElement) => officeDistance(dataset.places?.split(" ") ?? [], region);
  const sorted = [...offices].sort((one, other) => distance(one) - distance(other));
  for (const office of [...sorted].reverse()) before.after(office);
  const [nearest] = sorted;
  return nearest && distance(nearest) === 0 ? nearest : null;
}

export function noneInRegion(): string {
  return t("Pas de bureau connu dans votre région. Voici ceux du pays.");
}

/** Names the nearest office of a step with what it receives; nothing where no region is chosen, or the step has no office. */
export function nearestFirst(page: CaseScreens, step: HTMLElement): void {
  const offices = step.querySelectorAll("address");
  const { region } = page;
  if (!region || !offices[0]) return;
  const line = element("p");
  offices[0].before(line);
  const nearest = placeOffices(line, offices, region);
  line.append(nearest ? t("Le plus proche, région {region} :", { region: page.regionName(region) }) : noneInRegion());
  const harms = (nearest?.dataset.receives?.split(" ") ?? []).map(
    (harm) => page.harms.querySelector(`[data-harm="${harm}"]`)?.textContent,
  );
  nearest?.after(
    element("p", {}, element("small", {}, t("Reçoit les plaintes pour : {harms}", { harms: harms.join(" ; ") }))),
  );
}
