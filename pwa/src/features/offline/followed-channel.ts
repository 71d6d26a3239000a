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

/** Makes a channel's link in the list of languages follow that channel. */
export function watchLanguageChoice(store: PhoneStore, pageLocation: PageLocation): void {
  if (!isChoosingLanguage(pageLocation)) return;
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.("a");
    const page = link && link.origin === location.origin ? parsePageAddress(link.pathname) : null;
    if (!link || page?.path !== INDEX) return;
    event.preventDefault();
    void follow(store, page.channel)
      .catch(() => undefined)
      .then(() => location.assign(link.href));
  });
}

/** Asks, on a page of another channel (a shared link), before the phone changes the channel that it keeps. */
export function offerLanguageChange(
  store: PhoneStore,
  status: StatusLine,
  followed: string,
  { page }: PageLocation,
): void {
  if (!page || page.channel === followed) return;
  const keepButton = button(t("Garder cette langue-ci"), () => {
    void follow(store, page.channel).then(() => location.reload());
  });
  status.setSentence(
    "language",
    t("Ce téléphone garde les pages dans une autre langue ou pour un autre pays."),
    keepButton,
  );
}

async function follow(store: PhoneStore, channel: string): Promise<void> {
  await store.changeSetting("followed", () => channel);
}
