/** Which page is being read, from its address and its shell. */
import { pageAt } from "../protocol/page";

export interface Here {
  readonly lang: string;
  /** The page's channel and path; null on the page where a language is chosen. */
  readonly page: { readonly channel: string; readonly path: string } | null;
}

export function here(): Here {
  return { lang: document.documentElement.lang || "fr", page: pageAt(location.pathname) };
}

/** Whether the person reads the list of languages: then a channel's link chooses that channel. */
export function isChoosing({ page }: Here): boolean {
  return location.pathname === "/" || page?.path === "languages";
}
