/**
 * Forms marked `data-kept` lose nothing: what is typed is kept in this browser within half a second, comes back after a
 * crash, a lost network or an ended session, and is forgotten once the server has it. Without script they post as ever.
 */
import htmx from "htmx.org";
import { button, element, fill } from "../ui/dom";
import { BrowserDraft, type UnsavedText } from "./browser-draft";
import { type Fields, fillFields, fits, isSame, listDifferences, readFields } from "./form-fields";
import { type FormAnswer, postForm } from "./form-request";

const INTERVAL = 300; // ms between two writes while somebody types

type Sentences = Readonly<Record<string, string>>;

/** `remount`: mounts what a new version of the page's main part needs. */
export function mountDraftForms(root: ParentNode, remount: () => void): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-kept]")) {
    const note = form.querySelector<HTMLElement>("[data-kept-note]");
    if (note && !form.dataset.mounted) {
      form.dataset.mounted = "1";
      void new DraftForm(form, note, remount).start();
    }
  }
}

class DraftForm {
  private readonly words: Sentences;
  private base: Fields;
  private kept: BrowserDraft | null | undefined; // undefined until it is open, null where the browser keeps nothing
  private others: readonly UnsavedText[] = []; // that the person has not chosen about yet
  private timer = 0;
  private writes: Promise<void> = Promise.resolve();
  private isLeaving = false;
  private hasFailed = false; // to keep the last text

  constructor(
    private form: HTMLFormElement,
    private note: HTMLElement,
    private readonly remount: () => void,
  ) {
    this.words = JSON.parse(note.dataset.words ?? "{}") as Sentences;
    this.base = readFields(form);
  }

  async start(): Promise<void> {
    this.listen();
    this.kept = await BrowserDraft.open(this.form.dataset.kept ?? "", document.body.dataset.keptKey ?? "", Date.now());
    await this.bringBack((await this.kept?.read()) ?? []);
    this.kept?.awaitOthers(async (texts) => {
      if (this.isLeaving || !this.form.isConnected) return;
      await this.bringBack(texts);
      await this.writes;
    });
  }

  private get isDirty(): boolean {
    return !isSame(readFields(this.form), this.base);
  }

  private listen(): void {
    const { form } = this;
    for (const name of ["input", "change", "htmx:afterSettle"]) form.addEventListener(name, () => this.keepSoon());
    form.addEventListener("submit", (event) => {
      const pressed = (event.submitter ?? document.activeElement) as HTMLButtonElement | null; // Chrome 80 names none
      if (
        event.defaultPrevented ||
        pressed?.hasAttribute("formaction") ||
        (pressed?.localName === "button" && pressed.name && pressed.dataset.saves === undefined)
      )
        return;
      event.preventDefault();
      void this.send(pressed?.name ? [[pressed.name, pressed.value]] : []);
    });
    addEventListener("pagehide", () => this.keepNow());
    document.addEventListener("visibilitychange", () => this.keepNow());
    addEventListener("beforeunload", (event) => {
      if (this.isLeaving || !form.isConnected || !this.isDirty) return;
      this.keepNow();
      event.preventDefault();
      event.returnValue = ""; // Chrome before 119 asks for this alone
    });
  }

  private keepSoon(): void {
    if (!this.timer) this.timer = window.setTimeout(() => this.keepNow(), INTERVAL);
  }

  private keepNow(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    const { kept, others, base } = this;
    if (this.isLeaving || !this.form.isConnected) return;
    const fields = readFields(this.form);
    const texts = isSame(fields, base) ? others : [{ base, fields }, ...others];
    this.writes = this.writes
      .then(() => kept?.keep(texts, Date.now()))
      .then(
        () => (this.hasFailed = false),
        () => (this.hasFailed = true), // a full disk
      )
      .then(() => this.warn());
  }

  /** Says while the browser keeps nothing of what is typed: a full disk, or plain http. Leaving asks, too. */
  private warn(): void {
    const isBare = this.keptWord === "bare" && this.isDirty;
    if (isBare && this.note.hidden) this.say("bare");
    else if (!isBare && this.note.textContent?.trim() === this.words.bare) this.note.hidden = true;
  }

  /** The sentence on whether the text is kept here. */
  private get keptWord(): "kept" | "bare" {
    return this.kept === null || this.hasFailed ? "bare" : "kept";
  }

  /** Shows kept texts: the newest in the form if the server's is as it was, the others beside it. */
  private async bringBack(texts: readonly UnsavedText[]): Promise<void> {
    const unsaved = texts.filter(({ fields }) => !isSame(fields, this.base));
    const [newest] = unsaved;
    const fills = newest && isSame(newest.base, this.base) && !this.isDirty;
    for (const text of fills ? unsaved.slice(1) : unsaved) this.offer(text);
    if (!fills) return texts.length || this.isDirty ? this.keepNow() : undefined; // typed while the store opened
    await this.restore(newest.fields);
    this.say(
      "back",
      this.button("drop", () => this.drop()),
    );
  }

