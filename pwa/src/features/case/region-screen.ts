/** The screen on which a person chooses their region, or not to say it. */
import { type CaseScreens, backButton } from "./case-screens";

export function regionScreen(page: CaseScreens): HTMLElement {
  const screen = page.broughtScreen("region");
  screen.addEventListener("click", (event) => {
    const code = (event.target as Element).closest("a")?.dataset.region;
    if (code === undefined) return;
    event.preventDefault();
    void page.chooseRegion(code);
  });
  screen.append(backButton(page));
  return screen;
}
