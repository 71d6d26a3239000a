/** Styles that a feature brings with it, so that no first visit carries them. The page's policy lets a script write rules, but no other sheet in. */

const added = new Set<string>();

/** `css`: plain rules, without rules inside rules. */
export function addStyles(css: string): void {
  const sheet = document.styleSheets[0];
  if (!sheet || added.has(css)) return;
  added.add(css);
  const rules = css.replace(/\/\*.*?\*\//gs, "").split("}");
  for (const rule of rules) if (rule.trim()) sheet.insertRule(`${rule}}`, sheet.cssRules.length);
}
