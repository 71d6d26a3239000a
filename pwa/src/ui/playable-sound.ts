/** The address of a sound in a form that this phone plays: Opus in Ogg, else its second file where the site keeps one. */
const OPUS = "audio/ogg; codecs=opus";
const AAC = "audio/mp4; codecs=mp4a.40.2";

/** "" for a sound that this phone cannot play; else the address, which the element has from then on. */
export function playableSource(sound: HTMLAudioElement): string {
  if (sound.canPlayType(OPUS)) return sound.src;
  const { aac } = sound.dataset;
  if (!aac || !sound.canPlayType(AAC)) return "";
  if (sound.getAttribute("src") !== aac) sound.src = aac;
  return sound.src;
}
