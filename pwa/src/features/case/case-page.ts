/** The screens of a case, one at a time, each with a place in the history; and which case they are about. */
import { CaseFile, caseDrafts, regionOfCases } from "../../fieldwork/case-file";
import { type FieldSession, localTime } from "../../fieldwork/field-session";
import { type Routes, chosenPath, nextQuestion } from "../../protocol/path-questions";
import { element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { ScreenHistory } from "../../ui/screen-history";
import { lockVault, lockWhenIdle, requireUnlock } from "../../ui/unlock";
import type { CaseScreens } from "./case-screens";
import { forgetReminders } from "./phone-reminder";
import { planScreen } from "./plan-screen";
import { printedScreen } from "./print-screen";
import { entryScreen, proofScreen } from "./proof-screen";
import { protectionScreen } from "./protection-screen";
import { questionScreen } from "./question-screen";
import { regionScreen } from "./region-screen";
import { casesLink, casesScreen } from "./start-screen";
import { missingVoiceNotice } from "./voice-notice";

/** The key of the screen with the list of cases. */
const CASES = "cases";
/** The key of the screen that asks for the region. */
const REGION = "region";

export class CasePage implements CaseScreens {
  private readonly list = element("div");
  private readonly screen = element("div");
  private screens: ScreenHistory | null = null;
  private opened: CaseFile | null = null;
  region: string | undefined;
  /** The number of screens asked for. */
  private turn = 0;

  constructor(
    host: HTMLElement,
    /** The list of harms, as the page brings it. */
    readonly harms: HTMLElement,
    /** The line above the harms, in whose room the cases are offered, so that nothing moves. */
    private readonly entrance: HTMLElement,
    readonly routes: Routes,
    readonly session: FieldSession,
  ) {
    this.list.append(...host.childNodes);
    host.append(this.list, this.screen, missingVoiceNotice(this.broughtScreen("voice")));
    harms.addEventListener("click", (event) => {
      const harm = (event.target as Element).closest("a")?.dataset.harm;
      if (harm === undefined || !(harm in routes)) return;
      event.preventDefault();
      event.stopPropagation();
      void this.begin(harm);
    });
    // A link must not leave screens of this page behind in the history.
    document.addEventListener("click", (event) => void this.leaveByLink(event), true);
  }

  /** Shows the case that the address names, else the list of cases and harms. */
  async start(): Promise<void> {
    const [, id] = /^#case=([\w-]+)$/.exec(location.hash) ?? [];
    if (id === this.opened?.id && id !== undefined) return;
    if (id !== undefined && (await caseDrafts(this.session.fieldwork)).some((draft) => draft.id === id))
      return this.open(id);
    await this.showStart();
  }

  async showStart(): Promise<void> {
    this.turn += 1;
    await this.screens?.end(); // "back" leads out of the page from here, not into screens of another case
    this.screens = null;
    const turn = this.leaveCase();
    const hasCases = (await caseDrafts(this.session.fieldwork)).length > 0;
    if (!hasCases) await forgetReminders(this.session.store); // a forgotten PIN took the cases away
    if (turn !== this.turn) return;
    fill(this.entrance, ...(hasCases ? [casesLink(this)] : [t("Choisissez ce qui ressemble le plus.")]));
    this.alone(false);
    fill(this.screen);
  }

  /** Opens a kept case where it was. */
  async open(id: string): Promise<void> {
    const { fieldwork, vault } = this.session;
    this.alone(true);
    const turn = ++this.turn;
    await requireUnlock(this.screen, vault);
    const found = (await CaseFile.all(fieldwork, vault)).find((each) => each.id === id);
    if (turn !== this.turn) return;
    if (!found) return this.showStart();
    this.opened = found;
    this.region = found.content.region ?? this.region;
    this.keepAddress();
    this.guard();
    await this.show(found.content.screen);
  }

  /** Goes to a screen, as a step forward. */
  async show(screen: string): Promise<void> {
    this.history.enter(screen);
    await this.draw(screen);
  }

  back(screen: string): void {
    this.history.returnTo(screen);
  }

  /** Answers a question, and shows the next one, or the end. */
  async answer(question: string, answer: "yes" | "no"): Promise<void> {
    const { content } = this.current;
    await this.current.change({ answers: { ...content.answers, [question]: answer } });
    await this.next();
  }

  broughtScreen(name: string): HTMLElement {
    const words = this.list.querySelector(`[data-screen=${name}]`)?.cloneNode(true);
    return element("div", {}, ...(words?.childNodes ?? []));
  }

  regionName(code: string): string {
    return this.list.querySelector(`[data-region="${code}"]`)?.textContent ?? "";
  }

  /** Keeps the region with the case, under the PIN alone, and goes on: to the offer of a PIN, or back to the list. */
  async chooseRegion(code: string): Promise<void> {
    const isBegun = this.current.content.screen === "plan";
    this.region = code;
    await this.current.change({ region: code });
    if (isBegun) this.back("plan");
    else await this.show("protection");
  }

  /** Called when the case is kept, or not to be: remembers it in the address, so that a reload finds it. */
  async protected(): Promise<void> {
    this.keepAddress();
    this.guard();
    await this.current.change({ screen: "plan" });
    await this.show("plan");
  }

  get current(): CaseFile {
    if (!this.opened) throw new Error("no case");
    return this.opened;
  }

  private get history(): ScreenHistory {
    this.screens ??= new ScreenHistory(
      (key) => void this.draw(key),
      () => void this.showStart(),
    );
    return this.screens;
  }

  private async begin(harm: string): Promise<void> {
    const { fieldwork, vault, store } = this.session;
    const { today } = await localTime(store);
    const number = (await caseDrafts(fieldwork)).length + 1;
    this.region ??= await regionOfCases(fieldwork, vault);
    const { region } = this;
    const content = { number, harm, answers: {}, screen: REGION, records: {}, entries: [], letters: {}, region };
    this.opened = CaseFile.begin(fieldwork, vault, content, today);
    this.alone(true);
    await this.next();
  }

  private async next(): Promise<void> {
    const { harm, answers } = this.current.content;
    if (nextQuestion(this.routes, harm, answers) !== null) return this.show(`q${Object.keys(answers).length}`);
    const path = chosenPath(this.routes, harm, answers);
    await this.current.change({ harm: path.harm });
    await this.show(this.region === undefined && this.regionName("") ? REGION : "protection");
  }

  /** Draws a screen, unless another one was asked for while this one was made: "back" may be pressed fast. */
  private async draw(screen: string): Promise<void> {
    if (!this.opened && screen !== CASES) return;
    const turn = screen === CASES ? this.leaveCase() : ++this.turn;
    this.alone(true);
    document.dispatchEvent(new Event("screen")); // who reads the page aloud stops
    const [, asked] = /^q(\d+)$/.exec(screen) ?? [];
    if (asked !== undefined) await this.keepAnswers(Number(asked));
    else if (![CASES, REGION, "protection"].includes(screen)) await this.current.change({ screen });
    if (turn !== this.turn) return;
    const drawn = await this.make(screen, asked !== undefined);
    if (turn !== this.turn) return;
    fill(this.screen, drawn);
    this.screen.querySelector<HTMLElement>("h2")?.focus();
    scrollTo(0, 0);
  }

  /** Forgets which case is shown, here and in the address; returns the turn of what is shown next. */
  private leaveCase(): number {
    this.opened = null;
    history.replaceState(history.state, "", location.pathname);
    return ++this.turn;
  }

  private async make(screen: string, isQuestion: boolean): Promise<HTMLElement> {
    if (isQuestion) return questionScreen(this);
    if (screen === CASES) return casesScreen(this, this.screen);
    if (screen === REGION) return regionScreen(this);
    if (screen === "protection") return protectionScreen(this);
    if (screen === "printed") return printedScreen(this);
    if (!this.current.isKept || !this.current.keepsWords) return planScreen(this);
    if (screen === "proof") return proofScreen(this);
    const [, kind] = /^entry-(seen|asked|witness)$/.exec(screen) ?? [];
    return kind ? entryScreen(this, kind as "seen") : planScreen(this);
  }

  /** Going back to a question takes its answer, and those after it, away. */
  private async keepAnswers(count: number): Promise<void> {
    const answers = Object.fromEntries(Object.entries(this.current.content.answers).slice(0, count));
    await this.current.change({ answers });
  }

  private keepAddress(): void {
    if (this.current.isKept) history.replaceState(history.state, "", `#case=${this.current.id}`);
  }

  private guard(): void {
    const { vault } = this.session;
    lockWhenIdle(vault, () => location.reload());
  }

  private alone(isAlone: boolean): void {
    this.list.hidden = isAlone;
  }

  private async leaveByLink(event: MouseEvent): Promise<void> {
    const link = (event.target as Element).closest("a");
    if (link?.dataset.exit !== undefined) lockVault(this.session.vault);
    if (!link || !this.screens || !(history.state as { depth?: number } | null)?.depth) return;
    if (link.origin !== location.origin || link.hasAttribute("download") || link.dataset.exit !== undefined) return;
    if (link.pathname === location.pathname && link.hash) return;
    event.preventDefault();
    event.stopPropagation();
    await this.screens.end();
    location.replace(link.href);
  }
}
