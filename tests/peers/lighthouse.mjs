/**
 * Google's Lighthouse on the pages of a site, as a phone: `node lighthouse.mjs CHROMIUM ADDRESS...`. Prints a line of
 * JSON for each address: its scores in percent, the layout shift, and the audits that lost points. An audit that could
 * not be made on a busy machine is no loss: the page is asked once more.
 */
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const [chromePath, ...addresses] = process.argv.slice(2);
const chrome = await launch({ chromePath, chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
try {
  for (const address of addresses) {
    let lhr = await audit(address);
    if (Object.values(lhr.audits).some(({ scoreDisplayMode }) => scoreDisplayMode === "error"))
      lhr = await audit(address);
    const scores = {};
    const lost = [];
    for (const [name, { score, auditRefs }] of Object.entries(lhr.categories)) {
      scores[name] = Math.round(score * 100);
      if (name === "performance") continue; // judged by our own count of work
      for (const { id, weight } of auditRefs) {
        const { score: points, scoreDisplayMode, errorMessage } = lhr.audits[id];
        if (scoreDisplayMode === "error") lost.push(`${id}: ${errorMessage}`);
        else if (weight > 0 && (points ?? 1) < 1) lost.push(id);
      }
    }
    const shift = lhr.audits["cumulative-layout-shift"].numericValue;
    console.log(JSON.stringify({ address, scores, shift, lost }));
  }
} finally {
  await chrome.kill();
}

async function audit(address) {
  const options = { port: chrome.port, logLevel: "error", disableFullPageScreenshot: true };
  return (await lighthouse(address, options)).lhr;
}
