/** "Mes fiches": what was begun, what waits, what was received; and the ways out when there is no network. */
import sheet from "../../css/forms.css";
import type { Draft, OutboxEntry } from "../../db/fieldwork-contract";
import { type FieldSession, localTime, openFieldSession } from "../../fieldwork/session";
import { createSendContext, sendWaiting } from "../../send/browser-send";
import { requestAnswer, withdraw } from "../../send/replies";
import { OUTBOX_CHANGED, startSendLoop } from "../../send/send-loop";
import { button, element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { addStyles } from "../../ui/feature-styles";
import { formatDay, t } from "../../ui/i18n";
import { currentLocation } from "../../ui/location";
import { shareSection } from "./share-files";
import { stateSentence } from "./status-sentences";
import { storageNotice } from "./storage-notice";

export const mount: Feature = async (host, store) => {
  const { page } = currentLocation();
  if (!store.isLasting || !page) return;
  addStyles(sheet);
  await new Outbox(host, await openFieldSession(store), page.channel).show();
};

class Outbox {
  private readonly said = element("p", { role: "status" });
  private readonly list = element("div");

  constructor(
    host: HTMLElement,
    private readonly workplace: FieldSession,
    private readonly channel: string,
  ) {
    host.append(this.said, this.list);
    addEventListener(OUTBOX_CHANGED, () => void this.show());
  }

  async show(said = ""): Promise<void> {
    const { desk, store } = this.workplace;
    const [drafts, outbox, carried, device] = await Promise.all([
      desk.drafts(),
      desk.outbox(),
      desk.carried(),
      desk.setting("device"),
    ]);
    const { today } = await localTime(store);
    this.said.textContent = said;
    const again = (words = "") => void this.show(words);
    const receipts = Object.keys((await desk.setting("receipts")) ?? {}).length;
    const parts: (Node | null)[] = [
      drafts.length > 0
        ? section(
            t("Commencées"),
            drafts.map((draft) => this.draftRow(draft)),
          )
        : null,
      outbox.length > 0
        ? section(
            t("Finies"),
            outbox.sort(newestFirst).map((sent) => this.sentRow(sent)),
          )
        : null,
      this.sendButton(outbox, carried.size),
      device || outbox.length > 0 || carried.size > 0
        ? shareSection({ workplace: this.workplace, outbox, carried: carried.size, receipts, today, again })
        : null,
      outbox.length > 0 || drafts.length > 0 ? await storageNotice(again) : null,
    ];
    fill(this.list, ...parts.filter((part): part is Node => part !== null));
  }

  private draftRow(draft: Draft): HTMLElement {
    const link = element(
      "a",
      { href: `/${this.channel}/forms/${draft.form}#draft=${draft.id}` },
      element(
        "span",
        {},
        draft.title,
        element("small", {}, t("Commencée le {date}. Touchez pour continuer.", { date: formatDay(draft.begun) })),
      ),
    );
    return element("li", {}, link);
  }

  private sentRow(sent: OutboxEntry): HTMLElement {
    const code = element("small", {}, t("Code {code}", { code: sent.code }), sent.sealed ? ` · ${t("scellée")}` : "");
    const state = element("small", {}, stateSentence(sent, Date.now()));
    const answer = sent.answer
      ? element(
          "p",
          { class: "note", lang: sent.answer.lang },
          element("b", {}, t("Réponse du {date}", { date: formatDay(sent.answer.date) })),
          element("br"),
          sent.answer.text,
        )
      : "";
    const title = element("summary", {}, element("b", {}, sent.title), ` · ${formatDay(sent.day)} `, state);
    return element(
      "li",
      {},
      element("details", { "data-state": sent.state, "data-code": sent.code }, title, code, answer, this.acts(sent)),
    );
  }

  private acts(sent: OutboxEntry): HTMLElement {
    const { desk, store } = this.workplace;
    const acts: HTMLElement[] = [];
    if (sent.state === "received" && !sent.answer)
      acts.push(
        button(
          t("Demander s’il y a une réponse"),
          () => void this.withTools(async (tools) => answered(await requestAnswer(tools, sent, Math.random))),
          { class: "quiet" },
        ),
      );
    if (sent.public && sent.state === "waiting")
      acts.push(
        button(t("Envoyer maintenant"), () => void sendWaiting(store, desk, sent).then(() => this.show()), {
          class: "quiet",
        }),
      );
    if (sent.state === "refused")
      acts.push(
        button(
          t("Réessayer"),
          () =>
            void desk
              .changeEntry(sent.id, ({ stuck: _, ...old }) => ({ ...old, state: "waiting" }))
              .then(() => this.show()),
          { class: "quiet" },
        ),
      );
    if (sent.state === "received" || sent.state === "carried")
      acts.push(
        this.sure(
          t("Retirer ce que j’ai envoyé"),
          t("Oui, tout faire effacer"),
          () => void this.withTools(async (tools) => withdrawn(await withdraw(tools, sent))),
        ),
      );
    const lost = sent.state === "received" ? "" : ` ${t("Elle n’est pas encore reçue : elle serait perdue.")}`;
    acts.push(
      this.sure(
        t("Enlever d’ici"),
        t("Oui, enlever.") + lost,
        () => void desk.dropEntry(sent.id).then(() => this.show()),
      ),
    );
    return element("p", {}, ...acts);
  }

  private sure(words: string, really: string, act: () => void): HTMLElement {
    const first = button(
      words,
      () => {
        const second = button(really, act);
        first.replaceWith(second);
        second.focus();
      },
      { class: "quiet" },
    );
    return first;
  }

  private sendButton(outbox: readonly OutboxEntry[], carried: number): HTMLElement | null {
    if (!outbox.some((sent) => !sent.public && (sent.state === "waiting" || sent.state === "carried")) && carried === 0)
      return null;
    const send = async () => {
      const { store, desk } = this.workplace;
      this.said.textContent = t("J’envoie…");
      const pushed = await sendWaiting(store, desk);
      startSendLoop(store);
      await this.show(
        pushed?.kind === "done"
          ? pushed.received > 0
            ? t("Reçues : {n}.", { n: pushed.received })
            : ""
          : t("Le réseau ne répond pas. Rien n’est perdu : nouvel essai dès qu’il revient."),
      );
    };
    return element(
      "p",
      {},
      button(t("Envoyer ce qui attend"), () => void send()),
    );
  }

  private async withTools(
    work: (tools: NonNullable<Awaited<ReturnType<typeof createSendContext>>>) => Promise<string>,
  ): Promise<void> {
    const { store, desk } = this.workplace;
    const tools = await createSendContext(store, desk);
    this.said.textContent = t("Je demande au réseau…");
    await this.show(tools ? await work(tools) : "");
  }
}

function section(title: string, rows: readonly HTMLElement[]): HTMLElement {
  return element("div", {}, element("h2", {}, title), element("ul", { class: "rows" }, ...rows));
}

function newestFirst(a: OutboxEntry, b: OutboxEntry): number {
  return b.day.localeCompare(a.day) || a.code.localeCompare(b.code);
}

function answered(asked: Awaited<ReturnType<typeof requestAnswer>>): string {
  if (asked === "answer") return t("Une réponse est arrivée.");
  return asked === "network" ? t("Le réseau ne répond pas maintenant.") : t("Pas encore de réponse.");
}

function withdrawn(outcome: Awaited<ReturnType<typeof withdraw>>): string {
  if (outcome === "withdrawn") return t("Tout est effacé, ici et chez ceux qui l’avaient reçu.");
  return outcome === "network"
    ? t("Le réseau ne répond pas maintenant.")
    : t("Le serveur ne l’a pas, ou l’a déjà effacée.");
}
