/**
 * Speaks with the phone's own voice, one utterance a sentence. Stopping and beginning the sentence again stands for
 * pausing, because Android's pause ends the utterance. A voice that has not begun after three seconds counts as silent.
 */
import type { PhoneStore } from "../../db/store-contract";
import { chooseVoice } from "./voices";

const SILENCE = 3_000; // ms

/** The events that a source tells the player: it began, it reached its end, or it stayed silent. */
export interface SourceEvents {
  begun(): void;
  ended(): void;
  silent(): void;
}

export class PhoneVoice {
  /** Kept, because some browsers forget an utterance that nothing refers to, and never tell its end. */
  private utterance: SpeechSynthesisUtterance | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly synthesis: SpeechSynthesis,
    private readonly store: PhoneStore,
  ) {}

  /** True if some voice may speak the language now. */
  async canSpeak(lang: string): Promise<boolean> {
    return (await this.voiceFor(lang)) !== null;
  }

  /** Calls back whenever the phone's voices change: many phones name them late. */
  watch(onChange: () => void): void {
    this.synthesis.addEventListener?.("voiceschanged", onChange);
  }

  async speak(text: string, lang: string, rate: number, events: SourceEvents): Promise<void> {
    this.stop();
    const utterance = new SpeechSynthesisUtterance(text);
    this.utterance = utterance;
    const voice = await this.voiceFor(lang);
    if (this.utterance !== utterance) return; // stopped meanwhile
    if (!voice) return events.silent();
    utterance.voice = voice;
    utterance.lang = voice.lang.replace("_", "-");
    utterance.rate = rate;
    const isCurrent = (): boolean => this.utterance === utterance;
    const fail = (): void => {
      if (!isCurrent()) return;
      this.stop();
      void this.remember(voice, false);
      events.silent();
    };
    utterance.onstart = () => {
      if (!isCurrent()) return;
      clearTimeout(this.timer);
      void this.remember(voice, true);
      events.begun();
    };
    utterance.onend = () => {
      if (!isCurrent()) return;
      clearTimeout(this.timer);
      this.utterance = null;
      events.ended();
    };
    utterance.onerror = fail;
    this.timer = setTimeout(fail, SILENCE);
    this.synthesis.speak(utterance);
  }

  stop(): void {
    clearTimeout(this.timer);
    if (!this.utterance) return;
    this.utterance = null;
    this.synthesis.cancel();
  }

  private async voiceFor(lang: string): Promise<SpeechSynthesisVoice | null> {
    const seen = (await this.store.setting("voices").catch(() => undefined)) ?? {};
    return chooseVoice(this.synthesis.getVoices(), lang, seen, navigator.onLine);
  }

  /** Only what a voice does without network says something about it. */
  private async remember({ voiceURI }: SpeechSynthesisVoice, spoke: boolean): Promise<void> {
    if (navigator.onLine) return;
    await this.store.changeSetting("voices", (seen) => ({ ...seen, [voiceURI]: spoke })).catch(() => undefined);
  }
}
