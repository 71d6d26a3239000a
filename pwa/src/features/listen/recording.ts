/** Plays a recording of the page. `marks`: the second at which each numbered step begins, as its document says. */
import type { SourceEvents } from "./phone-voice";

const LEAP = 15; // seconds, where a recording has no marks

export class Recording {
  private readonly marks: readonly number[];
  private events: SourceEvents | null = null;

  constructor(
    private readonly sound: HTMLAudioElement,
    private readonly onStep: (step: number) => void,
  ) {
    this.marks = (sound.dataset.marks ?? "").split(" ").filter(Boolean).map(Number);
    sound.addEventListener("playing", () => this.events?.begun());
    sound.addEventListener("ended", () => this.events?.ended());
    sound.addEventListener("timeupdate", () => this.events && this.onStep(this.step));
  }

  async play(rate: number, events: SourceEvents): Promise<void> {
    this.events = events;
    this.sound.playbackRate = rate;
    await this.sound.play().catch((error: unknown) => {
      if ((error as DOMException).name !== "AbortError") events.silent();
    });
  }

  stop(): void {
    this.events = null;
    this.sound.pause();
  }

  rewind(): void {
    this.sound.currentTime = 0;
  }

  /** To the next step, or a little further; false at the end. */
  next(): boolean {
    const next = this.marks[this.step + 1] ?? (this.marks.length > 0 ? Number.NaN : this.sound.currentTime + LEAP);
    if (Number.isNaN(next) || next >= this.sound.duration) return false;
    this.sound.currentTime = next;
    this.onStep(this.step);
    return true;
  }

  again(): void {
    this.sound.currentTime = this.marks[this.step] ?? Math.max(0, this.sound.currentTime - LEAP);
  }

  /** The index of the step that is being said, -1 before the first. */
  private get step(): number {
    return this.marks.filter((mark) => mark <= this.sound.currentTime).length - 1;
  }
}
