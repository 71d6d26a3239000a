/** The line under the header: what the phone has to say now, one sentence a subject. Screen readers hear a sentence when it changes, not its numbers. */
import { element } from "./dom";

export type Subject = "age" | "clock" | "insecure" | "language" | "road" | "storage" | "sync" | "webview";

export class Status {
  private readonly said = new Map<Subject, HTMLElement>();

  constructor(private readonly host: HTMLElement | null) {}

  /** Says a sentence about a subject, in place of the last one; `more` stands after it (a button, a bar). */
  say(subject: Subject, sentence: string, ...more: readonly Node[]): void {
    const line = element("p", {}, sentence, ...more);
    this.put(subject, line);
  }

  /** Puts a block made elsewhere in a subject's place. */
  put(subject: Subject, block: HTMLElement): void {
    const old = this.said.get(subject);
    if (old) old.replaceWith(block);
    else this.host?.append(block);
    this.said.set(subject, block);
  }

  hush(subject: Subject): void {
    this.said.get(subject)?.remove();
    this.said.delete(subject);
  }
}
