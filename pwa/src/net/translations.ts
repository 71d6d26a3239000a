/** Fetches the interface's words in a language; none where they cannot be had, so that French is shown. */

export async function fetchTranslations(lang: string): Promise<Readonly<Record<string, string>>> {
  if (lang === "fr") return {};
  try {
    const answer = await fetch(`/app/locale/${encodeURIComponent(lang)}.json`);
    return answer.ok ? ((await answer.json()) as Record<string, string>) : {};
  } catch {
    return {};
  }
}
