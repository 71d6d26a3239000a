/** Reads NDJSON responses of the inbox row by row. */
import { isRefusal } from "../protocol/refusal";
import type { NetworkResponse } from "./network";

const ROW_LIMIT = 64 * 1024;
const ROWS_LIMIT = 4 * 1024 * 1024;

/** The server cannot answer now. */
export class ServerBusy extends Error {
  override readonly name = "Busy";
}

/** The rows of a 200 response; throws ServerBusy for any other. */
export async function* readRows<Row>(response: NetworkResponse): AsyncGenerator<Row, void> {
  if (response.status !== 200) {
    response.close();
    throw new ServerBusy();
  }
  for await (const row of readObjects<Row>(response)) {
    if (row === null) throw new ServerBusy();
    yield row;
  }
}

/** The row of a response of one row, whatever its status; null where it has none. */
export async function readRow<Row>(response: NetworkResponse): Promise<Row | null> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.chunks(ROW_LIMIT)) {
    if (isRefusal(chunk)) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return parseRow<Row>(text);
}

async function* readObjects<Row>(response: NetworkResponse): AsyncGenerator<Row | null, void> {
  try {
    for await (const line of response.lines(ROW_LIMIT, ROW_LIMIT, ROWS_LIMIT))
      yield isRefusal(line) ? null : parseRow<Row>(line);
  } finally {
    response.close();
  }
}

function parseRow<Row>(line: string): Row | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Row) : null;
  } catch {
    return null;
  }
}
