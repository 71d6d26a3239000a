/**
 * Google's Lighthouse on the pages of a site, as a phone: `node lighthouse.mjs CHROMIUM ADDRESS...`. Prints a line of
 * JSON for each address: its scores in percent, the layout shift, and the audits that lost points.
 */
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const [chromePath, ...addresses] = process.argv.slice(2);
const chrome = await launch({ chromePath, chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
try {
  for (const address of addresses) {
    const { lhr } = await lighthouse(address, {
      port: chrome.port,
      logLevel: "error",
      disableFullPageScreenshot: true,
    });
    const scores = {};
    const lost = [];
    for (const [name, { score, auditRefs }] of Object.entries(lhr.categories)) {
      scores[name] = Math.round(score * 100);
      if (name === "performance") continue; // judged by our own count of work
      for (const { id, weight } of auditRefs) if (weight > 0 && (lhr.audits[id].score ?? 1) < 1) lost.push(id);
    }
    const shift = lhr.audits["cumulative-layout-shift"].numericValue;
    console.log(JSON.stringify({ address, scores, shift, lost }));
  }
} finally {
  await chrome.kill();
}
