/** The page of a form: begin, resume a draft, practise. Without this script the page shows its own text. */
import { hasWebCrypto } from "../../crypto/signature-verifier";
import sheet from "../../css/forms.css";
import type { Draft } from "../../db/fieldwork-contract";
import { type FieldSession, openFieldSession } from "../../fieldwork/field-session";
import { isRefusal } from "../../protocol/refusal";
import { currentLocation } from "../../ui/current-page";
import { button, element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { addStyles } from "../../ui/feature-styles";
import { formatDay, t } from "../../ui/i18n";
import { formErrorSentence } from "./form-failure-sentences";
import type { FormSession } from "./form-session";
import { type LoadedForm, loadAnnouncedForm } from "./open-form";
import { offerPrefetch } from "./prefetch";

export const mount: Feature = async (host, store) => {
  const { page, lang } = currentLocation();
  if (!page || !hasWebCrypto()) return; // the page explains how to answer without the app
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
  const fieldSession = await openFieldSession(store);
  const loadedForm = "version" in host.dataset ? await loadAnnouncedForm(host, fieldSession, page.channel) : null;
  await new FormPage(host, fieldSession, page.channel, lang, isRefusal(loadedForm) ? null : loadedForm).start();
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
    const [, draftId] = /^#draft=([\w-]+)$/.exec(location.hash) ?? [];
    const draft = draftId === undefined ? undefined : await fieldwork.draft(draftId);
    if (draft) return (await this.formSession()).resume(draft);
    if (!this.loadedForm) return;
    const { form } = this.loadedForm;
    const isOutside = form.audience === "device" && !(await fieldwork.setting("device"));
    const drafts = (await fieldwork.drafts()).filter((draft) => draft.form === form.form);
    fill(this.host, ...(isOutside ? this.enrolmentHint() : this.entryPoints(drafts, this.loadedForm)));
    void this.formSession();
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

  private entryPoints(drafts: readonly Draft[], loadedForm: LoadedForm): Node[] {
    const rows = drafts.map((draft) => {
      const open = button(
        t("Continuer celle du {date}", { date: formatDay(draft.begun) }),
        () => void this.formSession().then((session) => session.resume(draft)),
      );
      const eraseButton = button(
        t("Effacer"),
        () => {
          eraseButton.replaceWith(
            button(
              t("Oui, effacer"),
              () => void this.fieldSession.fieldwork.dropDraft(draft.id).then(() => this.start()),
            ),
          );
        },
        { class: "quiet" },
      );
      return element("p", {}, open, eraseButton);
    });
    const begin = button(
      drafts.length > 0 ? t("Commencer une autre fiche") : t("Commencer"),
      () => void this.formSession().then((session) => session.begin(loadedForm)),
    );
    const isDevice = loadedForm.form.audience === "device";
    const ahead = element("p");
    void offerPrefetch(ahead, this.fieldSession.store, loadedForm.form, this.lang);
    return [...rows, element("p", {}, begin, ...(isDevice ? [this.practiceButton()] : [])), ahead];
  }

  private practiceButton(): HTMLElement {
    return button(
      t("S’exercer sans rien envoyer"),
      () => void this.formSession().then((session) => session.practise(this.loadedForm as LoadedForm)),
      { class: "quiet" },
    );
  }
}
