/** The page of a harm, from which a case takes its texts: the same as without script. */
import type { PhoneStore } from "../../db/store-contract";
import { parsePageAddress } from "../../protocol/page";

export interface HarmTexts {
  readonly title: string;
  /** The warning at the top of the page, or null. */
  readonly danger: Element | null;
  readonly first: readonly string[];
  readonly last: readonly string[];
  /** The items of the list of steps, by step. */
  readonly steps: ReadonlyMap<string, HTMLElement>;
  /** Symbols of pictograms that the page defines. */
  readonly symbols: readonly Element[];
}

/** Reads the page of a harm on this phone; null where it is not there. */
export async function readHarmPage(store: PhoneStore, address: string): Promise<HarmTexts | null> {
  const place = parsePageAddress(new URL(address).pathname);
  const text = place && (await store.page(place.channel, place.path))?.body;
  const main = text ? new DOMParser().parseFromString(text, "text/html").body : null;
  if (!main?.querySelector("[data-step]")) return null;
  const here = document.importNode(main, true);
  for (const link of here.querySelectorAll("a")) link.href = new URL(link.getAttribute("href") ?? "", address).href;
  const lines = (selector: string) =>
    [...here.querySelectorAll(`${selector} li`)].map((item) => item.textContent ?? "");
  return {
    title: here.querySelector("h1")?.textContent ?? "",
    danger: here.querySelector(".danger"),
    first: lines("[data-first]"),
    last: lines("[data-last]"),
    steps: new Map(
      [...here.querySelectorAll<HTMLElement>("[data-step]")].map((item) => [item.dataset.step ?? "", item]),
    ),
    symbols: [...here.querySelectorAll("symbol")],
  };
}
