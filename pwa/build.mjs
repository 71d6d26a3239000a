/** Builds pwa/dist: the app's files as the server sends them, `styles.css` and `assets.json` for publishing.
 * The same sources give the same bytes.
 *
 *   app/main.js        stable name; imports chunks named by their content
 *   app/locale/*.json  translations from content/locale/*.po, only of the code's sentences
 *   app/*.webmanifest  one a language          app/icon*          app/licences.txt
 *   console/assets/*   script and styles of the coordinators' console; phones never get them
 *   sw.js              the service worker, with the list of files to cache
 *   assets.json        {"css": text, "scripts": [...], "files": {path: {sha256, bytes, brotli}}}
 * `inputs.txt` lists everything that is read besides node_modules: its digest decides whether to build again.
 * Reading anything else fails the build.
 */
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import * as esbuild from "esbuild";
import gettext from "gettext-parser";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "..");
const INPUTS = (await readFile(join(HERE, "inputs.txt"), "utf8")).trim().split("\n");
const CONTENT = join(ROOT, "content");
const DIST = join(HERE, "dist");
const TARGET = ["chrome80", "firefox78", "safari14"]; // older browsers get plain pages
// Safari 14 fails one corner of destructuring (a getter seen twice in an object pattern), which nothing here
// meets; esbuild would refuse all of it.
// Chrome before 91 fails another corner, spread arguments after `?.`, which a test keeps out.
const SUPPORTED = { destructuring: true, "optional-chain": true };
const COMMON = {
  bundle: true,
  minify: true,
  target: TARGET,
  supported: SUPPORTED,
  charset: "utf8",
  legalComments: "none",
  // Fields are assigned, as TypeScript does for ES2020: defining them takes a helper and more bytes.
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  absWorkingDir: HERE,
  logLevel: "warning",
  metafile: true,
};

const LAZY = /-[A-Z0-9]{8}\.js$/; // loaded by the pages that need it
const ONLINE = /^\/app\/proof-of-work-[A-Z0-9]{8}\.js$/; // needed only in answer to a request: no phone caches it

const version = JSON.parse(await read(join(HERE, "package.json"))).version;
const budget = JSON.parse(await read(join(HERE, "budget.json")));

await rm(DIST, { recursive: true, force: true });
await mkdir(join(DIST, "app/locale"), { recursive: true });
const core = await buildPage();
await buildStyles();
await copyIcons();
const said = await sentences(join(HERE, "src"));
const languages = await buildWords(said);
await buildManifests(languages);
await writeLicences();
await buildConsole();
await buildWorker(core);
await describe(core);

/** Builds the page's script in chunks; returns the addresses of those that every page needs. */
async function buildPage() {
  const { metafile } = await bundle({
    entryPoints: ["src/main.ts"],
    outdir: "dist/app",
    format: "esm",
    splitting: true,
    chunkNames: "[name]-[hash]",
    loader: { ".css": "text" },
    // Every feature depends on all of the first script, so that it is one file and not a dozen small ones.
    inject: ["src/main.ts"],
    define: { __VERSION__: JSON.stringify(version) },
  });
  const needed = new Set();
  const visit = (path) => {
    if (needed.has(path)) return;
    needed.add(path);
    for (const each of metafile.outputs[path].imports) if (each.kind === "import-statement") visit(each.path);
  };
  visit("dist/app/main.js");
  return [...needed].map((path) => path.slice("dist".length)).sort();
}

/** Builds the styles as one text, for the shell. */
async function buildStyles() {
  const { outputFiles } = await bundle({
    entryPoints: ["src/css/index.css"],
    outfile: "dist/styles.css",
    write: false,
  });
  // esbuild keeps the formatter's space in a custom property, because a page could read it; none here does.
  await writeFile(join(DIST, "styles.css"), outputFiles[0].text.replace(/(--[\w-]+): /g, "$1:"));
}

/** Builds the console's script and styles: same targets, same tokens, a budget of their own. */
async function buildConsole() {
  const entryPoints = ["src/console/console.ts", "../server/console/css/console.css"];
  await bundle({
    entryPoints,
    outdir: "dist/console/assets",
    entryNames: "[name]",
    chunkNames: "[name]-[hash]",
    splitting: true,
    format: "esm",
  });
}

async function copyIcons() {
  for (const name of await sorted(join(HERE, "icons")))
    if (name !== "maskable.svg") await cp(source(join(HERE, "icons", name)), join(DIST, "app", name));
}

