/**
 * Chooses the phone's voice for a language. On Android every voice calls itself local, also one that asks the network:
 * a voice counts as offline only once it has spoken while the phone was offline. Pure.
 */

/** The part of `SpeechSynthesisVoice` that the choice reads. */
export interface VoiceFacts {
  readonly voiceURI: string;
  readonly lang: string;
  readonly localService: boolean;
}

/** The behaviour of voices without network, by `voiceURI`: true if it spoke, false if it stayed silent. */
export type OfflineVoices = Readonly<Record<string, boolean>>;

/** The best voice for a language, null for none. Android writes `fr_FR`, others `fr-FR`. */
export function chooseVoice<Voice extends VoiceFacts>(
  voices: readonly Voice[],
  lang: string,
  seen: OfflineVoices,
  isOnline: boolean,
): Voice | null {
  const usable = voices.filter(
    (voice) => primaryTag(voice.lang) === primaryTag(lang) && (isOnline || mayBeOffline(voice, seen)),
  );
  const rank = (voice: Voice): number => (seen[voice.voiceURI] === true ? 0 : mayBeOffline(voice, seen) ? 1 : 2);
  return [...usable].sort((first, second) => rank(first) - rank(second))[0] ?? null;
}

/** False for a voice of the network, and for one that stayed silent without it. */
function mayBeOffline({ voiceURI, localService }: VoiceFacts, seen: OfflineVoices): boolean {
  return seen[voiceURI] ?? localService;
}

function primaryTag(lang: string): string {
  return lang.toLowerCase().split(/[-_]/)[0] ?? "";
}
