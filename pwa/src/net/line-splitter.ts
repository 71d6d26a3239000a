/** Splits UTF-8 chunks into lines; refuses a line that is too long before it is complete. */
import { type Refusal, refuse } from "../protocol/refusal";

const LINE_FEED = 10;

export class LineSplitter {
  hasFailed = false;
  private parts: Uint8Array[] = [];
  private length = 0;
  private limit: number;
  private readonly decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  /** The first line may be as long as `firstLimit` bytes, the others as `limit`. */
  constructor(
    firstLimit: number,
    private readonly nextLimit: number,
  ) {
    this.limit = firstLimit;
  }

  /** The lines that this chunk completes; a refusal is the last. */
  *push(chunk: Uint8Array): Generator<string | Refusal, void> {
    let start = 0;
    while (!this.hasFailed) {
      const end = chunk.indexOf(LINE_FEED, start);
      this.addPart(chunk.subarray(start, end < 0 ? chunk.length : end));
      if (this.length > this.limit) yield this.fail("feed-too-long");
      else if (end < 0) return;
      else yield this.takeLine();
      start = end + 1;
    }
  }

  private addPart(part: Uint8Array): void {
    this.parts.push(part);
    this.length += part.length;
  }

  private takeLine(): string | Refusal {
    const bytes = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      bytes.set(part, at);
      at += part.length;
    }
    this.parts = [];
    this.length = 0;
    this.limit = this.nextLimit;
    try {
      return this.decoder.decode(bytes);
    } catch {
      return this.fail("feed-malformed");
    }
  }

  private fail(code: "feed-too-long" | "feed-malformed"): Refusal {
    this.hasFailed = true;
    return refuse(code);
  }
}
