/** Reads the current page from its address and shell. */
import { parsePageAddress } from "../protocol/page";

export interface PageLocation {
  readonly lang: string;
  /** The page's channel and path; null on the page where a language is chosen. */
  readonly page: { readonly channel: string; readonly path: string } | null;
}

export function currentLocation(): PageLocation {
  return { lang: document.documentElement.lang || "fr", page: parsePageAddress(location.pathname) };
}

/** True on the list of languages, where a channel's link chooses that channel. */
export function isChoosingLanguage({ page }: PageLocation): boolean {
  return location.pathname === "/" || page?.path === "languages";
}

/** Marks the current page in the navigation: one shell serves every page. */
export function markCurrentLinks(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("nav a")) {
    const isHome = link.pathname.endsWith("/");
    const isHere = isHome
      ? location.pathname === link.pathname
      : `${location.pathname}/`.startsWith(`${link.pathname}/`);
    if (isHere) link.setAttribute("aria-current", "page");
  }
}
