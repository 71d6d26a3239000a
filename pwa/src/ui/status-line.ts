/**
 * Shows the status line under the header: one sentence a subject. Screen readers read a sentence when it changes, not
 * its numbers. The line stands where it moves no text that is being read: at the top of the home page, which keeps room
 * for it, elsewhere at the end of the page, unless it has more to say than how a download goes.
 */
import { element } from "./dom";

export type StatusSubject = "age" | "clock" | "insecure" | "language" | "road" | "storage" | "sync" | "webview";

export class StatusLine {
  private readonly blocks = new Map<StatusSubject, HTMLElement>();
  private isAtEnd = false;

  constructor(private readonly host: HTMLElement | null) {
    if (!host || document.querySelector(".slogan")) return;
    document.querySelector("body > footer")?.before(host);
    this.isAtEnd = true;
  }

  /** Shows a sentence about a subject, in place of the last one; `nodes` follow it (a button, a bar). */
  setSentence(subject: StatusSubject, sentence: string, ...nodes: readonly Node[]): void {
    const line = element("p", {}, sentence, ...nodes);
    this.setBlock(subject, line);
  }

  /** Shows a block made elsewhere for a subject. Beside the way out of another app's browser nothing is shown. */
  setBlock(subject: StatusSubject, block: HTMLElement): void {
    if (this.blocks.has("webview")) return;
    if (this.host && this.isAtEnd && subject !== "sync") {
      document.querySelector("header")?.after(this.host); // once: a live region that moves is read again
      this.isAtEnd = false;
    }
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
