/** The channel this phone follows: the first one opened, until the person chooses another in the list of languages. */
import type { PhoneStore } from "../../db/store-contract";
import { INDEX, parsePageAddress } from "../../protocol/page";
import { type PageLocation, isChoosingLanguage } from "../../ui/current-page";
import { button } from "../../ui/dom";
import { t } from "../../ui/i18n";
import type { StatusLine } from "../../ui/status-line";

/** The followed channel; undefined before one was opened. */
export async function followedChannel(store: PhoneStore, { page }: PageLocation): Promise<string | undefined> {
  const followed = await store.setting("followed");
  if (followed || !page) return followed;
  await follow(store, page.channel);
  return page.channel;
}

/** Makes a channel's link in the list of languages follow that channel, and marks those whose pages are here. */
export function watchLanguageChoice(store: PhoneStore, pageLocation: PageLocation): void {
  if (!isChoosingLanguage(pageLocation)) return;
  void store.heldChannels().then(
    (channels) => {
      for (const channel of channels)
        document.querySelector(`main [href$="${channel}/"] small`)?.append(t("Sur ce téléphone"));
    },
    () => undefined,
  );
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.("a");
    if (link?.origin !== location.origin) return;
    const page = parsePageAddress(link.pathname);
    if (page?.path !== INDEX) return;
    event.preventDefault();
    followAndOpen(store, page.channel, link.href);
  });
}

/**
 * Says on a page of another channel (a shared link, or the pages that are here while those chosen are not) which
 * pages this phone keeps, and asks before it keeps these.
 */
export function showOtherChannel(
  store: PhoneStore,
  status: StatusLine,
  followed: string,
  { page }: PageLocation,
): void {
  const instead = new URLSearchParams(location.search).get("instead");
  const isOther = !!page && page.channel !== followed;
  const keepButton = button(t("Garder cette langue-ci"), () =>
    followAndOpen(store, page?.channel ?? followed, location.pathname),
  );
  if (isOther || instead)
    status.setSentence("language", otherChannelSentence(instead, followed), ...(isOther ? [keepButton] : []));
}

function otherChannelSentence(instead: string | null, followed: string): string {
  if (instead === null) return t("Ce téléphone garde les pages d’une autre langue ou d’un autre pays.");
  return instead === followed
    ? t("Ce que vous avez choisi viendra avec du réseau. En attendant, voici les pages de ce téléphone.")
    : t("La page demandée est d’un autre pays ou dans une autre langue. Sans réseau, voici celle de ce téléphone.");
}

/** Opens the address of a channel even if the choice could not be kept. */
function followAndOpen(store: PhoneStore, channel: string, address: string): void {
  const open = () => location.assign(address);
  void follow(store, channel).then(open, open);
}

async function follow(store: PhoneStore, channel: string): Promise<void> {
  await store.changeSetting("followed", () => channel);
}
