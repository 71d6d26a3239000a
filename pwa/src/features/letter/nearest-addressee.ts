/** The addressee of a letter where its step has several offices: the one of the region that the case knows. */
import { officeDistance } from "../../protocol/office-distance";

/** Names the first office of the region in place of the one that the page names, and puts it first in the list. */
export function addressNearest(letter: HTMLElement, region: string): void {
  const offices = [...document.querySelectorAll<HTMLElement>("main address")];
  const nearest = offices.find(({ dataset }) => officeDistance(dataset.places?.split(" ") ?? [], region) === 0);
  const named = offices[0];
  if (!named || !nearest || nearest === named) return;
  const [before, after] = [nameOf(named), nameOf(nearest)];
  for (const node of [...letter.childNodes]) {
    if (node.nodeType !== Node.TEXT_NODE || !node.textContent?.includes(before)) continue;
    node.textContent = node.textContent.replace(before, () => after);
    named.before(nearest);
  }
}

function nameOf(office: HTMLElement): string {
  return office.querySelector("b")?.textContent ?? "";
}
