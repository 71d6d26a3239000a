/** Which channel this phone keeps: the first one a person opens, until they choose another in the list of languages. */
import type { PhoneStore } from "../../db/contract";
import { INDEX, pageAt } from "../../protocol/page";
import { button } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { type Here, isChoosing } from "../../ui/location";
import type { Status } from "../../ui/status-line";

/** The followed channel; undefined before one was opened. */
export async function followedChannel(store: PhoneStore, { page }: Here): Promise<string | undefined> {
  const followed = await store.setting("followed");
  if (followed || !page) return followed;
  await follow(store, page.channel);
  return page.channel;
}

/** In the list of languages, a channel's link makes this phone follow it. */
export function watchChoice(store: PhoneStore, place: Here): void {
  if (!isChoosing(place)) return;
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.("a");
    const page = link && link.origin === location.origin ? pageAt(link.pathname) : null;
    if (!link || page?.path !== INDEX) return;
    event.preventDefault();
    void follow(store, page.channel)
      .catch(() => undefined)
      .then(() => location.assign(link.href));
  });
}

/** A page of another channel was opened, by a link that someone shared: the phone asks before it changes what it keeps. */
export function offerChoice(store: PhoneStore, status: Status, followed: string, { page }: Here): void {
  if (!page || page.channel === followed) return;
  const keep = button(t("Garder cette langue-ci"), () => {
    void follow(store, page.channel).then(() => location.reload());
  });
  status.say("language", t("Ce téléphone garde les pages dans une autre langue ou pour un autre pays."), keep);
}

async function follow(store: PhoneStore, channel: string): Promise<void> {
  await store.changeSetting("followed", () => channel);
}
