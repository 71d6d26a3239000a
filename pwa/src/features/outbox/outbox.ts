/** Mounts "Mes fiches": drafts and the outbox, with the actions of each entry. */
import sheet from "../../css/forms.css";
import type { Draft, OutboxEntry } from "../../db/fieldwork-contract";
import { draftFace } from "../../fieldwork/drafts";
import { type FieldSession, localTime, openFieldSession } from "../../fieldwork/field-session";
import { keepFormsApart } from "../../fieldwork/kept-forms";
import { canReopen, isReadable, readPayload } from "../../fieldwork/outbox-payload";
import { purgeRemoved, removeEntry, restoreDraft, restoreEntry } from "../../fieldwork/removal";
import { createSiteNetwork } from "../../net/site-network";
import { OUTBOX_CHANGED, createSendContext, sendWaiting } from "../../send/browser-send";
import { updateDeviceState } from "../../send/device-state";
import { requestAnswer, withdraw } from "../../send/replies-and-withdrawals";
import { startSendLoop } from "../../send/send-loop";
import { confirmButton } from "../../ui/confirmation";
import { currentLocation } from "../../ui/current-page";
import { button, element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { addStyles } from "../../ui/feature-styles";
import { formatDay, t } from "../../ui/i18n";
import { recordMoment, recordName, recordOrigin, recordProgress } from "../../ui/record-line";
import { lockWhenIdle } from "../../ui/unlock";
import { shareSection, takeSharedFile } from "./share-files";
import { revokedSentence, stateSentence } from "./status-sentences";
import { storageNotice } from "./storage-notice";

/** Finished records in the list before a tap brings more: a phone that carries 300 stays quick. */
const PAGE = 20;

export const mount: Feature = async (host, store) => {
  const { page } = currentLocation();
  if (!store.isLasting || !page) return;
  addStyles(sheet);
  const fieldSession = await openFieldSession(store);
  void keepFormsApart(fieldSession, page.channel);
  const outbox = new Outbox(host, fieldSession, page.channel);
  await outbox.refresh();
  const { today } = await localTime(store);
  await takeSharedFile({ fieldSession, today, refresh: (sentence) => void outbox.refresh(sentence) });
  if (await updateDeviceState(fieldSession.fieldwork, createSiteNetwork(store), Date.now())) await outbox.refresh();
};

class Outbox {
  private readonly status = element("p", { role: "status" });
  private readonly list = element("div");
  /** Number of finished records shown. */
  private shown = PAGE;

  constructor(
    host: HTMLElement,
    private readonly fieldSession: FieldSession,
    private readonly channel: string,
  ) {
    host.append(this.status, this.list);
    addEventListener(OUTBOX_CHANGED, () => void this.refresh());
  }

  async refresh(sentence = ""): Promise<void> {
    const { fieldwork, store, vault } = this.fieldSession;
    await purgeRemoved(fieldwork, Date.now());
    const [kept, allEntries, carried] = await Promise.all([
      fieldwork.drafts(),
      fieldwork.outbox(),
      fieldwork.carried(),
    ]);
    const allDrafts = kept.filter(({ form }) => form !== ""); // without a form it is a complaint case
    const drafts = allDrafts.filter(({ removed }) => removed === undefined);
    const outbox = allEntries.filter(({ state }) => state !== "removed");
    const removedRows = [
      ...allDrafts
        .filter(({ removed }) => removed !== undefined)
        .map((draft) => this.removedRow(draft.title, draft.begun, () => restoreDraft(fieldwork, draft))),
      ...allEntries
        .filter(({ state }) => state === "removed")
        .map(({ id, title, day }) => this.removedRow(title, day, () => restoreEntry(fieldwork, id))),
    ];
    if (vault.isOpen) lockWhenIdle(vault, () => void this.refresh()); // names stand in the lists while it is open
    const { today } = await localTime(store);
    this.status.textContent = sentence;
    const refresh = (sentence = "") => void this.refresh(sentence);
    const receipts = Object.keys((await fieldwork.setting("receipts")) ?? {}).length;
    const revoked = (await fieldwork.setting("device"))?.revoked;
    const parts: (Node | null)[] = [
      revoked ? element("p", { class: "note" }, revokedSentence(revoked)) : null,
      this.sendButton(outbox, carried.size),
      shareSection({ fieldSession: this.fieldSession, outbox, carried: carried.size, receipts, today, refresh }),
      drafts.length > 0
        ? section(t("Commencées"), await Promise.all(drafts.map((draft) => this.draftRow(draft))))
        : null,
      outbox.length > 0 ? section(t("Finies"), await this.sentRows(outbox.sort(newestFirst))) : null,
      removedRows.length > 0 ? section(t("Enlevées : elles peuvent revenir pendant un jour"), removedRows) : null,
      outbox.length > 0 || drafts.length > 0 ? await storageNotice(refresh) : null,
    ];
    fill(this.list, ...parts.filter((part): part is Node => part !== null));
  }

  private async draftRow(draft: Draft): Promise<HTMLElement> {
    const face = await draftFace(this.fieldSession.vault, draft);
    const begun = t("Commencée le {date}. Touchez pour continuer.", { date: recordMoment(face, draft.begun) });
    const about = [recordOrigin(face, draft.title), recordProgress(face)].filter(Boolean).join(" · ");
    const lines = [
      recordName(face, draft.title),
      ...[about, begun].filter(Boolean).map((line) => element("small", {}, line)),
    ];
    const href = `/${this.channel}/forms/${draft.form}#draft=${draft.id}`;
    return element("li", {}, element("a", { href }, element("span", {}, ...lines)));
  }

  /** The first rows, and a button for more. */
  private async sentRows(entries: readonly OutboxEntry[]): Promise<HTMLElement[]> {
    const rows = await Promise.all(entries.slice(0, this.shown).map((entry) => this.sentRow(entry)));
    const more = entries.length - rows.length;
    if (more <= 0) return rows;
    const showMore = (): void => {
      this.shown += PAGE;
      void this.refresh(this.status.textContent ?? "");
    };
    return [
      ...rows,
      element("li", {}, button(t("Montrer les suivantes ({n})", { n: more }), showMore, { class: "quiet" })),
    ];
  }

  private removedRow(title: string, day: string, restore: () => Promise<void>): HTMLElement {
    const back = button(t("Remettre"), () => void restore().then(() => this.refresh()), { class: "quiet" });
    return element("li", {}, element("p", {}, element("b", {}, title), ` · ${formatDay(day)} `, back));
  }

  private async sentRow(entry: OutboxEntry): Promise<HTMLElement> {
    const { fieldwork, vault } = this.fieldSession;
    const { face } = vault.isOpen && entry.state !== "received" ? await readPayload(fieldwork, entry) : {};
    const code = element("small", {}, t("Code {code}", { code: entry.code }), entry.sealed ? ` · ${t("scellée")}` : "");
    const state = element("small", {}, stateSentence(entry, Date.now()));
    const answer = entry.answer
      ? element(
          "p",
          { class: "note", lang: entry.answer.lang },
          element("b", {}, t("Réponse du {date}", { date: formatDay(entry.answer.date) })),
          element("br"),
          entry.answer.text,
          ...(entry.answer.page
            ? [
                element("br"),
                element("a", { class: "go", href: `/${this.channel}/${entry.answer.page}` }, t("Lire la fiche")),
              ]
            : []),
        )
      : "";
    const about = [recordOrigin(face, entry.title), recordMoment(face, entry.day)].filter(Boolean).join(" · ");
    const title = element("summary", {}, element("b", {}, recordName(face, entry.title)), ` · ${about} `, state);
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
    if (isReadable(entry)) {
      const href = `/${this.channel}/forms/${entry.form}#record=${entry.id}`;
      buttons.push(element("a", { class: "go", href }, canReopen(entry) ? t("Lire ou changer") : t("Lire")));
    }
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
        confirmButton(
          t("Retirer ce que j’ai envoyé"),
          t("Oui, tout faire effacer"),
          () => void this.withContext(async (context) => withdrawalSentence(await withdraw(context, entry))),
        ),
      );
    const lossWarning = entry.state === "received" ? "" : ` ${t("Elle n’est pas encore reçue.")}`;
    buttons.push(
      confirmButton(
        t("Enlever d’ici"),
        t("Oui, enlever.") + lossWarning,
        () => void removeEntry(fieldwork, entry, Date.now()).then(() => this.refresh()),
      ),
    );
    return element("p", {}, ...buttons);
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
