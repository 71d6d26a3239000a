/** Makes requests: each response is read line by line within limits, and aborted when it stalls. */
import { type Refusal, isRefusal, refuse } from "../protocol/refusal";
import { LineSplitter } from "./line-splitter";

/**
 * Time without a byte after which a connection counts as lost. EDGE responds within seconds; a phone handed to
 * another cell within 20.
 */
const STALL = 45_000; // ms

/** The connection was lost, or there was no response. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export interface NetworkResponse {
  readonly status: number;
  header(name: string): string | null;
  /** The body's chunks; a refusal ends them. Throws Interrupted where the connection is lost. */
  chunks(total: number): AsyncGenerator<Uint8Array | Refusal, void>;
  /**
   * The body's lines; a refusal ends them. Throws Interrupted where the connection is lost; an incomplete line is
   * dropped.
   */
  lines(firstLimit: number, limit: number, total: number): AsyncGenerator<string | Refusal, void>;
  /** Aborts the response. */
  close(): void;
  /** True if a hub responded, which does not speak for headquarters. */
  readonly isFromHub?: boolean;
}

export interface RequestOptions {
  readonly method?: "POST";
  readonly body?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  /** True for a request that must not go to a hub. */
  readonly siteOnly?: boolean;
}

export interface Network {
  request(address: string, options?: RequestOptions): Promise<NetworkResponse>;
}

export interface NetworkOptions {
  readonly fetch: (address: string, init: RequestInit) => Promise<Response>;
  /** Called when a response has ended, with its address and the bytes read of it, decompressed. */
  readonly onEnd: (address: string, bytes: number) => void;
  /** Called with the server's time, in milliseconds. */
  readonly onServerTime: (server: number) => void;
  readonly stallTimeout?: number;
  /** Time until the response must begin. */
  readonly firstTimeout?: number;
}

export function createNetwork({
  fetch,
  onEnd,
  onServerTime,
  stallTimeout = STALL,
  firstTimeout = stallTimeout,
}: NetworkOptions): Network {
  return {
    async request(address, { method, body, headers: named } = {}) {
      const abort = new AbortController();
      const watch = new Watchdog(() => abort.abort(), stallTimeout, firstTimeout);
      const headers = body === undefined ? {} : { "content-type": "application/json", ...named };
      const init = {
        ...(method ? { method } : {}),
        ...(body === undefined ? {} : { body }),
        headers,
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
        signal: abort.signal,
      } as const;
      const response = await fetch(address, init).catch(() => {
        watch.stop();
        throw new Interrupted(address);
      });
      watch.reset();
      const date = Date.parse(response.headers.get("date") ?? "");
      if (!Number.isNaN(date)) onServerTime(date);
      let bytes = 0;
      let open = true;
      const close = () => {
        if (!open) return;
        open = false;
        watch.stop();
        abort.abort();
        onEnd(address, bytes);
      };
      const networkResponse: NetworkResponse = {
        status: response.status,
        header: (name) => response.headers.get(name),
        close,
        async *chunks(total) {
          const reader = response.body?.getReader();
          try {
            while (reader) {
              const { done, value } = await reader.read().catch(() => {
                throw new Interrupted(address);
              });
              if (done) return;
              watch.reset();
              bytes += value.length;
              if (bytes > total) return void (yield refuse("feed-too-long"));
              yield value;
            }
          } finally {
            close();
          }
        },
        async *lines(firstLimit, limit, total) {
          const splitter = new LineSplitter(firstLimit, limit);
          for await (const chunk of networkResponse.chunks(total)) {
            if (isRefusal(chunk)) yield chunk;
            else yield* splitter.push(chunk);
            if (splitter.hasFailed) return;
          }
        },
      };
      return networkResponse;
    },
  };
}

/** Calls `onStall` once `timeout` has passed without a reset. */
class Watchdog {
  private timer: ReturnType<typeof setTimeout>;

  constructor(
    private readonly dead: () => void,
    private readonly timeout: number,
    first: number,
  ) {
    this.timer = setTimeout(dead, first);
  }

  reset(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.dead, this.timeout);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
