/** Detects the built-in browsers of other apps, which keep nothing for offline use, or lose it. Pure. */

const PROGRAMS: readonly (readonly [name: string, mark: RegExp])[] = [
  ["Facebook", /FBAN|FBAV|FB_IAB/],
  ["Instagram", /Instagram/],
  ["WhatsApp", /WhatsApp/],
  ["TikTok", /musical_ly|BytedanceWebview|TikTok|trill_/],
  ["", /; wv\)/],
];

/** The program's name, "" for one unknown by name, null for a browser. */
export function detectInAppBrowser(userAgent: string): string | null {
  const program = PROGRAMS.find(([, mark]) => mark.test(userAgent));
  return program ? program[0] : null;
}
