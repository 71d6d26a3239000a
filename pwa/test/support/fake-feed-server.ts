/** A feed server in memory, with faults on request: it cuts, freezes, forges or fails. */
import { type FakePublisher, type TestEdition, feedOf, headerOf, line } from "./fake-publisher";

/** Faults of the next responses, first to last; later ones have none. */
export type FeedFault =
  | { readonly kind: "none" }
  /** The connection is lost after so many bytes of the body. */
  | { readonly kind: "cut"; readonly after: number }
  /** No response. */
  | { readonly kind: "silent" }
  | { readonly kind: "status"; readonly status: number }
  /** The text of the response is altered. */
  | { readonly kind: "forge"; readonly change: (text: string) => string };

export class FakeFeedServer {
  readonly editions: TestEdition[] = [];
  readonly requests: string[] = [];
  readonly faults: FeedFault[] = [];
  /** Bytes of bodies handed out. */
  sentBytes = 0;
  date = "2026-11-25";
  /** The clock of the `Date` header (ms). */
  clock = 0;
  sendsFreshness = true;

  constructor(readonly publisher: FakePublisher) {}

  get head(): TestEdition {
    return this.editions[this.editions.length - 1] as TestEdition;
  }

  /** The phone's `fetch`. */
  readonly fetch = async (address: string, init: RequestInit = {}): Promise<Response> => {
    this.requests.push(address);
    const trouble = this.faults.shift() ?? { kind: "none" };
    if (trouble.kind === "silent") throw new TypeError("Failed to fetch");
    if (trouble.kind === "status") return new Response("{}", { status: trouble.status });
    const { status, text, headers = {} } = await this.answer(new URL(address, "http://localhost"), init);
    const allHeaders = { date: new Date(this.clock).toUTCString(), ...headers };
    if (status === 204) return new Response(null, { status, headers: allHeaders });
    const bytes = new TextEncoder().encode(trouble.kind === "forge" ? trouble.change(text) : text);
    return new Response(
      this.stream(bytes, trouble.kind === "cut" ? trouble.after : Infinity, init.signal ?? undefined),
      { status, headers: allHeaders },
    );
  };

  private async answer(
    address: URL,
    init: RequestInit,
  ): Promise<{ status: number; text: string; headers?: Record<string, string> }> {
    const path = address.pathname.slice(`/feed/${this.publisher.channel}`.length);
    if (!address.pathname.startsWith(`/feed/${this.publisher.channel}`)) return { status: 404, text: "{}" };
    const to = address.searchParams.get("to");
    const edition = to ? this.editions.find((candidate) => candidate.id === to) : this.head;
    if (path === "/pages") return { status: 200, text: this.pages(JSON.parse(String(init.body)) as string[]) };
    if (!edition) return { status: 410, text: "{}" };
    if (path === "/manifest")
      return { status: 200, text: line({ ...headerOf(edition), manifest: this.texts(edition) }) };
    return this.feed(address, edition);
  }

  private async feed(
    { searchParams }: URL,
    edition: TestEdition,
  ): Promise<{ status: number; text: string; headers?: Record<string, string> }> {
    const fresh = edition === this.head && this.sendsFreshness ? await this.publisher.fresh(edition, this.date) : null;
    const have = searchParams.get("have");
    if (have === edition.id)
      return { status: 204, text: "", headers: fresh ? { "Kunnafoni-Fresh": fresh.join(" ") } : {} };
    const { header, lines } = feedOf(edition, this.editions.find((candidate) => candidate.id === have) ?? null);
    const after = Math.min(Number(searchParams.get("after") ?? 0), lines.length);
    const fields = { ...(fresh ? { fresh } : {}), ...(after ? { from: after } : {}) };
    return { status: 200, text: line({ ...header, ...fields }) + lines.slice(after).join("") };
  }

  private pages(digests: readonly string[]): string {
    const bodies = new Map(this.editions.flatMap((edition) => [...edition.bodies]));
    return digests.map((digest) => line(bodies.has(digest) ? { body: bodies.get(digest) } : null)).join("");
  }

  private texts({ manifest: { entries, first } }: TestEdition): string[] {
    const text = entries.map((entry) => `${entry.path} ${entry.digest}\n`);
    return [text.slice(0, first).join(""), text.slice(first).join("")];
  }

  /** The bytes in chunks as a network gives them, broken off after `limit`. */
  private stream(bytes: Uint8Array, limit: number, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
    let at = 0;
    return new ReadableStream({
      pull: (controller) => {
        if (signal?.aborted) return controller.error(new DOMException("Aborted", "AbortError"));
        if (at >= limit) return controller.error(new TypeError("network error"));
        if (at >= bytes.length) return controller.close();
        const chunk = bytes.slice(at, Math.min(at + 1_000, limit, bytes.length));
        at += chunk.length;
        this.sentBytes += chunk.length;
        controller.enqueue(chunk);
      },
    });
  }
}
