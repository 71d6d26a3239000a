// Firefox with one page, driven over WebDriver BiDi by lines of JSON: [command, argument, ...] in, {result} or {error} out.
//   node firefox.mjs PATH-OF-FIREFOX
import readline from "node:readline";
import puppeteer from "puppeteer-core";

const WIDTH = 360;
const PATIENCE = 60_000; // ms

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: process.argv[2],
  extraPrefsFirefox: { "intl.accept_languages": "fr-FR, fr" },
});
const page = await browser.newPage();
await page.setViewport({ width: WIDTH, height: 740 });

/** The status that the page itself was told: now and then BiDi names no answer for a page from a service worker. */
const toldStatus = () => performance.getEntriesByType("navigation")[0].responseStatus;

const commands = {
  goto: async (address) => (await page.goto(address))?.status() ?? (await page.evaluate(toldStatus)),
  evaluate: (script) => page.evaluate(script),
  fill: (selector, text) =>
    page.evaluate(
      (where, typed) => {
        const field = document.querySelector(where);
        field.value = typed;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      },
      selector,
      text,
    ),
  /** Waits for an element with these words; clicks it where `click` is true. */
  find: async (selector, words, click) => {
    const find = (where, text) => [...document.querySelectorAll(where)].find((one) => one.textContent.includes(text));
    const found = await page.waitForFunction(find, { timeout: PATIENCE }, selector, words);
    if (click) await found.evaluate((element) => element.click());
  },
};

console.log(JSON.stringify({ result: await browser.version() }));
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [name, ...values] = JSON.parse(line);
  try {
    console.log(JSON.stringify({ result: (await commands[name](...values)) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
await browser.close();
