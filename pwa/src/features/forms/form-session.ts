/** A form being filled on its page: begun, resumed, practised, finished. Loaded by form.ts when needed. */
import type { Draft } from "../../db/fieldwork-contract";
import { type DraftStorage, OpenDraft, PracticeDraft, createDraft, readDraft } from "../../fieldwork/drafts";
import { type FieldSession, localTime } from "../../fieldwork/field-session";
import { finishForm } from "../../fieldwork/finish-form";
import { checkAnswers } from "../../protocol/answer-checks";
import { collectFinalAnswers } from "../../protocol/final-answers";
import { FormState } from "../../protocol/form-state";
import { isRefusal } from "../../protocol/refusal";
import { element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { lockVault, lockWhenIdle, quickExitButton, requireUnlock } from "../../ui/unlock";
import { doneScreen } from "./done-screen";
import { formErrorSentence } from "./form-failure-sentences";
import { FormRunner } from "./form-runner";
import { type LoadedForm, destinationOf, loadDraftForm } from "./open-form";
import { createMediaRenderer } from "./question-media";

export class FormSession {
  constructor(
    private readonly host: HTMLElement,
    private readonly fieldSession: FieldSession,
    private readonly channel: string,
    private readonly lang: string,
    /** Returns to the page's start. */
    private readonly back: () => void,
  ) {}

  async begin(loadedForm: LoadedForm): Promise<void> {
    const { fieldwork, vault, store } = this.fieldSession;
    await requireUnlock(this.host, vault);
    const time = await localTime(store);
    const { form: slug, languages, lang } = loadedForm.form;
    const spoken = languages.includes(this.lang) ? this.lang : lang;
    const formState = FormState.withDefaults(loadedForm.form, time);
    const title = formTitle(formState, spoken);
    const draft = createDraft(
      fieldwork,
      vault,
      {
        form: slug,
        title,
        version: loadedForm.version,
        lang: spoken,
        recovery: loadedForm.recovery,
        text: loadedForm.text,
      },
      time.today,
    );
    this.show(loadedForm, formState, draft, spoken, "");
  }

  async practise(loadedForm: LoadedForm): Promise<void> {
    this.show(
      loadedForm,
      FormState.withDefaults(loadedForm.form, await localTime(this.fieldSession.store)),
      new PracticeDraft(),
      this.lang,
      "",
    );
  }

  async resume(draft: Draft): Promise<void> {
    const { fieldwork, vault, store } = this.fieldSession;
    await requireUnlock(this.host, vault);
    const fresh = (await fieldwork.draft(draft.id)) ?? draft; // re-encrypted if a PIN was set meanwhile
    const [loadedForm, content] = [await loadDraftForm(this.fieldSession, fresh), await readDraft(vault, fresh)];
    if (!loadedForm || isRefusal(loadedForm) || !content) {
      const code = isRefusal(loadedForm) ? loadedForm.refused : "draft-lost";
      return fill(this.host, element("p", { class: "danger", role: "alert" }, formErrorSentence(code)));
    }
    const formState = new FormState(loadedForm.form, content.answers, await localTime(store));
    formState.recompute();
    this.show(loadedForm, formState, new OpenDraft(fieldwork, vault, fresh, undefined), fresh.lang, content.at);
  }

  private show(loadedForm: LoadedForm, formState: FormState, draft: DraftStorage, lang: string, at: string): void {
    const { store, vault } = this.fieldSession;
    const isPractice = draft instanceof PracticeDraft;
    this.hideSurroundings(true);
    const pause = () => this.leave();
    const finishing = () => this.finish(loadedForm, formState, draft, lang);
    const leaving = { finish: finishing, pause, exit: () => quickExitButton(() => lockVault(vault)), isPractice };
    const runner = new FormRunner(this.host, formState, draft, lang, leaving, createMediaRenderer(store));
    runner.show(at, at !== "");
    if (draft instanceof OpenDraft) history.replaceState(null, "", `#draft=${draft.id}`); // a reload resumes the draft
    if (!isPractice) lockWhenIdle(vault, () => void this.leave());
  }

  /** Hides the rest of the page while a form is filled. */
  private hideSurroundings(isAlone: boolean): void {
    for (const other of this.host.parentElement?.children ?? [])
      if (other !== this.host) (other as HTMLElement).hidden = isAlone;
  }

  /** Leaves the form and returns to the page's start. */
  private leave(): void {
    history.replaceState(null, "", location.pathname);
    this.hideSurroundings(false);
    this.back();
  }

  private async finish(
    loadedForm: LoadedForm,
    formState: FormState,
    draft: DraftStorage,
    lang: string,
  ): Promise<string | null> {
    const { fieldwork } = this.fieldSession;
    if (draft instanceof PracticeDraft) {
      this.hideSurroundings(false);
      fill(
        this.host,
        element("p", { class: "note", role: "status" }, t("Exercice fini. Rien n’a été envoyé ni gardé.")),
      );
      return null;
    }
    const { answers, attachmentKeys } = collectFinalAnswers(formState);
    const failure = checkAnswers(formState.form, answers, formState.time.today, attachmentKeys.length);
    if (failure) return formErrorSentence(failure[0]);
    const destination = await destinationOf(this.fieldSession, this.channel, loadedForm);
    if (!destination) return formErrorSentence("no-edition");
    const title = formTitle(formState, lang);
    const id = draft instanceof OpenDraft ? draft.id : undefined;
    const entry = await finishForm({
      fieldwork,
      formState,
      destination,
      lang,
      title,
      draft: id,
      attachment: (key) => draft.attachment(key),
      ...sendingTime(loadedForm),
    });
    if (typeof entry === "string") return formErrorSentence(entry);
    history.replaceState(null, "", location.pathname);
    this.hideSurroundings(false);
    fill(this.host, doneScreen(this.fieldSession, entry, this.channel));
    return null;
  }
}

function formTitle(formState: FormState, lang: string): string {
  return formState.renderText(
    formState.form.title,
    lang,
    formState.root,
    formState.nodes[0] as (typeof formState.nodes)[number],
  );
}

const SIX_HOURS = 6 * 60 * 60_000; // ms

/** A random sending time for reports, which hides when they were written. */
function sendingTime({ form }: LoadedForm): { notBefore: number } {
  return { notBefore: form.audience === "public" ? Date.now() + Math.random() * SIX_HOURS : 0 };
}
