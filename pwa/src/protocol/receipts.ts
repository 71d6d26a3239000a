/** Receipts as they travel in files (PROTOCOL.md, sections 11 and 13). Twin: sync/submissions/receipts.py. */
import { isDate } from "./edition-statement";
import { DIGEST } from "./manifest";

/** The day of arrival, the epoch of the key that signed, the signature. */
export type Receipt = readonly [date: string, epoch: number, signature: string];

const SIGNATURE = /^[A-Za-z0-9_-]{86}$/;

/** Id and receipt of a line, its signature not verified; null for any other line. */
export function parseReceiptLine(line: string): { readonly id: string; readonly receipt: Receipt } | null {
  let value: { readonly id?: unknown; readonly receipt?: unknown } | null;
  try {
    value = JSON.parse(line) as typeof value;
  } catch {
    return null;
  }
  const { id, receipt } = value ?? {};
  return typeof id === "string" && DIGEST.test(id) && isReceipt(receipt) ? { id, receipt } : null;
}

function isReceipt(value: unknown): value is Receipt {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [date, epoch, signature] = value as readonly unknown[];
  return (
    isDate(date) &&
    Number.isSafeInteger(epoch) &&
    (epoch as number) >= 1 &&
    typeof signature === "string" &&
    SIGNATURE.test(signature)
  );
}
