/** The last screen: what is missing, what will happen with the answers, and the button that finishes. */

import type { Question } from "../../protocol/form";
import type { FormState } from "../../protocol/form-state";
import { type QuestionInstance, allQuestions, problemsOf } from "../../protocol/screens";
import { button, element } from "../../ui/dom";
import { t } from "../../ui/i18n";

/** What the page does when the person is done, or not yet. */
export interface FormExits {
  /** Resolves with what went wrong, said to the person; null when the page now shows something else. */
  readonly finish: () => Promise<string | null>;
  readonly pause: () => void;
  /** The button that leads away at once. */
  readonly exit: () => HTMLElement;
  readonly isPractice: boolean;
}

interface Reviewing {
  readonly filling: FormState;
  readonly lang: string;
  readonly leaving: FormExits;
  readonly go: (asked: QuestionInstance) => void;
}

export function reviewScreen(reviewing: Reviewing): HTMLElement {
  const { filling, leaving } = reviewing;
  const problems = problemsOf(filling);
  if (problems.length > 0)
    return lacking(
      reviewing,
      problems.map(({ asked }) => asked),
    );
  const said = element("p", { role: "alert", class: "bad" });
  const finish = button(leaving.isPractice ? t("Finir l’exercice") : t("Finir la fiche"), () => {
    finish.disabled = true;
    const failed = () => t("Rechargez la page, puis finissez : la fiche est gardée, rien n’est perdu."); // a new app took this page's scripts away
    void leaving
      .finish()
      .catch(failed)
      .then((trouble) => {
        finish.disabled = false;
        said.textContent = trouble ?? "";
      });
  });
  const count = [...allQuestions(filling, filling.root, filling.nodes)].filter(({ place, node }) =>
    isAnswered(filling, place, node),
  ).length;
  return element(
    "div",
    { class: "question" },
    element("h2", {}, t("Vérifiez, puis finissez")),
    element("p", {}, t("Réponses données : {n}.", { n: count })),
    element("p", {}, promise(filling, leaving)),
    said,
    finish,
  );
}

function lacking({ filling, lang, go }: Reviewing, asked: readonly QuestionInstance[]): HTMLElement {
  const rows = asked.map((each) => {
    const label = filling.renderText((each.node.item as Question).label, lang, each.place, each.node);
    return element(
      "li",
      {},
      button(label || each.node.name, () => go(each), { class: "quiet" }),
    );
  });
  return element(
    "div",
    { class: "question" },
    element("h2", {}, t("Il manque des réponses")),
    element("ul", { class: "rows" }, ...rows),
  );
}

function isAnswered(filling: FormState, place: QuestionInstance["place"], node: QuestionInstance["node"]): boolean {
  return (node.item as Question).type !== "calculate" && filling.textOf(place, node) !== "";
}

function promise({ form }: FormState, { isPractice }: FormExits): string {
  if (isPractice) return t("C’est un exercice : rien ne sera envoyé ni gardé.");
  if (form.sealed)
    return t(
      "Vos réponses seront scellées sur ce téléphone : ni lui, ni ceux qui les portent, ne pourront plus les lire. Vous ne pourrez plus les changer.",
    );
  return t("La fiche partira d’elle-même quand il y aura du réseau. Vous ne pourrez plus la changer.");
}
