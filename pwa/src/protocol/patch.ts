/** Word patches: small differences between two page bodies (PROTOCOL.md, section 4). Twin: sync/editions/patch.py. */
import { isWellFormed } from "./canonical";
import { type Refusal, refuse } from "./refusal";

export function splitWords(text: string): string[] {
  return text.match(/[^ \n<>]*[ \n<>]|[^ \n<>]+/g) ?? [];
}

/** The body that results from applying the patch to `old`. */
export function applyPatch(old: string, patch: readonly unknown[]): string | Refusal {
  const before = splitWords(old);
  const out: string[] = [];
  let at = 0;
  for (const operation of patch) {
    if (typeof operation === "string" && isWellFormed(operation)) {
      out.push(operation);
    } else if (
      typeof operation === "number" &&
      Number.isSafeInteger(operation) &&
      operation !== 0 &&
      at + Math.abs(operation) <= before.length
    ) {
      const end = at + Math.abs(operation);
      if (operation > 0) out.push(...before.slice(at, end));
      at = end;
    } else {
      return refuse("patch-misfit");
    }
  }
  return out.concat(before.slice(at)).join("");
}
