/** A form being filled on its page: begun, gone on with, practised, finished. */
import type { Draft } from "../../db/fieldwork-contract";
import { type DraftStorage, OpenDraft, PracticeDraft, createDraft, readDraft } from "../../fieldwork/drafts";
import { finishForm } from "../../fieldwork/finish-form";
import { type FieldSession, localTime } from "../../fieldwork/session";
import { checkAnswers } from "../../protocol/answer-checks";
import { collectFinalAnswers } from "../../protocol/final-answers";
import { FormState } from "../../protocol/form-state";
import { isRefusal } from "../../protocol/refusal";
import { element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { lockVault, lockWhenIdle, quickExitButton, requireUnlock } from "../../ui/unlock";
import { doneScreen } from "./done-screen";
import { troubleSentence } from "./error-sentences";
import { FormRunner } from "./form-runner";
import { type LoadedForm, destinationOf, loadDraftForm } from "./open-form";
import { createMediaRenderer } from "./question-media";

export class FormSession {
  constructor(
    private readonly host: HTMLElement,
    private readonly workplace: FieldSession,
    private readonly channel: string,
    private readonly lang: string,
    /** Back to what the page offers. */
    private readonly back: () => void,
  ) {}

  async begin(opened: LoadedForm): Promise<void> {
    const { desk, vault, store } = this.workplace;
    await requireUnlock(this.host, vault);
    const time = await localTime(store);
    const { form: slug, languages, lang } = opened.form;
    const spoken = languages.includes(this.lang) ? this.lang : lang;
    const filling = FormState.withDefaults(opened.form, time);
    const title = titleOf(filling, spoken);
    const draft = createDraft(
      desk,
      vault,
      { form: slug, title, version: opened.version, lang: spoken, recovery: opened.recovery, text: opened.text },
      time.today,
    );
    this.show(opened, filling, draft, spoken, "");
  }

  async practise(opened: LoadedForm): Promise<void> {
    this.show(
      opened,
      FormState.withDefaults(opened.form, await localTime(this.workplace.store)),
      new PracticeDraft(),
      this.lang,
      "",
    );
  }

  async resume(draft: Draft): Promise<void> {
    const { desk, vault, store } = this.workplace;
    await requireUnlock(this.host, vault);
    const fresh = (await desk.draft(draft.id)) ?? draft; // a PIN that was set meanwhile has shut it anew
    const [opened, written] = [await loadDraftForm(this.workplace, fresh), await readDraft(vault, fresh)];
    if (!opened || isRefusal(opened) || !written) {
      const code = isRefusal(opened) ? opened.refused : "draft-lost";
      return fill(this.host, element("p", { class: "danger", role: "alert" }, troubleSentence(code)));
    }
    const filling = new FormState(opened.form, written.answers, await localTime(store));
    filling.recompute();
    this.show(opened, filling, new OpenDraft(desk, vault, fresh, undefined), fresh.lang, written.at);
  }

  private show(opened: LoadedForm, filling: FormState, draft: DraftStorage, lang: string, at: string): void {
    const { store, vault } = this.workplace;
    const isPractice = draft instanceof PracticeDraft;
    this.alone(true);
    const pause = () => this.leave();
    const finishing = () => this.finish(opened, filling, draft, lang);
    const leaving = { finish: finishing, pause, exit: () => quickExitButton(() => lockVault(vault)), isPractice };
    const filler = new FormRunner(this.host, filling, draft, lang, leaving, createMediaRenderer(store));
    filler.show(at, at !== "");
    if (draft instanceof OpenDraft) history.replaceState(null, "", `#draft=${draft.id}`); // a reload comes back here
    if (!isPractice) lockWhenIdle(vault, () => void this.leave());
  }

  /** While a form is filled, what stands around it on the page would only be in the way. */
  private alone(isAlone: boolean): void {
    for (const other of this.host.parentElement?.children ?? [])
      if (other !== this.host) (other as HTMLElement).hidden = isAlone;
  }

  /** Back to the page's doors, nothing of the form left on it. */
  private leave(): void {
    history.replaceState(null, "", location.pathname);
    this.alone(false);
    this.back();
  }

  private async finish(
    opened: LoadedForm,
    filling: FormState,
    draft: DraftStorage,
    lang: string,
  ): Promise<string | null> {
    const { desk } = this.workplace;
    if (draft instanceof PracticeDraft) {
      this.alone(false);
      fill(
        this.host,
        element("p", { class: "note", role: "status" }, t("Exercice fini. Rien n’a été envoyé ni gardé.")),
      );
      return null;
    }
    const { answers, attachmentKeys: attached } = collectFinalAnswers(filling);
    const failure = checkAnswers(filling.form, answers, filling.time.today, attached.length);
    if (failure) return troubleSentence(failure[0]);
    const destination = await destinationOf(this.workplace, this.channel, opened);
    if (!destination) return troubleSentence("no-edition");
    const title = titleOf(filling, lang);
    const id = draft instanceof OpenDraft ? draft.id : undefined;
    const sent = await finishForm({
      desk,
      filling,
      destination,
      lang,
      title,
      draft: id,
      attachment: (key) => draft.attachment(key),
      ...when(opened),
    });
    if (typeof sent === "string") return troubleSentence(sent);
    history.replaceState(null, "", location.pathname);
    this.alone(false);
    fill(this.host, doneScreen(this.workplace, sent, this.channel));
    return null;
  }
}

function titleOf(filling: FormState, lang: string): string {
  return filling.renderText(filling.form.title, lang, filling.root, filling.nodes[0] as (typeof filling.nodes)[number]);
}

const SIX_HOURS = 6 * 60 * 60_000; // ms

/** A report leaves at a moment that tells nothing of when it was written. */
function when({ form }: LoadedForm): { notBefore: number } {
  return { notBefore: form.audience === "public" ? Date.now() + Math.random() * SIX_HOURS : 0 };
}