/** Every French sentence that the code passes to t(). */
async function sentences(folder) {
  const found = new Set();
  for (const file of (await readdir(source(folder), { recursive: true })).filter(
    (name) => name.endsWith(".ts") && !name.startsWith("console/"),
  )) {
    const code = await read(join(folder, file));
    for (const [, text] of code.matchAll(/\bt\(\s*("(?:[^"\\]|\\.)*")/g)) found.add(JSON.parse(text));
  }
  return found;
}

/** Writes a JSON file for each catalog; returns the languages of catalogs and of content. */
async function buildWords(said) {
  const languages = new Set(["fr"]);
  for (const name of await sorted(join(CONTENT, "locale"))) {
    if (!name.endsWith(".po")) continue;
    const lang = basename(name, ".po");
    languages.add(lang);
    const { translations } = gettext.po.parse(await read(join(CONTENT, "locale", name)));
    const words = {};
    for (const sentence of [...said].sort()) {
      const entry = translations[""]?.[sentence];
      if (entry?.msgstr[0] && !entry.comments?.flag?.includes("fuzzy")) words[sentence] = entry.msgstr[0];
    }
    await writeFile(join(DIST, "app/locale", `${lang}.json`), JSON.stringify(words));
  }
  for (const slug of await sorted(join(CONTENT, "guides"))) {
    for (const name of await sorted(join(CONTENT, "guides", slug)))
      if (/^[a-z]{2,3}\.md$/.test(name)) languages.add(basename(name, ".md"));
  }
  return [...languages].sort();
}

async function buildManifests(languages) {
  for (const lang of languages) {
    const icon = (name, size, more = {}) => ({
      src: `/app/${name}`,
      sizes: size,
      type: name.endsWith(".svg") ? "image/svg+xml" : "image/png",
      ...more,
    });
    const manifest = {
      id: "/",
      name: "Kunnafoni",
      short_name: "Kunnafoni",
      lang,
      dir: "auto",
      start_url: "/",
      scope: "/",
      display: "standalone",
      background_color: "#f6ecd9",
      theme_color: "#241610",
      icons: [
        icon("icon-192.png", "192x192"),
        icon("icon-512.png", "512x512"),
        icon("icon-maskable.png", "512x512", { purpose: "maskable" }),
        icon("icon.svg", "any"),
      ],
    };
    await writeFile(join(DIST, "app", `${lang}.webmanifest`), JSON.stringify(manifest));
  }
}

/** Writes the notices that the licences of bundled packages require. */
async function writeLicences() {
  const texts = [];
  for (const name of [
    "@hpke/core",
    "age-encryption",
    "altcha-lib",
    "@noble/ciphers",
    "@noble/curves",
    "@noble/hashes",
    "@noble/post-quantum",
    "@scure/base",
    "idb",
    "minisearch",
  ]) {
    const folder = join(HERE, "node_modules", name);
    const { version } = JSON.parse(await read(join(folder, "package.json")));
    const file = (await sorted(folder)).find((each) => /^licen[cs]e/i.test(each));
    texts.push(`${name} ${version}\n\n${(await read(join(folder, file))).trim()}\n`);
  }
  await writeFile(join(DIST, "app/licences.txt"), texts.join("\n\n"));
}

/**
 * Builds the worker, which caches the files that every page needs when it is installed, and the other scripts, the
 * translations and the icon once pages are here.
 */
async function buildWorker(core) {
  const files = await distFiles();
  const kept = files.filter(
    (path) =>
      /^\/app\/(.*\.js|locale\/.*\.json|icon\.svg|icon-192\.png|[a-z]+\.webmanifest)$/.test(path) && !ONLINE.test(path),
  );
  const build = createHash("sha256");
  for (const path of kept) build.update(path).update(await readFile(join(DIST, path)));
  await bundle({
    entryPoints: { sw: "src/sw/worker.ts" },
    outdir: "dist",
    format: "iife",
    define: {
      __VERSION__: JSON.stringify(version),
      __BUILD__: JSON.stringify(build.digest("hex").slice(0, 12)),
      __CORE__: JSON.stringify(core),
      __FEATURES__: JSON.stringify(kept.filter((path) => !core.includes(path))),
    },
  });
}

/** Writes assets.json, and fails above the budget. */
async function describe(core) {
  const files = {};
  for (const path of await distFiles()) {
    const bytes = await readFile(join(DIST, path));
    files[path] = {
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytes: bytes.length,
      brotli: packed(bytes),
    };
  }
  const css = await readFile(join(DIST, "styles.css"), "utf8");
  await writeFile(
    join(DIST, "assets.json"),
    JSON.stringify({ css: css.trim(), scripts: ["/app/main.js"], files }, null, 1),
  );
  const sum = (paths) => paths.reduce((total, path) => total + files[path].brotli, 0);
  const features = Object.keys(files).filter(
    (path) => path.startsWith("/app/") && path.endsWith(".js") && !core.includes(path) && !ONLINE.test(path),
  );
  const desk = Object.keys(files).filter((path) => path.startsWith("/console/"));
  const measured = {
    core: sum([...core, "/sw.js", "/styles.css"]),
    features: sum(features),
    online: sum(Object.keys(files).filter((path) => ONLINE.test(path))),
    styles: sum(["/styles.css"]),
    console: sum(desk.filter((path) => !LAZY.test(path))),
    sealing: sum(desk.filter((path) => LAZY.test(path))),
  };
  for (const [name, bytes] of Object.entries(measured))
    console.log(`${name.padEnd(9)}${String(bytes).padStart(7)} of ${budget[name]} bytes brotli`);
  const over = Object.keys(measured).filter((name) => measured[name] > budget[name]);
  if (over.length > 0) {
    console.error(`Over budget (budget.json): ${over.join(", ")}`);
    process.exit(1);
  }
}

async function distFiles() {
  const entries = await readdir(DIST, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(DIST.length));
  return files.filter((path) => path !== "/assets.json").sort();
}

function packed(bytes) {
  return brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }).length;
}

async function sorted(folder) {
  return (await readdir(source(folder)).catch(() => [])).sort();
}

async function read(path) {
  return readFile(source(path), "utf8");
}

/** Bundles with esbuild; fails where it read a file that is not in the list of inputs. */
async function bundle(options) {
  const result = await esbuild.build({ ...COMMON, ...options });
  const files = Object.keys(result.metafile.inputs).filter((path) => !path.startsWith("<define:"));
  for (const path of files) source(join(HERE, path));
  return result;
}

/** The path, if a change below it makes a new build necessary; packages are covered by their lock file. */
function source(path) {
  const named = relative(ROOT, path);
  if (named.startsWith("pwa/node_modules/") || INPUTS.some((input) => `${named}/`.startsWith(`${input}/`))) return path;
  throw new Error(`The build reads ${named}, which no line of pwa/inputs.txt covers`);
}
