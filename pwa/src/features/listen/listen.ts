/**
 * Reads a page aloud: a recording of it in a language that the person hears, else the phone's own voice, sentence by
 * sentence. A page that neither can read has no button. Nothing is sent and nothing starts by itself.
 */
import type { PhoneStore } from "../../db/store-contract";
import { currentLocation } from "../../ui/current-page";
import type { Feature } from "../../ui/feature";
import { addStyles } from "../../ui/feature-styles";
import { t } from "../../ui/i18n";
import { playableSource } from "../../ui/playable-sound";
import { showBegun } from "./begun";
import sheet from "./listen.css";
import { type SpokenPassage, unwrapPassages, wrapPassages } from "./page-passages";
import { PhoneVoice, type SourceEvents } from "./phone-voice";
import { type PlayerDeeds, PlayerView } from "./player";
import { Recording } from "./recording";

const SLOW = 0.75; // of the usual speed

export const mount: Feature = async (host, store) => {
  if (hasLook()) void import("../../ui/look"); // here, because every page mounts this feature
  const main = document.querySelector("main");
  const begun = main?.querySelector("[data-begun]");
  if (begun) void showBegun(begun, store);
  if (
    !main?.querySelector("h1") ||
    main.querySelector("[data-feature=form],[data-feature=search],[data-feature=phone]")
  )
    return;
  const voice = "speechSynthesis" in window ? new PhoneVoice(speechSynthesis, store) : null;
  const lang = document.documentElement.lang;
  const heard = (await store.setting("heard").catch(() => undefined)) ?? [];
  const player = new PagePlayer(main, voice, () => findRecording(main, [...heard, lang]), placeKeeper(main, store));
  const show = async (): Promise<void> => {
    if (host.firstChild || !(player.hasRecording || (await voice?.canSpeak(lang)))) return;
    addStyles(sheet);
    if (!host.firstChild) host.append(player.view.element);
    standAboveNavigation(player.view.element);
    addEventListener("resize", () => standAboveNavigation(player.view.element));
  };
  await show();
  voice?.watch(() => void show());
  addEventListener("pagehide", () => player.stop());
  // A feature shows another screen of the page, or what it has to say of a form.
  for (const name of ["screen", "submit"]) document.addEventListener(name, () => player.stop());
};

/** Keeps which guide is being heard, for the home page; never one of a topic that the content calls private. */
function placeKeeper(main: HTMLElement, store: PhoneStore): (isBegun: boolean) => void {
  const { page } = currentLocation();
  if (!page?.path.startsWith("guides/") || main.querySelector("[data-private]")) return () => undefined;
  const place = { channel: page.channel, path: page.path, title: main.querySelector("h1")?.textContent ?? "" };
  return (isBegun) => void store.changeSetting("begun", () => (isBegun ? place : null)).catch(() => undefined);
}

/** The navigation's height depends on the person's text size; on a low screen it does not float. */
function standAboveNavigation(view: HTMLElement): void {
  const navigation = document.querySelector("nav");
  const floats = navigation && getComputedStyle(navigation).position === "sticky";
  view.style.bottom = floats ? `${navigation.offsetHeight}px` : "";
}

function hasLook(): boolean {
  try {
    return localStorage.getItem("look") !== null;
  } catch {
    return false; // the browser's own look
  }
}

/** The recording in the first of the languages that has one which this phone plays. */
function findRecording(main: HTMLElement, langs: readonly string[]): HTMLAudioElement | null {
  const sounds = [...main.querySelectorAll<HTMLAudioElement>("audio[data-spoken]")].filter((sound) =>
    playableSource(sound),
  );
  return langs.map((lang) => sounds.find((sound) => sound.lang === lang)).find((sound) => sound) ?? null;
}

class PagePlayer implements PlayerDeeds {
  readonly view = new PlayerView(this);
  private recording: Recording | null = null;
  private passages: readonly SpokenPassage[] = [];
  private position = 0;
  private isOn = false;
  private isPlaying = false;
  private isSlow = false;
  private isVoiceOnly = false;

  constructor(
    private readonly main: HTMLElement,
    private readonly voice: PhoneVoice | null,
    private readonly sound: () => HTMLAudioElement | null,
    private readonly keepPlace: (isBegun: boolean) => void,
  ) {
    this.show();
  }

