/** The page of a form: begin, resume a draft, practise. Without this script the page shows its own text. */
import { hasWebCrypto } from "../../crypto/signature-verifier";
import fillingSheet from "../../css/filling.css";
import sheet from "../../css/forms.css";
import type { Draft, RecordFace } from "../../db/fieldwork-contract";
import { draftFace } from "../../fieldwork/drafts";
import { type FieldSession, openFieldSession } from "../../fieldwork/field-session";
import { isReadable } from "../../fieldwork/outbox-payload";
import { purgeRemoved, removeDraft, restoreDraft } from "../../fieldwork/removal";
import { isRefusal } from "../../protocol/refusal";
import { confirmButton } from "../../ui/confirmation";
import { currentLocation } from "../../ui/current-page";
import { button, element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { addStyles } from "../../ui/feature-styles";
import { formatDay, t } from "../../ui/i18n";
import { recordMoment, recordProgress } from "../../ui/record-line";
import { formErrorSentence } from "./form-failure-sentences";
import type { FormSession } from "./form-session";
import { type LoadedForm, loadAnnouncedForm } from "./open-form";
import { offerPrefetch } from "./prefetch";

/** The part of an address that names a draft or a finished record on this phone. */
const KEPT = /^#(draft|record)=([\w-]+)$/;

export const mount: Feature = async (host, store) => {
  const { page, lang } = currentLocation();
  if (!page || !hasWebCrypto()) return; // the page explains how to answer without the app
  // The page of a missing address opens the records of a form that was withdrawn.
  if (!("version" in host.dataset) && !KEPT.test(location.hash)) return;
  // Such a window cannot send either: a finished form waits in storage until it is sent.
  if (!store.isLasting)
    return fill(
      host,
      element(
        "p",
        { class: "danger" },
        t(
          "Cette fenêtre ne garde rien : une fiche s’y perdrait. C’est sans doute une fenêtre privée. Ouvrez cette page dans une fenêtre ordinaire.",
        ),
      ),
    );
  addStyles(sheet);
  addStyles(fillingSheet);
  const fieldSession = await openFieldSession(store);
  const loadedForm = "version" in host.dataset ? await loadAnnouncedForm(host, fieldSession, page.channel) : null;
  await new FormPage(host, fieldSession, page.channel, lang, isRefusal(loadedForm) ? null : loadedForm).start();
  if (loadedForm === null && host.dataset.digests)
    host.prepend(
      element(
        "p",
        { class: "note" },
        t("Cette fiche n’est pas encore sur ce téléphone. Ouvrez-la une fois quand il y a du réseau : elle y reste."),
      ),
    );
  if (isRefusal(loadedForm))
    host.prepend(element("p", { class: "danger", role: "alert" }, formErrorSentence(loadedForm.refused)));
};

class FormPage {
  /** The module that fills forms, loaded while the person reads the page. */
  private sessionLoading: Promise<FormSession> | undefined;

  constructor(
    private readonly host: HTMLElement,
    private readonly fieldSession: FieldSession,
    private readonly channel: string,
    private readonly lang: string,
    /** The published version of the form. */
    private readonly loadedForm: LoadedForm | null,
  ) {}

  async start(): Promise<void> {
    const { fieldwork } = this.fieldSession;
    const [, kind, id = ""] = KEPT.exec(location.hash) ?? [];
    const draft = kind === "draft" ? await fieldwork.draft(id) : undefined;
    if (draft) return (await this.formSession()).resume(draft);
    const entry = kind === "record" ? await fieldwork.outboxEntry(id) : undefined;
    if (entry && isReadable(entry)) return (await this.formSession()).read(entry);
    if (!this.loadedForm) {
      if (this.sessionLoading) location.assign(`/${this.channel}/forms`); // of a form that is offered no longer
      return;
    }
    const { form } = this.loadedForm;
    const device = await fieldwork.setting("device");
    const isOutside = form.audience === "device" && (!device || device.revoked !== undefined);
    await purgeRemoved(fieldwork, Date.now());
    const ofForm = (await fieldwork.drafts()).filter((draft) => draft.form === form.form);
    const drafts = ofForm.filter(({ removed }) => removed === undefined);
    const removed = ofForm.filter((draft) => !drafts.includes(draft));
    const faces = new Map<Draft, RecordFace | undefined>();
    for (const draft of drafts) faces.set(draft, await draftFace(this.fieldSession.vault, draft));
    fill(this.host, ...(isOutside ? this.enrolmentHint() : this.entryPoints(faces, removed, this.loadedForm)));
    void this.formSession();
    // A sealed form needs the field's set when it is finished, perhaps far from any network.
    if (form.sealed || form.audience === "device") void import("../../crypto/seal-answers").catch(() => undefined);
  }

  private formSession(): Promise<FormSession> {
    this.sessionLoading ??= import("./form-session").then(
      ({ FormSession: Session }) =>
        new Session(this.host, this.fieldSession, this.channel, this.lang, () => void this.start()),
    );
    return this.sessionLoading;
  }

  /** The hint for phones that are not enrolled. */
  private enrolmentHint(): Node[] {
    const explanation = t(
      "Cette fiche est pour les personnes inscrites par leur coordination. Vous avez un code ? Inscrivez ce téléphone.",
    );
    const enrol = element("a", { class: "go", href: `/${this.channel}/phone` }, t("Inscrire ce téléphone"));
    return [element("p", { class: "note" }, explanation), element("p", {}, enrol, this.practiceButton())];
  }

  private entryPoints(
    faces: ReadonlyMap<Draft, RecordFace | undefined>,
    removed: readonly Draft[],
    loadedForm: LoadedForm,
  ): Node[] {
    const rows = [...faces].map(([draft, face]) => {
      const date = recordMoment(face, draft.begun);
      const open = button(
        face?.name ? t("Continuer « {name} »", { name: face.name }) : t("Continuer celle du {date}", { date }),
        () => void this.formSession().then((session) => session.resume(draft)),
      );
      const about = [face?.place, face?.name ? date : "", recordProgress(face)].filter(Boolean).join(" · ");
      const eraseButton = confirmButton(
        t("Effacer"),
        t("Oui, effacer"),
        () => void removeDraft(this.fieldSession.fieldwork, draft, Date.now()).then(() => this.start()),
      );
      return element("p", {}, open, eraseButton, ...(about ? [element("small", {}, about)] : []));
    });
    const begin = button(
      faces.size > 0 ? t("Commencer une autre fiche") : t("Commencer"),
      () => void this.formSession().then((session) => session.begin(loadedForm, carriedWords())),
    );
    const isDevice = loadedForm.form.audience === "device";
    const ahead = element("p");
    void offerPrefetch(ahead, this.fieldSession.store, loadedForm.form, this.lang);
    const restored = removed.map((draft) =>
      element(
        "p",
        { class: "note" },
        t("Une fiche du {date} est effacée.", { date: formatDay(draft.begun) }),
        " ",
        button(t("Remettre"), () => void restoreDraft(this.fieldSession.fieldwork, draft).then(() => this.start()), {
          class: "quiet",
        }),
      ),
    );
    return [...rows, element("p", {}, begin, ...(isDevice ? [this.practiceButton()] : [])), ...restored, ahead];
  }

  private practiceButton(): HTMLElement {
    return button(
      t("S’exercer sans rien envoyer"),
      () => void this.formSession().then((session) => session.practise(this.loadedForm as LoadedForm)),
      { class: "quiet" },
    );
  }
}

/** The words that the search page carries over; they stand behind the #, so that no server sees them. */
function carriedWords(): string {
  const [, words = ""] = /^#words=(.*)$/.exec(location.hash) ?? [];
  try {
    return decodeURIComponent(words);
  } catch {
    return "";
  }
}
