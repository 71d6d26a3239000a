/**
 * Reads the interface's translations from the app's cache, which a worker's own requests do not pass, else fetches
 * them; an empty table, and so French, where they cannot be had.
 */

export async function fetchTranslations(lang: string): Promise<Readonly<Record<string, string>>> {
  if (lang === "fr") return {};
  try {
    const address = `/app/locale/${encodeURIComponent(lang)}.json`;
    const cached = "caches" in globalThis ? await caches.match(address) : undefined;
    const response = cached ?? (await fetch(address));
    return response.ok ? ((await response.json()) as Record<string, string>) : {};
  } catch {
    return {};
  }
}
