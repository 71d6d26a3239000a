/** The last screen of a form: all answers, each a tap from its question; what is missing, or the way to finish. */

import type { FormState } from "../../protocol/form-state";
import { type QuestionInstance, problemsOf } from "../../protocol/screens";
import { button, element } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { answerList, questionLabel } from "./answer-list";

/** Actions by which a person leaves a form. */
export interface FormExits {
  /** Finishes the form, filled in a language. Resolves with a sentence about a failure, or null once another view is shown. */
  readonly finish: (lang: string) => Promise<string | null>;
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
  const missing = problemsOf(context.formState).map(({ questionInstance }) => questionInstance);
  return missing.length > 0 ? incompleteScreen(context, missing) : finishScreen(context);
}

function finishScreen(context: ReviewContext): HTMLElement {
  const { formState, exits, lang } = context;
  const status = element("p", { role: "alert", class: "bad" });
  const finish = button(exits.isPractice ? t("Finir l’exercice") : t("Finir la fiche"), () => {
    finish.disabled = true;
    // An update of the app removed this page's scripts.
    const failed = () => t("Rechargez la page, puis finissez : la fiche est gardée, rien n’est perdu.");
    void exits
      .finish(lang)
      .catch(failed)
      .then((failure) => {
        finish.disabled = false;
        status.textContent = failure ?? "";
      });
  });
  return element(
    "div",
    { class: "question" },
    element("h2", {}, t("Vérifiez, puis finissez")),
    element("p", {}, t("Touchez une réponse pour la changer.")),
    answerList(context),
    element("p", {}, consequenceSentence(formState, exits)),
    status,
    finish,
  );
}

function incompleteScreen(context: ReviewContext, missing: readonly QuestionInstance[]): HTMLElement {
  const { formState, lang, goTo } = context;
  const rows = missing.map((question) => {
    const label = questionLabel(formState, question, lang);
    return element(
      "li",
      {},
      button(label, () => goTo(question), { class: "quiet" }),
    );
  });
  return element(
    "div",
    { class: "question" },
    element("h2", {}, t("Il manque des réponses")),
    element("ul", { class: "rows" }, ...rows),
    element("h3", {}, t("Toutes les questions")),
    answerList(context),
  );
}

function consequenceSentence({ form }: FormState, { isPractice }: FormExits): string {
  if (isPractice) return t("C’est un exercice : rien ne sera envoyé ni gardé.");
  if (form.sealed)
    return t(
      "Vos réponses seront scellées sur ce téléphone : ni lui, ni ceux qui les portent, ne pourront plus les lire. Vous ne pourrez plus les changer.",
    );
  return t("La fiche partira d’elle-même quand il y aura du réseau. Après, vous ne pourrez plus la changer.");
}
