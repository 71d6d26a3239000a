/** Fetches the interface's translations; an empty table, and so French, where they cannot be had. */

export async function fetchTranslations(lang: string): Promise<Readonly<Record<string, string>>> {
  if (lang === "fr") return {};
  try {
    const response = await fetch(`/app/locale/${encodeURIComponent(lang)}.json`);
    return response.ok ? ((await response.json()) as Record<string, string>) : {};
  } catch {
    return {};
  }
}
