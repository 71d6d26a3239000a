/**
 * The recorder of spoken guides: one passage at a time, heard again before it is kept, kept in this browser, and sent
 * as soon as all passages of a guide are there and a network too. Three taps a passage: speak, finish, keep.
 */
import { button, element, fill } from "../ui/dom";
import { postForm } from "./form-request";
import { KeptPassages } from "./kept-passages";

const BITS = 12_000; // a second: a voice, understood on a cheap phone
const PATIENCE = 300_000; // ms: two minutes of a voice are 200 kB, and EDGE may take 2 kB a second
const RETRY = 20_000; // ms between two attempts to send

type Words = Readonly<Record<string, string>>;

interface Script {
  readonly slug: string;
  readonly digest: string;
  readonly passages: readonly string[];
  readonly section: HTMLElement;
  readonly state: HTMLElement;
  /** The sounds that are kept, by number of passage. */
  sounds: (Blob | null)[];
  isSent: boolean;
}

export function mountPassageRecorder(root: ParentNode): void {
  const host = root.querySelector<HTMLElement>("[data-voice]");
  if (!host || host.dataset.mounted || !("MediaRecorder" in window) || !navigator.mediaDevices) return;
  host.dataset.mounted = "1";
  void new PassageRecorder(host).start();
}

class PassageRecorder {
  private readonly words: Words;
  private readonly scripts: readonly Script[];
  private readonly note: HTMLElement;
  private readonly stage = element("div", { class: "stage", hidden: "" });
  private readonly player = new Audio();
  private kept: KeptPassages | null = null;
  private isSending = false;

  constructor(private readonly host: HTMLElement) {
    this.words = JSON.parse(host.dataset.words ?? "{}") as Words;
    this.note = host.querySelector("[data-voice-note]") as HTMLElement;
    this.scripts = Array.from(host.querySelectorAll<HTMLElement>("[data-script]")).map(readScript);
  }

  async start(): Promise<void> {
    this.host.prepend(this.stage);
    this.kept = await KeptPassages.open(this.host.dataset.voice ?? "", document.body.dataset.keptKey ?? "", Date.now());
    for (const script of this.scripts) {
      script.sounds = await Promise.all(
        script.passages.map((_text, number) => this.kept?.read(script.digest, number) ?? null),
      );
      const first = firstMissing(script) > 0 ? "resume" : "begin";
      script.section.append(button(this.word(first), () => this.open(script), { class: script.isSent ? "quiet" : "" }));
      this.showState(script);
    }
    addEventListener("online", () => void this.sendAll());
    addEventListener("beforeunload", (event) => {
      if (this.kept || !this.scripts.some(({ sounds, isSent }) => !isSent && sounds.some(Boolean))) return;
      event.preventDefault(); // nothing outlives this page where the browser keeps nothing
      event.returnValue = "";
    });
    setInterval(() => void this.sendAll(), RETRY);
    await this.sendAll();
  }

  private open(script: Script): void {
    if (script.isSent || isWhole(script)) script.sounds = script.passages.map(() => null);
    script.isSent = false;
    this.showPassage(script, Math.max(0, firstMissing(script)));
  }

  private showPassage(script: Script, number: number): void {
    const speak = button(this.word("speak"), () => void this.record(script, number), { "data-tap": "speak" });
    this.show(script, number, speak, this.leaveButton());
    speak.focus();
  }

