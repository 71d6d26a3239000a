/** Compresses and decompresses gzip by the browser's streams; null where it has none. */
import type { Bytes } from "./bytes";

/** Null where the browser cannot compress. */
export async function gzip(text: string): Promise<Bytes | null> {
  if (typeof CompressionStream === "undefined") return null;
  return new Uint8Array(
    await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
  );
}

/** The content of what `gzip` made; reading it fails for damaged bytes. */
export function unzipped(stream: ReadableStream<Bytes>, headers?: Record<string, string>): Response {
  return new Response(stream.pipeThrough(new DecompressionStream("gzip")), { headers: headers ?? {} });
}

/** The text of UTF-8 bytes; null for any others, whose lines would not be those that were packed. */
export function decodeStrictly(bytes: Bytes): string | null {
  try {
    return strictDecoder().decode(bytes);
  } catch {
    return null;
  }
}

function strictDecoder(): TextDecoder {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
}

/** Null for damaged bytes or text, for more than `limit` bytes decompressed, or where the browser cannot. */
export async function gunzip(bytes: Bytes, limit: number): Promise<string | null> {
  if (typeof DecompressionStream === "undefined") return null;
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const decoder = strictDecoder();
  let text = "";
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      total += value.length;
      if (total > limit) return null;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    return null;
  }
}
