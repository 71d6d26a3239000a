/** The status line under the header: one sentence a subject. Screen readers read a sentence when it changes, not its numbers. */
import { element } from "./dom";

export type StatusSubject = "age" | "clock" | "insecure" | "language" | "road" | "storage" | "sync" | "webview";

export class StatusLine {
  private readonly blocks = new Map<StatusSubject, HTMLElement>();

  constructor(private readonly host: HTMLElement | null) {}

  /** Says a sentence about a subject, in place of the last one; `more` stands after it (a button, a bar). */
  setSentence(subject: StatusSubject, sentence: string, ...nodes: readonly Node[]): void {
    const line = element("p", {}, sentence, ...nodes);
    this.setBlock(subject, line);
  }

  /** Puts a block made elsewhere in a subject's place. */
  setBlock(subject: StatusSubject, block: HTMLElement): void {
    const previous = this.blocks.get(subject);
    if (previous) previous.replaceWith(block);
    else this.host?.append(block);
    this.blocks.set(subject, block);
  }

  clear(subject: StatusSubject): void {
    this.blocks.get(subject)?.remove();
    this.blocks.delete(subject);
  }
}
