/** The parts of a form as they stand in its pages (PROTOCOL.md, section 8). */

const PART = /<script\b[^>]*\bdata-part=["']?(\d+)["']?[^>]*>(.*?)<\/script>/s;

/** The text of a form's part with this number; undefined for a page that has another one, or none. */
export function formPart(body: string, number: number): string | undefined {
  const [, found, text] = PART.exec(body) ?? [];
  return Number(found) === number ? text : undefined;
}
