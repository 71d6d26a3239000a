/**
 * Styles of a feature, added when it mounts, so that a first visit does not carry them. The page's policy allows
 * inserted rules, but no other sheet.
 */

const added = new Set<string>();

/** `css`: plain rules, without rules inside rules. */
export function addStyles(css: string): void {
  const sheet = document.styleSheets[0];
  if (!sheet || added.has(css)) return;
  added.add(css);
  const rules = css.replace(/\/\*.*?\*\//gs, "").split("}");
  for (const rule of rules) if (rule.trim()) sheet.insertRule(`${rule}}`, sheet.cssRules.length);
}
