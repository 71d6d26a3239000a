/**
 * The page on which the console lets people fill a form as phones show it, before it is published. Nothing is kept or
 * sent: at the end it shows what a phone would send. A script of its own, which phones never get.
 */
import { verifier } from "../../crypto/signature-verifier";
import fillingSheet from "../../css/filling.css";
import sheet from "../../css/forms.css";
import { PracticeDraft } from "../../fieldwork/drafts";
import { fetchTranslations } from "../../net/translations";
import { checkAnswers } from "../../protocol/answer-checks";
import { twoDigits } from "../../protocol/conversions";
import { collectFinalAnswers } from "../../protocol/final-answers";
import { type Form, readForm } from "../../protocol/form";
import { FormState, type FormTime } from "../../protocol/form-state";
import { isRefusal } from "../../protocol/refusal";
import { currentLocation } from "../../ui/current-page";
import { button, element, fill } from "../../ui/dom";
import { addStyles } from "../../ui/feature-styles";
import { setLanguage, t } from "../../ui/i18n";
import { answerList } from "./answer-list";
import { formErrorSentence } from "./form-failure-sentences";
import { FormRunner } from "./form-runner";
import { languageNames } from "./language-switch";
import type { MediaRenderer } from "./question-media";
import { faceOf } from "./record-face";

void start();

async function start(): Promise<void> {
  const host = document.getElementById("practice");
  if (!host) return;
  addStyles(sheet);
  addStyles(fillingSheet);
  const { lang } = currentLocation();
  setLanguage(lang, await fetchTranslations(lang));
  const text = document.querySelector('script[data-part="1"]')?.textContent ?? "";
  const form = await readForm(verifier, text, host.dataset.version ?? "");
  document.body.classList.add("filling"); // links would lead out of the frame
  if (isRefusal(form)) fill(host, element("p", { class: "danger", role: "alert" }, formErrorSentence(form.refused)));
  else fillForm(host, form, lang);
}

function fillForm(host: HTMLElement, form: Form, lang: string): void {
  const time = browserTime();
  const formState = FormState.withDefaults(form, time);
  const begin = () => void runner.close().then(() => fillForm(host, form, lang));
  const run = {
    formState,
    draft: new PracticeDraft(),
    exits: {
      finish: async (spoken: string) => {
        const { answers, attachmentKeys } = collectFinalAnswers(formState);
        const failure = checkAnswers(form, answers, time.today, attachmentKeys.length);
        if (failure) return formErrorSentence(failure[0]);
        await runner.close();
        fill(host, ...resultOf(formState, spoken, answers, () => fillForm(host, form, lang)));
        return null;
      },
      pause: begin,
      exit: () => element("span"),
      isPractice: true,
    },
    renderMedia,
    languages: languageNames(host, form),
    faceOf: (spoken: string) => faceOf(formState, spoken, time.now),
  };
  const runner = new FormRunner(host, run, form.languages.includes(lang) ? lang : form.lang);
  runner.open("");
}

/** The answers as a person reads them, and as they would travel. */
function resultOf(formState: FormState, lang: string, answers: object, again: () => void): HTMLElement[] {
  return [
    element("h2", { tabindex: -1 }, t("Exercice fini. Rien n’a été envoyé ni gardé.")),
    answerList({ formState, lang }),
    element(
      "details",
      {},
      element("summary", {}, t("Ce qui partirait")),
      element("pre", {}, JSON.stringify(answers, null, 1)),
    ),
    element("p", {}, button(t("Recommencer"), again)),
  ];
}

/** Shows every picture at once: a coordinator's browser has a network. */
const renderMedia: MediaRenderer = (media, label, translate) => [
  ...(media?.audio
    ? [element("audio", { src: `/media/${translate(media.audio)}`, controls: true, "aria-label": label })]
    : []),
  ...(media?.image
    ? [element("span", { class: "picture" }, element("img", { src: `/media/${translate(media.image)}`, alt: "" }))]
    : []),
];

function browserTime(): FormTime {
  const date = new Date();
  const today = `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
  return { today, now: `${today}T${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}` };
}
