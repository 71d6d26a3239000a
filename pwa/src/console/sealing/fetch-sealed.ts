/** Fetches sealed submissions and their attachments for the page that decrypts them. */
import type { Form } from "../../protocol/form";

export interface SealedLine {
  readonly text: string;
  readonly received: string;
  /** Headquarters' own day of arrival, "" if unknown. */
  readonly arrived: string;
  readonly device: string;
  readonly doubt: string;
}

export interface SealedSubmissions {
  /** Forms by version, the newest first. */
  readonly forms: Readonly<Record<string, Form>>;
  readonly lines: readonly SealedLine[];
}

/** All sealed submissions of a form; null where the connection was lost. `address`: of the console's sealed answers. */
export async function fetchSealed(address: string, form: string): Promise<SealedSubmissions | null> {
  try {
    const response = await fetch(`${address}/${form}`);
    if (!response.ok || response.redirected) return null;
    const [first, ...lines] = (await response.text()).split("\n").filter(Boolean);
    return {
      forms: JSON.parse(first ?? "{}") as SealedSubmissions["forms"],
      lines: lines.map((line) => JSON.parse(line) as SealedLine),
    };
  } catch {
    return null;
  }
}

/** The encrypted bytes of an attachment; null where the server has none. */
export async function fetchSealedFile(address: string, id: string, index: number): Promise<ArrayBuffer | null> {
  try {
    const response = await fetch(`${address}/${id}/${index}`);
    return response.ok ? await response.arrayBuffer() : null;
  } catch {
    return null;
  }
}