  get hasRecording(): boolean {
    return this.sound() !== null;
  }

  toggle(): void {
    if (!this.isOn) this.begin();
    if (this.isPlaying) this.pause();
    else this.play();
  }

  slower(): void {
    this.isSlow = !this.isSlow;
    if (this.isPlaying) this.play();
    this.show();
  }

  again(): void {
    if (this.recording) this.recording.again();
    else this.position = this.firstOfBlock(this.position);
    this.play();
  }

  /** To the next step, heading or paragraph. */
  next(): void {
    const { block } = this.passages[this.position] ?? {};
    const next = this.passages.findIndex((passage, index) => index > this.position && passage.block !== block);
    if (next >= 0) this.position = next;
    if (this.recording ? this.recording.next() : next >= 0) this.play();
    else this.stop();
  }

  open(): void {
    const link = this.passages[this.position]?.link;
    this.stop();
    link?.click();
  }

  /** Ends the listening and leaves the page as it was. */
  stop(): void {
    this.pause();
    this.mark(null);
    this.recording?.rewind();
    unwrapPassages(this.main);
    this.isOn = false;
    this.position = 0;
    this.show();
  }

  private begin(): void {
    this.isOn = true;
    this.keepPlace(true);
    const sound = this.isVoiceOnly ? null : this.sound();
    this.recording = sound && new Recording(sound, (step) => this.markStep(step));
    if (!this.recording) this.passages = wrapPassages(this.main);
  }

  private play(): void {
    this.isPlaying = true;
    this.view.tell("");
    const rate = this.isSlow ? SLOW : 1;
    const events: SourceEvents = {
      begun: () => this.view.tell(""),
      ended: () => this.goOn(),
      silent: () => this.explainSilence(),
    };
    const passage = this.passages[this.position];
    if (this.recording) void this.recording.play(rate, events);
    else if (passage && this.voice) {
      this.mark(passage.pieces);
      void this.voice.speak(passage.spoken, passage.lang, rate, events);
    }
    this.show();
  }

  private goOn(): void {
    this.position += 1;
    if (!this.recording && this.position < this.passages.length) this.play();
    else {
      this.keepPlace(false);
      this.stop();
    }
  }

  private pause(): void {
    this.isPlaying = false;
    this.voice?.stop();
    this.recording?.stop();
    this.show();
  }

  /** A recording that does not come leaves the word to the voice; a voice that stays silent says why, and what helps. */
  private explainSilence(): void {
    if (this.recording) {
      const lang = document.documentElement.lang;
      this.stop();
      this.view.tell(t("Cet enregistrement n’est pas sur ce téléphone, et le réseau ne répond pas."));
      void this.voice?.canSpeak(lang).then((canSpeak) => {
        this.isVoiceOnly = canSpeak;
        if (canSpeak) this.toggle();
      });
      return;
    }
    this.stop();
    this.view.tell(
      navigator.onLine
        ? t(
            "La voix du téléphone ne répond pas. Ouvrez les réglages du téléphone, cherchez « Synthèse vocale » et installez la voix de votre langue.",
          )
        : t(
            "Sans réseau, cette voix ne parle pas. Avec du réseau, ouvrez les réglages du téléphone, cherchez « Synthèse vocale » et installez la voix de votre langue.",
          ),
    );
  }

  private firstOfBlock(position: number): number {
    const { block } = this.passages[position] ?? {};
    return this.passages.findIndex((passage) => passage.block === block);
  }

  private markStep(step: number): void {
    const item = this.main.querySelectorAll<HTMLElement>("ol > li")[step];
    this.mark(item ? [item] : null);
  }

  private mark(pieces: readonly HTMLElement[] | null): void {
    const marked = [...this.main.querySelectorAll(".heard")];
    if (marked.length === pieces?.length && marked[0] === pieces[0]) return;
    for (const piece of marked) piece.classList.remove("heard");
    for (const piece of pieces ?? []) piece.classList.add("heard");
    pieces?.[0]?.scrollIntoView({ block: "center" });
  }

  private show(): void {
    const { isOn, isPlaying, isSlow } = this;
    this.view.show({ isOn, isPlaying, isSlow, link: Boolean(this.passages[this.position]?.link) && !this.recording });
  }
}
