/**
 * Checks a message that a person pastes, types, dictates with the keyboard or shares from another app, among the
 * notices on this phone. Nothing leaves it. The browser's own dictation is not used: it sends the voice to its maker.
 */
import type { ClaimIndex } from "../../claims/claim-index";
import { openClaims } from "../../claims/kept-claims";
import sheet from "../../css/forms.css";
import { openSearchPieces } from "../../db/search-pieces";
import type { PhoneStore } from "../../db/store-contract";
import { parsePageAddress } from "../../protocol/page";
import { button, element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { addStyles } from "../../ui/feature-styles";
import { t } from "../../ui/i18n";
import { AnswerView } from "./answer-view";

const LONGEST = 4_000; // characters

export const mount: Feature = async (host, store) => {
  const channel = parsePageAddress(location.pathname)?.channel;
  if (!channel || !(await store.holding(channel))) return; // the list below serves
  addStyles(sheet);
  new CheckForm(host, store, channel).begin();
};

class CheckForm {
  private readonly text = element("textarea", { id: "message", rows: 4, maxlength: LONGEST });
  private readonly answer = element("div", { role: "status" });
  private readonly view: AnswerView;
  private index: Promise<ClaimIndex | undefined> | undefined;

  constructor(
    private readonly host: HTMLElement,
    private readonly store: PhoneStore,
    private readonly channel: string,
  ) {
    this.view = new AnswerView(this.answer, store, channel);
  }

  begin(): void {
    const form = element(
      "form",
      { class: "sheet" },
      element("label", { for: "message" }, t("Le message : collez-le, écrivez-le, ou dictez avec le micro du clavier")),
      this.text,
      element("button", {}, t("Vérifier")),
      " ",
      button(t("Effacer"), () => this.clear(), { class: "quiet" }),
      element("p", {}, element("small", {}, t("Rien ne part de ce téléphone."))),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.check();
    });
    fill(this.host, form, this.answer);
    void this.prepare(); // while the person types
    addEventListener("hashchange", () => this.takeShared());
    this.takeShared();
  }

  /** Takes the text that the worker put behind the #, and leaves it out of the address. */
  private takeShared(): void {
    const shared = new URLSearchParams(location.hash.slice(1)).get("text"); // reads one that is cut inside a character
    if (shared === null) return;
    history.replaceState(null, "", location.pathname);
    this.text.value = shared.slice(0, LONGEST);
    void this.check();
  }

  private async check(): Promise<void> {
    const message = this.text.value.trim();
    const index = await this.prepare();
    if (message === "" || !index) return fill(this.answer);
    await this.view.show(message, index.match(message));
    this.answer.scrollIntoView({ block: "nearest" });
  }

  private prepare(): Promise<ClaimIndex | undefined> {
    this.index ??= openClaims(this.store, openSearchPieces(), this.channel, yieldToPage);
    return this.index;
  }

  private clear(): void {
    this.text.value = "";
    fill(this.answer);
    this.text.focus();
  }
}

function yieldToPage(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
