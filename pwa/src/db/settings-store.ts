/**
 * The store of browsers that keep nothing (private windows): no pages, and settings for as long as the page is open.
 */
import type { PhoneSettings, PhoneStore } from "./store-contract";

export function openSettingsStore(): PhoneStore {
  const settings = new Map<keyof PhoneSettings, unknown>();
  const nothing = async (): Promise<undefined> => undefined;
  return {
    isLasting: false,
    trust: nothing,
    holding: nothing,
    heldChannels: async () => [],
    progress: nothing,
    body: nothing,
    missing: async (digests) => [...digests],
    page: nothing,
    keepPages: nothing,
    show: nothing,
    dropProgress: nothing,
    sweep: async () => 0,
    setting: async <Name extends keyof PhoneSettings>(name: Name) => settings.get(name) as PhoneSettings[Name],
    changeSetting: async (name, change) =>
      void settings.set(name, change(settings.get(name) as Parameters<typeof change>[0])),
    dropSearch: nothing,
    eraseAll: async () => settings.clear(),
  };
}
