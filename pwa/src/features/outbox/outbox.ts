/** Mounts "Mes fiches": drafts and the outbox, with the actions of each entry. */
import sheet from "../../css/forms.css";
import type { Draft, OutboxEntry } from "../../db/fieldwork-contract";
import { type FieldSession, localTime, openFieldSession } from "../../fieldwork/field-session";
import { OUTBOX_CHANGED, createSendContext, sendWaiting } from "../../send/browser-send";
import { requestAnswer, withdraw } from "../../send/replies-and-withdrawals";
import { startSendLoop } from "../../send/send-loop";
import { currentLocation } from "../../ui/current-page";
import { button, element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { addStyles } from "../../ui/feature-styles";
import { formatDay, t } from "../../ui/i18n";
import { shareSection } from "./share-files";
import { stateSentence } from "./status-sentences";
import { storageNotice } from "./storage-notice";

export const mount: Feature = async (host, store) => {
  const { page } = currentLocation();
  if (!store.isLasting || !page) return;
  addStyles(sheet);
  await new Outbox(host, await openFieldSession(store), page.channel).refresh();
};

class Outbox {
  private readonly status = element("p", { role: "status" });
  private readonly list = element("div");

  constructor(
    host: HTMLElement,
    private readonly fieldSession: FieldSession,
    private readonly channel: string,
  ) {
    host.append(this.status, this.list);
    addEventListener(OUTBOX_CHANGED, () => void this.refresh());
  }

  async refresh(sentence = ""): Promise<void> {
    const { fieldwork, store } = this.fieldSession;
    const [drafts, outbox, carried, device] = await Promise.all([
      fieldwork.drafts(),
      fieldwork.outbox(),
      fieldwork.carried(),
      fieldwork.setting("device"),
    ]);
    const { today } = await localTime(store);
    this.status.textContent = sentence;
    const refresh = (sentence = "") => void this.refresh(sentence);
    const receipts = Object.keys((await fieldwork.setting("receipts")) ?? {}).length;
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
            outbox.sort(newestFirst).map((entry) => this.sentRow(entry)),
          )
        : null,
      this.sendButton(outbox, carried.size),
      device || outbox.length > 0 || carried.size > 0
        ? shareSection({ fieldSession: this.fieldSession, outbox, carried: carried.size, receipts, today, refresh })
        : null,
      outbox.length > 0 || drafts.length > 0 ? await storageNotice(refresh) : null,
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

  private sentRow(entry: OutboxEntry): HTMLElement {
    const code = element("small", {}, t("Code {code}", { code: entry.code }), entry.sealed ? ` · ${t("scellée")}` : "");
    const state = element("small", {}, stateSentence(entry, Date.now()));
    const answer = entry.answer
      ? element(
          "p",
          { class: "note", lang: entry.answer.lang },
          element("b", {}, t("Réponse du {date}", { date: formatDay(entry.answer.date) })),
          element("br"),
          entry.answer.text,
        )
      : "";
    const title = element("summary", {}, element("b", {}, entry.title), ` · ${formatDay(entry.day)} `, state);
    return element(
      "li",
      {},
      element(
        "details",
        { "data-state": entry.state, "data-code": entry.code },
        title,
        code,
        answer,
        this.actions(entry),
      ),
    );
  }

  private actions(entry: OutboxEntry): HTMLElement {
    const { fieldwork, store } = this.fieldSession;
    const buttons: HTMLElement[] = [];
    if (entry.state === "received" && !entry.answer)
      buttons.push(
        button(
          t("Demander s’il y a une réponse"),
          () =>
            void this.withContext(async (context) => answerSentence(await requestAnswer(context, entry, Math.random))),
          { class: "quiet" },
        ),
      );
    if (entry.public && entry.state === "waiting")
      buttons.push(
        button(t("Envoyer maintenant"), () => void sendWaiting(store, fieldwork, entry).then(() => this.refresh()), {
          class: "quiet",
        }),
      );
    if (entry.state === "refused")
      buttons.push(
        button(
          t("Réessayer"),
          () =>
            void fieldwork
              .changeEntry(entry.id, ({ stuck: _, ...current }) => ({ ...current, state: "waiting" }))
              .then(() => this.refresh()),
          { class: "quiet" },
        ),
      );
    if (entry.state === "received" || entry.state === "carried")
      buttons.push(
        this.confirmButton(
          t("Retirer ce que j’ai envoyé"),
          t("Oui, tout faire effacer"),
          () => void this.withContext(async (context) => withdrawalSentence(await withdraw(context, entry))),
        ),
      );
    const lossWarning = entry.state === "received" ? "" : ` ${t("Elle n’est pas encore reçue : elle serait perdue.")}`;
    buttons.push(
      this.confirmButton(
        t("Enlever d’ici"),
        t("Oui, enlever.") + lossWarning,
        () => void fieldwork.dropEntry(entry.id).then(() => this.refresh()),
      ),
    );
    return element("p", {}, ...buttons);
  }

  private confirmButton(label: string, confirmLabel: string, onConfirm: () => void): HTMLElement {
    const first = button(
      label,
      () => {
        const confirmButton = button(confirmLabel, onConfirm);
        first.replaceWith(confirmButton);
        confirmButton.focus();
      },
      { class: "quiet" },
    );
    return first;
  }

  private sendButton(outbox: readonly OutboxEntry[], carried: number): HTMLElement | null {
    if (
      !outbox.some((entry) => !entry.public && (entry.state === "waiting" || entry.state === "carried")) &&
      carried === 0
    )
      return null;
    const send = async () => {
      const { store, fieldwork } = this.fieldSession;
      this.status.textContent = t("J’envoie…");
      const pushed = await sendWaiting(store, fieldwork);
      startSendLoop(store);
      await this.refresh(
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

  private async withContext(
    work: (context: NonNullable<Awaited<ReturnType<typeof createSendContext>>>) => Promise<string>,
  ): Promise<void> {
    const { store, fieldwork } = this.fieldSession;
    const context = await createSendContext(store, fieldwork);
    this.status.textContent = t("Je demande au réseau…");
    await this.refresh(context ? await work(context) : "");
  }
}

function section(title: string, rows: readonly HTMLElement[]): HTMLElement {
  return element("div", {}, element("h2", {}, title), element("ul", { class: "rows" }, ...rows));
}

function newestFirst(a: OutboxEntry, b: OutboxEntry): number {
  return b.day.localeCompare(a.day) || a.code.localeCompare(b.code);
}

function answerSentence(outcome: Awaited<ReturnType<typeof requestAnswer>>): string {
  if (outcome === "answer") return t("Une réponse est arrivée.");
  return outcome === "network" ? t("Le réseau ne répond pas maintenant.") : t("Pas encore de réponse.");
}

function withdrawalSentence(outcome: Awaited<ReturnType<typeof withdraw>>): string {
  if (outcome === "withdrawn") return t("Tout est effacé, ici et chez ceux qui l’avaient reçu.");
  return outcome === "network"
    ? t("Le réseau ne répond pas maintenant.")
    : t("Le serveur ne l’a pas, ou l’a déjà effacée.");
}
