/** Shows readers inside Facebook, WhatsApp, Instagram or TikTok how to open the page in a browser that can keep it. */
import { element, pictogram } from "../../ui/dom";
import { t } from "../../ui/i18n";
import type { StatusLine, StatusSubject } from "../../ui/status-line";

/** Subjects of what a phone keeps: beside the warning each would contradict it. */
const KEEPING: readonly StatusSubject[] = ["age", "clock", "insecure", "road", "storage", "sync"];

export function showOpenInBrowser(status: StatusLine, program: string): void {
  const isAndroid = /Android/.test(navigator.userAgent);
  const title = isAndroid ? t("Ouvrez cette page dans Chrome.") : t("Ouvrez cette page dans Safari.");
  const why = program
    ? t("{program} n’en garde rien : sans réseau, vous ne pourriez pas la relire.", { program })
    : t("Cette application n’en garde rien : sans réseau, vous ne pourriez pas la relire.");
  const how = isAndroid
    ? t("Touchez les trois points en haut, puis « Ouvrir dans Chrome ».")
    : t("Touchez le bouton de partage, puis « Ouvrir dans Safari ».");
  const hint = element("p", {}, element("b", {}, title), ` ${why} ${how} `);
  if (isAndroid) hint.append(element("a", { href: chromeAddress(location.href) }, t("Ouvrir dans Chrome")));
  for (const subject of KEEPING) status.clear(subject);
  status.setBlock("webview", element("div", { class: "danger" }, pictogram("phone"), hint));
}

/** An address that Android opens in Chrome. */
function chromeAddress(address: string): string {
  const { host, pathname, search, protocol } = new URL(address);
  return `intent://${host}${pathname}${search}#Intent;scheme=${protocol.slice(0, -1)};package=com.android.chrome;end`;
}
