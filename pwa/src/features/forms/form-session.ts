/** A form being filled on its page: begun, resumed, practised, finished. Loaded by form.ts when needed. */
import type { Draft, OutboxEntry } from "../../db/fieldwork-contract";
import { type DraftStorage, OpenDraft, PracticeDraft, createDraft, readDraft } from "../../fieldwork/drafts";
import { type FieldSession, localTime } from "../../fieldwork/field-session";
import { finishForm } from "../../fieldwork/finish-form";
import { readRecord, reopenRecord } from "../../fieldwork/finished-records";
import { readPayload } from "../../fieldwork/outbox-payload";
import { checkAnswers } from "../../protocol/answer-checks";
import { collectFinalAnswers } from "../../protocol/final-answers";
import { questionsOf } from "../../protocol/form-nodes";
import { FormState } from "../../protocol/form-state";
import { isRefusal } from "../../protocol/refusal";
import { drawSendingTime } from "../../send/sending-time";
import { element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { lockVault, lockWhenIdle, quickExitButton, requireUnlock } from "../../ui/unlock";
import { doneScreen } from "./done-screen";
import { formErrorSentence } from "./form-failure-sentences";
import { FormRunner } from "./form-runner";
import { languageNames } from "./language-switch";
import { type LoadedForm, destinationOf, loadKeptForm } from "./open-form";
import { presetCountry } from "./preset-country";
import { createMediaRenderer } from "./question-media";
import { faceOf } from "./record-face";
import { recordView } from "./record-view";

/** The place where a form is begun or continued. `at`: its screen; `begun`: YYYY-MM-DDThh:mm. */
interface FormStart {
  readonly lang: string;
  readonly at: string;
  readonly begun: string;
}

export class FormSession {
  private onLock: () => void = () => undefined;

  constructor(
    private readonly host: HTMLElement,
    private readonly fieldSession: FieldSession,
    private readonly channel: string,
    private readonly lang: string,
    /** Returns to the page's start. */
    private readonly back: () => void,
  ) {}

  /** Begins a draft. `words`: what was searched in vain, for the first question that takes a text. */
  async begin(loadedForm: LoadedForm, words = ""): Promise<void> {
    const { fieldwork, vault, store } = this.fieldSession;
    await requireUnlock(this.host, vault);
    const time = await localTime(store);
    const { form: slug, languages, lang } = loadedForm.form;
    const spoken = languages.includes(this.lang) ? this.lang : lang;
    const formState = FormState.withDefaults(loadedForm.form, time);
    const asked = [...questionsOf(formState.nodes)].find(({ item }) => "q" in item && item.type === "text");
    if (words !== "" && asked) formState.setAnswer(formState.root, asked, words);
    presetCountry(formState, this.channel);
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
    this.show(loadedForm, formState, draft, { lang: spoken, at: "", begun: time.now });
  }

  async practise(loadedForm: LoadedForm): Promise<void> {
    const time = await localTime(this.fieldSession.store);
    const formState = FormState.withDefaults(loadedForm.form, time);
    const { languages, lang } = loadedForm.form;
    const spoken = languages.includes(this.lang) ? this.lang : lang;
    this.show(loadedForm, formState, new PracticeDraft(), { lang: spoken, at: "", begun: time.now });
  }

  async resume(draft: Draft): Promise<void> {
    const { fieldwork, vault, store } = this.fieldSession;
    await requireUnlock(this.host, vault);
    const fresh = (await fieldwork.draft(draft.id)) ?? draft; // re-encrypted if a PIN was set meanwhile
    const [loadedForm, content] = [
      await loadKeptForm(this.fieldSession, fresh.version, fresh.recovery),
      await readDraft(vault, fresh),
    ];
    if (!loadedForm || isRefusal(loadedForm) || !content) {
      const code = isRefusal(loadedForm) ? loadedForm.refused : "draft-lost";
      return fill(this.host, element("p", { class: "danger", role: "alert" }, formErrorSentence(code)));
    }
    const time = await localTime(store);
    const formState = new FormState(loadedForm.form, content.answers, time);
    formState.recompute();
    const { lang = fresh.lang, at, face } = content;
    const draftStorage = new OpenDraft(fieldwork, vault, fresh, undefined);
    this.show(loadedForm, formState, draftStorage, { lang, at, begun: face?.moment ?? time.now });
  }

  /** Shows the answers of a finished record that is still here. */
  async read(entry: OutboxEntry): Promise<void> {
    const { fieldwork, vault, store } = this.fieldSession;
    await requireUnlock(this.host, vault);
    const loadedForm = await loadKeptForm(this.fieldSession, entry.version ?? "", "");
    const record = loadedForm && !isRefusal(loadedForm) ? await readRecord(fieldwork, loadedForm.form, entry) : null;
    if (!loadedForm || isRefusal(loadedForm) || !record) {
      const code = isRefusal(loadedForm) ? loadedForm.refused : "draft-lost";
      return fill(this.host, element("p", { class: "danger", role: "alert" }, formErrorSentence(code)));
    }
    this.hideSurroundings(true);
    const { face } = await readPayload(fieldwork, entry);
    const time = await localTime(store);
    const view = recordView({ form: loadedForm.form, record, face, time, channel: this.channel }, () =>
      reopenRecord(fieldwork, vault, record, time.today).then((draft) => draft && this.resume(draft)),
    );
    fill(this.host, view, ...(vault.hasPin ? [quickExitButton(() => lockVault(vault))] : []));
    this.lockOnIdle(() => this.leave());
  }

  private show(loadedForm: LoadedForm, formState: FormState, draft: DraftStorage, start: FormStart): void {
    const { store, vault } = this.fieldSession;
    const isPractice = draft instanceof PracticeDraft;
    this.hideSurroundings(true);
    const pause = () => void runner.close().then(() => this.leave());
    const finish = async (lang: string): Promise<string | null> => {
      const failure = await this.finish(loadedForm, formState, draft, lang);
      if (failure !== null) return failure;
      await runner.close();
      history.replaceState(null, "", location.pathname);
      return null;
    };
    const run = {
      formState,
      draft,
      exits: { finish, pause, exit: () => quickExitButton(() => lockVault(vault)), isPractice },
      renderMedia: createMediaRenderer(store),
      languages: languageNames(this.host, loadedForm.form),
      faceOf: (lang: string) => faceOf(formState, lang, start.begun),
    };
    const runner = new FormRunner(this.host, run, start.lang);
    if (draft instanceof OpenDraft) history.replaceState(null, "", `#draft=${draft.id}`); // a reload resumes the draft
    runner.open(start.at);
    if (!isPractice) this.lockOnIdle(pause);
  }

  /** Leaves by `onLock` when the PIN's time is over; the latest screen's way counts. */
  private lockOnIdle(onLock: () => void): void {
    this.onLock = onLock;
    lockWhenIdle(this.fieldSession.vault, () => this.onLock());
  }

  /** Hides the rest of the page while a form is filled: a small screen is for the question. */
  private hideSurroundings(isAlone: boolean): void {
    document.body.classList.toggle("filling", isAlone);
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
      face: faceOf(formState, lang, (await localTime(this.fieldSession.store)).now),
      ...sendingTime(loadedForm),
    });
    if (typeof entry === "string") return formErrorSentence(entry);
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

/** A random sending time for reports, which hides when they were written. */
function sendingTime({ form }: LoadedForm): { notBefore: number } {
  return { notBefore: form.audience === "public" ? drawSendingTime(Date.now(), Math.random) : 0 };
}
