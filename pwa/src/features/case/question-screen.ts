/** One question on one screen: a picture, a sentence, two answers that are links, so that a listener can open them. */
import { nextQuestion } from "../../protocol/path-questions";
import { element, pictogram } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { type CaseScreens, actionRow, backButton } from "./case-screens";

/** The pictograms of steps, as `STEP_PICTOGRAMS` of sync/documents/code_labels.py. */
const STEP_PICTURES: Readonly<Record<string, string>> = {
  offender: "author",
  site: "globe",
  platform: "flag",
  operator: "operator",
};

export function questionScreen(page: CaseScreens): HTMLElement {
  const { harm, answers } = page.current.content;
  const code = nextQuestion(page.routes, harm, answers) ?? "";
  const { picture, sentence } = questionWords(page, code);
  const answer = (value: "yes" | "no", drawing: string, words: string): HTMLElement =>
    actionRow(drawing, words, () => void page.answer(code, value));
  return element(
    "div",
    {},
    element("h2", { tabindex: -1 }, picture, sentence),
    element("ul", { class: "rows" }, answer("yes", "true", t("Oui")), answer("no", "false", t("Non"))),
    backButton(page),
  );
}

function questionWords(page: CaseScreens, code: string): { picture: Node; sentence: string } {
  if (code === "danger") return { picture: pictogram("stop"), sentence: t("Êtes-vous en danger en ce moment ?") };
  if (code === "threat")
    return {
      picture: pictogram("flame"),
      sentence: t("Vous menace-t-on, ou vous demande-t-on de l’argent ou autre chose pour se taire ?"),
    };
  const name = code.slice(code.indexOf("-") + 1);
  if (code.startsWith("instead-")) {
    const row = page.harms.querySelector(`[data-harm="${name}"]`);
    const picture = row?.querySelector("svg")?.cloneNode(true) ?? pictogram("unproven");
    return { picture, sentence: t("Est-ce aussi cela : {title} ?", { title: row?.textContent ?? "" }) };
  }
  const ask = Object.values(page.routes)
    .flatMap(({ steps }) => steps)
    .find(([step, question]) => step === name && question !== "");
  return { picture: pictogram(STEP_PICTURES[name] ?? "unproven"), sentence: ask?.[1] ?? "" };
}
