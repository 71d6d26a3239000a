/** The page of a form: begin, go on with a draft, practise. What the page said without the app stands until the app can do better. */
import { canProve } from "../../crypto/proofs";
import type { Draft } from "../../db/desk-contract";
import { type Keeper, Exercise, newDraft, OpenDraft, readDraft } from "../../desk/drafts";
import { finishForm } from "../../desk/finishing";
import { type Workplace, openWorkplace, timeHere } from "../../desk/workplace";
import type { Answers } from "../../protocol/answers";
import { checkAnswers } from "../../protocol/checking";
import { Filling } from "../../protocol/filling";
import { finish } from "../../protocol/finished";
import { isRefusal } from "../../protocol/refusal";
import { button, element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { here } from "../../ui/here";
import { guard, quickExit, unlocked } from "../../ui/unlock";
import { day, t } from "../../ui/words";
import { doneScreen } from "./done";
import { Filler } from "./filler";
import { type Opened, announced, destinationOf, formOf } from "./opening";
import { troubleSentence } from "./troubles";

export const mount: Feature = async (host, store) => {
  const { page, lang } = here();
  if (!page || !canProve() || !store.lasting) return; // the page then says how to be heard without the app
  const workplace = await openWorkplace(store);
  const opened = "version" in host.dataset ? await announced(host, workplace, page.channel) : null;
  await new FormPage(host, workplace, page.channel, lang, isRefusal(opened) ? null : opened).start();
  if (isRefusal(opened)) host.prepend(element("p", { class: "danger", role: "alert" }, troubleSentence(opened.refused)));
};

class FormPage {
  constructor(
    private readonly host: HTMLElement,
    private readonly workplace: Workplace,
    private readonly channel: string,
    private readonly lang: string,
    /** The form as it is published now. */
    private readonly opened: Opened | null,
  ) {}

  async start(): Promise<void> {
    const { desk } = this.workplace;
    this.alone(false);
    const [, wanted] = /^#draft=([\w-]+)$/.exec(location.hash) ?? [];
    const draft = wanted === undefined ? undefined : await desk.draft(wanted);
    if (draft) return this.resume(draft);
    if (!this.opened) return;
    const { form } = this.opened;
    const isOutside = form.audience === "device" && !(await desk.setting("device"));
    const drafts = (await desk.drafts()).filter((each) => each.form === form.form);
    fill(this.host, ...(isOutside ? this.forDevices() : this.doors(drafts)));
  }

  /** For who is no facilitator (yet). */
  private forDevices(): Node[] {
    const words = t("Cette fiche est pour les personnes inscrites par leur coordination. Vous avez un code ? Inscrivez ce téléphone.");
    const enrol = element("a", { class: "go", href: `/${this.channel}/phone` }, t("Inscrire ce téléphone"));
    return [element("p", { class: "note" }, words), element("p", {}, enrol, this.exercise())];
  }

  private doors(drafts: readonly Draft[]): Node[] {
    const rows = drafts.map((draft) => {
      const open = button(t("Continuer celle du {date}", { date: day(draft.begun) }), () => void this.resume(draft));
      const drop = button(t("Effacer"), () => {
        drop.replaceWith(button(t("Oui, effacer"), () => void this.workplace.desk.dropDraft(draft.id).then(() => this.start())));
      }, { class: "quiet" });
      return element("p", {}, open, drop);
    });
    const begin = button(drafts.length > 0 ? t("Commencer une autre fiche") : t("Commencer"), () => void this.begin());
    const isDevice = this.opened?.form.audience === "device";
    return [...rows, element("p", {}, begin, ...(isDevice ? [this.exercise()] : []))];
  }

  private exercise(): HTMLElement {
    return button(t("S’exercer sans rien envoyer"), () => void this.practise(), { class: "quiet" });
  }

  private async begin(): Promise<void> {
    const { desk, vault, store } = this.workplace;
    const opened = this.opened as Opened;
    await unlocked(this.host, vault);
    const time = await timeHere(store);
    const { form: slug, languages, lang } = opened.form;
    const spoken = languages.includes(this.lang) ? this.lang : lang;
    const filling = Filling.begin(opened.form, time);
    const title = titleOf(filling, spoken);
    const draft = newDraft(desk, vault, { form: slug, title, version: opened.version, lang: spoken, recovery: opened.recovery, text: opened.text }, time.today);
    this.fill(opened, filling, draft, spoken, "");
  }

  private async practise(): Promise<void> {
    const opened = this.opened as Opened;
    this.fill(opened, Filling.begin(opened.form, await timeHere(this.workplace.store)), new Exercise(), this.lang, "");
  }

  private async resume(draft: Draft): Promise<void> {
    const { desk, vault, store } = this.workplace;
    await unlocked(this.host, vault);
    const fresh = (await desk.draft(draft.id)) ?? draft; // a PIN that was set meanwhile has shut it anew
    const [opened, written] = [await formOf(this.workplace, fresh), await readDraft(vault, fresh)];
    if (!opened || isRefusal(opened) || !written) {
      const code = isRefusal(opened) ? opened.refused : "draft-lost";
      return fill(this.host, element("p", { class: "danger", role: "alert" }, troubleSentence(code)));
    }
    const filling = new Filling(opened.form, written.answers as Answers, await timeHere(store));
    filling.settle();
    this.fill(opened, filling, new OpenDraft(desk, vault, fresh, undefined), fresh.lang, written.at);
  }

  private fill(opened: Opened, filling: Filling, draft: Keeper, lang: string, at: string): void {
    const { vault } = this.workplace;
    const isPractice = draft instanceof Exercise;
    this.alone(true);
    const pause = () => this.leave();
    const finishing = () => this.finish(opened, filling, draft, lang);
    const filler = new Filler(this.host, filling, draft, lang, { finish: finishing, pause, exit: () => quickExit(vault), isPractice });
    filler.show(at, at !== "");
    if (draft instanceof OpenDraft) history.replaceState(null, "", `#draft=${draft.id}`); // a reload comes back here
    if (!isPractice) guard(vault, () => void this.leave());
  }

  /** While a form is filled, what stands around it on the page would only be in the way. */
  private alone(isAlone: boolean): void {
    for (const other of this.host.parentElement?.children ?? []) if (other !== this.host) (other as HTMLElement).hidden = isAlone;
  }

  /** Back to the page's doors, nothing of the form left on it. */
  private leave(): void {
    history.replaceState(null, "", location.pathname);
    void this.start();
  }

  private async finish(opened: Opened, filling: Filling, draft: Keeper, lang: string): Promise<string | null> {
    const { desk } = this.workplace;
    if (draft instanceof Exercise) {
      fill(this.host, element("p", { class: "note", role: "status" }, t("Exercice fini. Rien n’a été envoyé ni gardé.")));
      return null;
    }
    const { answers, attached } = finish(filling);
    const failure = checkAnswers(filling.form, answers, filling.time.today, attached.length);
    if (failure) return troubleSentence(failure[0]);
    const destination = await destinationOf(this.workplace, this.channel, opened);
    if (!destination) return troubleSentence("no-edition");
    const title = titleOf(filling, lang);
    const id = draft instanceof OpenDraft ? draft.id : undefined;
    const sent = await finishForm({ desk, filling, destination, lang, title, draft: id, attachment: (key) => draft.attachment(key), ...when(opened) });
    if (typeof sent === "string") return troubleSentence(sent);
    history.replaceState(null, "", location.pathname);
    fill(this.host, doneScreen(this.workplace, sent, this.channel));
    return null;
  }
}

function titleOf(filling: Filling, lang: string): string {
  return filling.say(filling.form.title, lang, filling.root, filling.nodes[0] as (typeof filling.nodes)[number]);
}

const SIX_HOURS = 6 * 60 * 60_000; // ms

/** A report leaves at a moment that tells nothing of when it was written. */
function when({ form }: Opened): { notBefore: number } {
  return { notBefore: form.audience === "public" ? Date.now() + Math.random() * SIX_HOURS : 0 };
}