  private async restore(fields: Fields): Promise<void> {
    if (!fits(this.form, fields)) await this.drawRows(fields);
    fillFields(this.form, fields);
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
    this.keepNow();
  }

  /** Asks the server for the form with the rows of these fields; it saves nothing. */
  private async drawRows(fields: Fields): Promise<void> {
    const answer = await postForm(this.form.action, this.body([...fields, ["row", "show:"]]));
    const fresh = answer.kind === "page" ? parse(answer.html).getElementById(this.form.id) : null;
    if (!fresh) return;
    fill(this.form, ...Array.from(document.adoptNode(fresh).childNodes));
    this.note = this.form.querySelector<HTMLElement>("[data-kept-note]") ?? this.note;
    htmx.process(this.form);
  }

  /** Shows both texts side by side; the person chooses. */
  private offer(text: UnsavedText): void {
    this.others = [...this.others, text];
    const cells = (name: "td" | "th", left: string, right: string) =>
      element("tr", name === "td" ? { class: "differ" } : {}, element(name, {}, left), element(name, {}, right));
    const rows = listDifferences(this.form, readFields(this.form), text.fields).map(({ label, now, mine }) => [
      element("tr", {}, element("th", { colspan: "2", scope: "colgroup" }, label)),
      cells("td", now, mine),
    ]);
    const head = element("thead", {}, cells("th", this.words.now ?? "", this.words.mine ?? ""));
    const table = element("table", {}, head, element("tbody", {}, ...rows.flat()));
    const box = element(
      "section",
      { class: "danger", "data-kept-offer": "" },
      element("p", {}, this.words.changed ?? ""),
      element("div", { class: "sides" }, table),
    );
    const choose = (take: boolean) => () => {
      box.remove();
      this.others = this.others.filter((other) => other !== text);
      if (take) void this.restore(text.fields);
      else this.keepNow();
    };
    box.append(this.button("take", choose(true)), " ", this.button("leave", choose(false)));
    this.form.before(box);
  }

  private drop(): void {
    void this.restore(this.base);
    this.note.hidden = true;
  }

  /** Posts the form. `more`: the name and value of a button that says what to do after saving. */
  private async send(more: Fields): Promise<void> {
    this.keepNow();
    const buttons = Array.from(this.form.querySelectorAll("button")).filter((one) => !one.disabled);
    for (const one of buttons) one.disabled = true;
    const answer = await postForm(this.form.action, this.body([...readFields(this.form), ...more]));
    for (const one of buttons) one.disabled = false;
    await this.take(answer);
  }

  private async take(answer: FormAnswer): Promise<void> {
    await this.writes;
    if (answer.kind === "offline") return this.sayUnsaved("offline");
    if (answer.kind === "next") {
      await this.forget();
      this.isLeaving = true;
      location.assign(answer.address);
      return;
    }
    if (answer.status === 401) {
      const address = `/console/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
      return this.sayUnsaved("over", element("a", { class: "go", href: address }, this.words.enter ?? ""));
    }
    if (answer.status >= 500) return this.sayUnsaved("failed");
    await this.showAnswer(answer.status, answer.html);
  }

  /** Puts the answer's main part into the page. A form that was saved with errors (422) comes back in it. */
  private async showAnswer(status: number, html: string): Promise<void> {
    const fresh = parse(html);
    const [main, old] = [fresh.querySelector("main"), document.querySelector("main")];
    if (!main || !old) return this.sayUnsaved("failed");
    const isBack = main.querySelector(`form[data-kept="${CSS.escape(this.form.dataset.kept ?? "")}"]`) !== null;
    if (!isBack && status !== 409) {
      const sentence = main.querySelector("[role=alert]")?.textContent?.trim();
      if (!sentence) return this.sayUnsaved("failed");
      fill(this.note, sentence);
      this.note.hidden = false;
      return;
    }
    if (isBack && status === 422) await this.forget();
    else this.keepNow();
    await this.writes;
    old.replaceWith(document.adoptNode(main));
    document.title = fresh.title;
    htmx.process(main);
    this.remount();
    scrollTo(0, 0);
  }

  private async forget(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = 0;
    this.base = readFields(this.form);
    this.keepNow();
    await this.writes;
  }

  /** The fields that the form posts: its hidden ones, and these. */
  private body(fields: Fields): URLSearchParams {
    const hidden = Array.from(this.form.querySelectorAll<HTMLInputElement>("input[type=hidden]"));
    return new URLSearchParams([...hidden.map(({ name, value }) => [name, value]), ...fields.map((each) => [...each])]);
  }

  /** Says why the server does not have the text, and whether this browser keeps it. */
  private sayUnsaved(word: string, ...more: Node[]): void {
    this.say(word, `${this.words[this.keptWord] ?? ""} `, ...more);
  }

  private say(word: string, ...more: (Node | string)[]): void {
    fill(this.note, this.words[word] ?? "", " ", ...more);
    this.note.hidden = false;
  }

  private button(word: string, press: () => void): HTMLButtonElement {
    return button(this.words[word] ?? "", press, { class: "quiet" });
  }
}

function parse(html: string): Document {
  return new DOMParser().parseFromString(html, "text/html");
}
