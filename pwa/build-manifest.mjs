/** The manifests with which browsers install the app: one a language, with shortcuts and screenshots. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

const SCREENSHOT = "720x1280"; // the size of icons/screen-*.png

/** Writes a manifest for each language; `words`: the translations of the pages' sentences by language. */
export async function writeManifests(dist, languages, words) {
  for (const lang of languages) {
    const icon = (name, size, more = {}) => ({
      src: `/app/${name}`,
      sizes: size,
      type: name.endsWith(".svg") ? "image/svg+xml" : "image/png",
      ...more,
    });
    const say = (sentence) => words[lang]?.[sentence] || sentence;
    const shortcut = (sentence, page) => ({ name: say(sentence), url: `/?go=${page}` });
    const screenshot = (name, sentence) => ({
      src: `/app/${name}.png`,
      sizes: SCREENSHOT,
      type: "image/png",
      form_factor: "narrow",
      label: say(sentence),
    });
    const manifest = {
      id: "/",
      name: "Kunnafoni",
      short_name: "Kunnafoni",
      description: say("S’informer et se protéger, même sans réseau"),
      categories: ["education", "news", "utilities"],
      lang,
      dir: "auto",
      start_url: "/",
      scope: "/",
      display: "standalone",
      background_color: "#f6ecd9",
      theme_color: "#241610",
      share_target: {
        action: "/share",
        method: "POST",
        enctype: "multipart/form-data",
        params: { text: "text", files: [{ name: "file", accept: ["text/plain", ".txt"] }] },
      },
      file_handlers: [{ action: "/?go=phone", accept: { "text/plain": [".txt"] } }],
      icons: [
        icon("icon-192.png", "192x192"),
        icon("icon-512.png", "512x512"),
        icon("icon-maskable.png", "512x512", { purpose: "maskable" }),
        icon("icon.svg", "any"),
      ],
      // The worker knows the channel that the phone follows; the texts are those of the pages' own templates.
      shortcuts: [
        shortcut("Danger", "danger"),
        shortcut("Vérifier un message", "notices"),
        shortcut("Écouter", "guides"),
      ],
      screenshots: [screenshot("screen-home", "Accueil"), screenshot("screen-guide", "Guides")],
    };
    await writeFile(join(dist, "app", `${lang}.webmanifest`), JSON.stringify(manifest));
  }
}