  private async record(script: Script, number: number): Promise<void> {
    const stream = await navigator.mediaDevices
      .getUserMedia({ audio: { channelCount: 1, noiseSuppression: true } })
      .catch(() => null);
    if (!stream) return this.say("refused");
    const parts: Blob[] = [];
    const recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS });
    const began = Date.now();
    const status = element("p", { role: "status" });
    const timer = setInterval(() => count(), 500);
    const count = (): void => {
      status.textContent = this.word("recording", { seconds: Math.round((Date.now() - began) / 1000) });
    };
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.addEventListener("stop", () => {
      clearInterval(timer);
      for (const track of stream.getTracks()) track.stop();
      this.hear(script, number, new Blob(parts, { type: recorder.mimeType }));
    });
    recorder.start();
    count();
    this.show(
      script,
      number,
      status,
      button(this.word("stop"), () => recorder.stop(), { "data-tap": "stop" }),
    );
  }

  /** Plays what was said; the person keeps it or says it again. */
  private hear(script: Script, number: number, sound: Blob): void {
    if (this.player.src) URL.revokeObjectURL(this.player.src);
    this.player.src = URL.createObjectURL(sound);
    const play = (): void => void this.player.play().catch(() => undefined);
    play();
    const again = (): void => {
      this.player.pause();
      void this.record(script, number);
    };
    const keep = button(this.word("keep"), () => void this.keep(script, number, sound), { "data-tap": "keep" });
    this.show(
      script,
      number,
      keep,
      button(this.word("redo"), again, { class: "quiet", "data-tap": "redo" }),
      button(this.word("replay"), play, { class: "quiet", "data-tap": "replay" }),
    );
    keep.focus();
  }

  private async keep(script: Script, number: number, sound: Blob): Promise<void> {
    this.player.pause();
    script.sounds[number] = sound;
    await this.kept?.keep(script.digest, number, sound, Date.now()).catch(() => (this.kept = null)); // a full disk
    if (!this.kept) this.say("bare");
    const next = firstMissing(script);
    this.showState(script);
    if (next >= 0) return this.showPassage(script, next);
    void this.sendAll();
    const other = this.scripts.find((each) => !each.isSent && !isWhole(each));
    if (other) return this.showPassage(other, Math.max(0, firstMissing(other)));
    this.leave();
  }

  /** Sends each whole guide; what fails stays for the next attempt. */
  private async sendAll(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    try {
      for (const script of this.scripts) if (!script.isSent && isWhole(script)) await this.send(script);
    } finally {
      this.isSending = false;
    }
    if (this.scripts.every(({ isSent }) => isSent)) this.say("all");
  }

  private async send(script: Script): Promise<void> {
    const body = new FormData();
    body.set("csrf", this.host.dataset.csrf ?? "");
    body.set("script", script.digest);
    for (const sound of script.sounds) if (sound) body.append("passage", sound, "passage");
    const answer = await postForm(`${this.host.dataset.action}/${script.slug}`, body, PATIENCE);
    const kept = this.word(this.kept ? "here" : "bare");
    if (answer.kind === "offline") return this.say("offline", { kept });
    if (answer.kind === "page") {
      if (answer.status === 401) return this.say("over", { kept });
      const page = new DOMParser().parseFromString(answer.html, "text/html");
      return this.say("failed", { reason: page.querySelector("main p")?.textContent?.trim() ?? "" });
    }
    script.isSent = true;
    this.note.hidden = true;
    await this.kept?.forget(script.digest, script.passages.length);
    this.showState(script);
  }

  private show(script: Script, number: number, ...controls: HTMLElement[]): void {
    const place = this.word("passage", { number: number + 1, count: script.passages.length });
    fill(
      this.stage,
      element("h2", {}, script.section.querySelector("h2")?.textContent ?? ""),
      element("p", {}, element("small", {}, place)),
      element(
        "p",
        { class: "say", lang: script.section.querySelector("h2")?.lang ?? "" },
        script.passages[number] ?? "",
      ),
      ...controls,
    );
    this.stage.hidden = false;
    for (const each of this.scripts) each.section.hidden = true;
    this.stage.scrollIntoView();
  }

  private leaveButton(): HTMLElement {
    return button(this.word("leave"), () => this.leave(), { class: "quiet" });
  }

  private leave(): void {
    this.stage.hidden = true;
    for (const each of this.scripts) each.section.hidden = false;
  }

  private showState(script: Script): void {
    const number = script.sounds.filter(Boolean).length;
    const values = { number, count: script.passages.length };
    if (script.isSent && script.section.dataset.done === undefined) script.state.textContent = this.word("sent");
    else if (isWhole(script)) script.state.textContent = this.word("whole");
    else if (number) script.state.textContent = this.word("kept", values);
  }

  private say(word: string, values: Readonly<Record<string, string | number>> = {}): void {
    this.note.textContent = this.word(word, values);
    this.note.hidden = false;
  }

  private word(name: string, values: Readonly<Record<string, string | number>> = {}): string {
    return Object.entries(values).reduce(
      (text, [key, value]) => text.replace(`{${key}}`, String(value)),
      this.words[name] ?? "",
    );
  }
}

function readScript(section: HTMLElement): Script {
  const passages = Array.from(section.querySelectorAll("li")).map((item) => item.textContent ?? "");
  return {
    slug: section.dataset.script ?? "",
    digest: section.dataset.digest ?? "",
    passages,
    section,
    state: section.querySelector("[data-state]") as HTMLElement,
    sounds: passages.map(() => null),
    isSent: section.dataset.done !== undefined,
  };
}

/** The number of the first passage that is not spoken; -1 if all are. */
function firstMissing(script: Script): number {
  return script.sounds.findIndex((sound) => !sound);
}

function isWhole(script: Script): boolean {
  return firstMissing(script) < 0;
}
