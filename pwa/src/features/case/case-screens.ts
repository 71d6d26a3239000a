/** The contract between the page of a case and its screens. */
import type { CaseFile } from "../../fieldwork/case-file";
import type { FieldSession } from "../../fieldwork/field-session";
import type { Routes } from "../../protocol/path-questions";
import { button, element, pictogram } from "../../ui/dom";
import { t } from "../../ui/i18n";

export interface CaseScreens {
  /** The list of harms, as the page brings it. */
  readonly harms: HTMLElement;
  readonly routes: Routes;
  readonly session: FieldSession;
  /** The case that is shown; an error without one. */
  readonly current: CaseFile;
  /** Goes to a screen, as a step forward: "protection", "plan", "proof", "entry-seen", "printed", … */
  show(screen: string): Promise<void>;
  back(screen: string): void;
  showStart(): Promise<void>;
  /** Opens a kept case where it was. */
  open(id: string): Promise<void>;
  /** Answers a question, and shows the next one, or the end. */
  answer(question: string, answer: "yes" | "no"): Promise<void>;
  /** The code of the person's region, "" where it is not said; undefined before it was asked, or once it is forgotten. */
  region: string | undefined;
  /** A screen with the words that the page brings for it, to which more is added. */
  broughtScreen(name: "region" | "protection" | "pictures" | "voice" | "digests"): HTMLElement;
  /** The name of a region, or of "" for not saying it, as the page brings it; "" where the page has no regions. */
  regionName(code: string): string;
  chooseRegion(code: string): Promise<void>;
  /** Told when the case is kept, or not to be. */
  protected(): Promise<void>;
}

/** A row that acts, with a picture. */
export function actionRow(drawing: string, words: string, act: () => void): HTMLElement {
  return element("li", {}, actionLink(drawing, words, act));
}

/** A link that acts: unlike a button it is read aloud, and opened by who listens. */
export function actionLink(
  drawing: string,
  words: string,
  act: () => void,
  attributes: Readonly<Record<string, string>> = {},
): HTMLAnchorElement {
  const link = element("a", { href: "#main", ...attributes }, pictogram(drawing), element("span", {}, words));
  link.addEventListener("click", (event) => {
    event.preventDefault();
    act();
  });
  return link;
}

/** The button that leads to a screen, or to the one before. */
export function backButton(page: CaseScreens, screen?: string): HTMLElement {
  const goBack = () => (screen ? page.back(screen) : history.back());
  return element("p", {}, button(t("Retour"), goBack, { class: "quiet" }));
}
