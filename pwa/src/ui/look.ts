/**
 * The person's text size and colours. Applied when this module is loaded, and again when they choose others. Where a
 * look was chosen, the worker puts it as a script of its own (`app/look.js`) before the first paint.
 */

export interface Look {
  /** Percent of the browser's own size. */
  readonly size: number;
  /** "" follows the phone. */
  readonly theme: "" | "light" | "dark";
}

const KEY = "look";
let darkRule: CSSMediaRule | undefined;

export function readLook(): Look {
  try {
    return { size: 100, theme: "", ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Look>) };
  } catch {
    return { size: 100, theme: "" };
  }
}

/** Keeps and applies a look; where the browser refuses storage it holds for the page. */
export function chooseLook(look: Look): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(look));
  } catch {
    // the page has it
  }
  apply(look);
}

export function forgetLook(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // nothing was kept
  }
}

function apply({ size, theme }: Look): void {
  const { style } = document.documentElement;
  style.fontSize = size === 100 ? "" : `${size}%`;
  style.colorScheme = theme;
  // By a colour that it sets: the script that ran before the first paint may have changed its condition.
  darkRule ??= [...(document.styleSheets[0]?.cssRules ?? [])].find(
    (rule): rule is CSSMediaRule => rule instanceof CSSMediaRule && rule.cssText.includes("--cloth"),
  );
  if (darkRule)
    darkRule.media.mediaText = theme ? (theme === "dark" ? "all" : "not all") : "(prefers-color-scheme: dark)";
}

apply(readLook());
