/** The page of the offices: those of one's region first. The region is a kept case's, or stays on this page. */
import { regionOfCases } from "../../fieldwork/case-file";
import type { FieldSession } from "../../fieldwork/field-session";
import { element } from "../../ui/dom";
import { noneInRegion, placeOffices } from "./nearest-offices";

/** `choice`: the list of regions, which the page hides behind links to those that have an office. */
export async function mountDirectory(
  host: HTMLElement,
  choice: HTMLSelectElement,
  { fieldwork, vault }: FieldSession,
): Promise<void> {
  delete host.dataset.feature; // what stands here is read aloud like the rest of the page
  const line = choice.closest("p") as HTMLElement;
  const links = line.previousElementSibling as HTMLElement;
  const status = element("p", { role: "status" });
  line.after(status);
  const arrange = (): void => {
    const nearest = placeOffices(status, host.querySelectorAll("section"), choice.value);
    status.textContent = choice.value && !nearest ? noneInRegion() : "";
  };
  choice.addEventListener("change", arrange);
  choice.value = (await regionOfCases(fieldwork, vault)) ?? "";
  line.hidden = false;
  links.hidden = true;
  arrange();
}
