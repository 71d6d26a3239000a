/** The last screen of a form: missing answers, or the consequence of finishing and its button. */

import type { Question } from "../../protocol/form";
import type { FormState } from "../../protocol/form-state";
import { QUESTION_TYPES } from "../../protocol/question-types";
import { type QuestionInstance, allQuestions, problemsOf } from "../../protocol/screens";
import { button, element } from "../../ui/dom";
import { t } from "../../ui/i18n";

/** Actions by which a person leaves a form. */
export interface FormExits {
  /** Finishes the form. Resolves with a sentence about a failure, or null once another view is shown. */
  readonly finish: () => Promise<string | null>;
  readonly pause: () => void;
  /** The button that leaves the site at once. */
  readonly exit: () => HTMLElement;
  readonly isPractice: boolean;
}

interface ReviewContext {
  readonly formState: FormState;
  readonly lang: string;
  readonly exits: FormExits;
  readonly goTo: (questionInstance: QuestionInstance) => void;
}

export function reviewScreen(context: ReviewContext): HTMLElement {
  const { formState, exits } = context;
  const problems = problemsOf(formState);
  if (problems.length > 0)
    return missingAnswersScreen(
      context,
      problems.map(({ questionInstance }) => questionInstance),
    );
  const status = element("p", { role: "alert", class: "bad" });
  const finish = button(exits.isPractice ? t("Finir l’exercice") : t("Finir la fiche"), () => {
    finish.disabled = true;
    // An update of the app removed this page's scripts.
    const failed = () => t("Rechargez la page, puis finissez : la fiche est gardée, rien n’est perdu.");
    void exits
      .finish()
      .catch(failed)
      .then((failure) => {
        finish.disabled = false;
        status.textContent = failure ?? "";
      });
  });
  const count = [...allQuestions(formState, formState.root, formState.nodes)].filter(({ instance, node }) =>
    isAnswered(formState, instance, node),
  ).length;
  return element(
    "div",
    { class: "question" },
    element("h2", {}, t("Vérifiez, puis finissez")),
    element("p", {}, t("Réponses données : {n}.", { n: count })),
    element("p", {}, consequenceSentence(formState, exits)),
    status,
    finish,
  );
}

function missingAnswersScreen(
  { formState, lang, goTo }: ReviewContext,
  questions: readonly QuestionInstance[],
): HTMLElement {
  const rows = questions.map((questionInstance) => {
    const label = formState.renderText(
      (questionInstance.node.item as Question).label,
      lang,
      questionInstance.instance,
      questionInstance.node,
    );
    return element(
      "li",
      {},
      button(label || questionInstance.node.name, () => goTo(questionInstance), { class: "quiet" }),
    );
  });
  return element(
    "div",
    { class: "question" },
    element("h2", {}, t("Il manque des réponses")),
    element("ul", { class: "rows" }, ...rows),
  );
}

function isAnswered(
  formState: FormState,
  instance: QuestionInstance["instance"],
  node: QuestionInstance["node"],
): boolean {
  return QUESTION_TYPES[(node.item as Question).type].isShown && formState.textOf(instance, node) !== "";
}

function consequenceSentence({ form }: FormState, { isPractice }: FormExits): string {
  if (isPractice) return t("C’est un exercice : rien ne sera envoyé ni gardé.");
  if (form.sealed)
    return t(
      "Vos réponses seront scellées sur ce téléphone : ni lui, ni ceux qui les portent, ne pourront plus les lire. Vous ne pourrez plus les changer.",
    );
  return t("La fiche partira d’elle-même quand il y aura du réseau. Vous ne pourrez plus la changer.");
}
