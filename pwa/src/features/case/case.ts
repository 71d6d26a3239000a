/**
 * The page "Ma démarche": from a harm, by a few questions, to an ordered list of steps with ticks, and to its end.
 * Nothing leaves the phone. Without this script the page leads to the pages of the harms. On the page of the offices it
 * puts those of one's region first.
 */
import { hasWebCrypto } from "../../crypto/signature-verifier";
import sheet from "../../css/forms.css";
import { openFieldSession } from "../../fieldwork/field-session";
import type { Routes } from "../../protocol/path-questions";
import type { Feature } from "../../ui/feature";
import { addStyles } from "../../ui/feature-styles";
import { CasePage } from "./case-page";
import { mountDirectory } from "./office-directory";

export const mount: Feature = async (host, store) => {
  const choice = host.querySelector("select");
  if (choice) return mountDirectory(host, choice, await openFieldSession(store));
  const routes = document.querySelector("script[data-routes]")?.textContent;
  const harms = host.querySelector<HTMLElement>("[data-harms]");
  const entrance = host.querySelector<HTMLElement>("[data-entrance]");
  if (!routes || !harms || !entrance || !hasWebCrypto()) return;
  host.querySelector("[data-plain]")?.remove();
  delete host.dataset.feature; // what stands here is read aloud like the rest of the page
  addStyles(sheet);
  const session = await openFieldSession(store);
  const page = new CasePage(host, harms, entrance, JSON.parse(routes) as Routes, session);
  await page.start();
};
