/** Builds pwa/dist: the app's files as the server sends them, `styles.css` and `assets.json` for publishing.
 * The same sources give the same bytes.
 *
 *   app/main.js        stable name: the core script; features are chunks named by their content
 *   app/{set}-….json   the chunks of a feature set in one file, {address: text}, as workers fetch them
 *   app/locale/*.json  translations from content/locale/*.po, only of the code's sentences
 *   app/*.webmanifest  one a language          app/icon*          app/licences.txt
 *   app/look.js        applies the text size and colours that a person chose
 *   app/table.html     where a quick exit leads
 *   console/assets/*   script and styles of the coordinators' console; phones never get them
 *   sw.js              the service worker, with the list of files to cache
 *   assets.json        {"css": text, "scripts": [...], "graphs": {feature: [...]}, "packages": {name: version}, "files": {path: {sha256, bytes, brotli}}}
 *   compressed/br|gzip the files above at the best level, so that no server compresses them
 *   catalogs/*.json    every translation of content/locale/*.po for the server, with the digest of its file
 * `inputs.txt` lists everything that is read besides node_modules: its digest decides whether to build again.
 * Reading anything else fails the build.
 */
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import gettext from "gettext-parser";
import { foldCore, joinSmallChunks, packSets, workerDigest } from "./build-chunks.mjs";
import { compressFiles, describeFiles, distFiles, writeTable } from "./build-files.mjs";
import { writeManifests } from "./build-manifest.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "..");
const INPUTS = (await readFile(join(HERE, "inputs.txt"), "utf8")).trim().split("\n");
const CONTENT = join(ROOT, "content");
const DIST = join(HERE, "dist");
const TARGET = ["chrome80", "firefox78", "safari14"]; // older ones get plain pages
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
  preserveSymlinks: true, // packages that another checkout shares are packages all the same
  logLevel: "warning",
  metafile: true,
};

const MAIN = "dist/app/main.js";
const READER = "/app/reader-00000000.json"; // until the set is built
const LAZY = /-[A-Z0-9]{8}\.js$/; // loaded by the pages that need it
const SET = /^\/app\/(reader|answers|case|field|codes)-[A-Z0-9]{8}\.json$/; // a feature set in one file
const PRACTICE = "/console/assets/practice-page.js"; // fills a form in a frame of the console
const ONLINE = /^\/app\/proof-of-work-[A-Z0-9]{8}\.js$/; // needed only in answer to a request: no phone caches it

/**
 * Modules that begin a feature set besides the reader's; what a set shares with an earlier one travels in that.
 * Answers: what every reader gets after the library, sealing too: any form can be finished offline. Case: "Ma démarche", which no longer fits
 * into the answers' set but for its letters, and what hands pages on, for every reader after it. Field: for a hub.
 * Codes: finds codes in a camera's picture, by choice and after installing.
 */
const SETS = {
  reader: [],
  answers: [
    "features/forms/",
    "features/outbox/",
    "features/lock/",
    "features/reports/one-tap-report",
    "send/send-loop",
    "crypto/seal-answers",
    "fieldwork/kept-forms",
    "fieldwork/case-letter",
    "features/letter/nearest-addressee",
    "features/pack/open-recordings",
    "features/in-app-browser/", // such browsers keep no set, and fetch it alone
  ],
  case: [
    "features/install/",
    "features/case/",
    "features/share/qr-code",
    "features/share/share-card",
    "features/pack/share-library",
  ],
  field: ["features/hub/"],
  codes: ["ui/code-decoder"],
};

const BESIDE_READER = ["/app/icon.svg", "/app/look.js", "/app/table.html"];

const DRAWN = "@iconify-json/lucide"; // draws the pictograms of every page (sync/documents/pictogram_drawings.py)
const KEPT_TEXTS = join(ROOT, "deploy/release/texts"); // licences of packages that bring no text
const bundled = new Set([DRAWN]); // names of the npm packages that are in some bundle or page

const version = JSON.parse(await read(join(HERE, "package.json"))).version;
const budget = JSON.parse(await read(join(HERE, "budget.json")));

await rm(DIST, { recursive: true, force: true });
await mkdir(join(DIST, "app/locale"), { recursive: true });
const { core, sets, graphs } = await buildPage();
await buildLook();
await buildStyles();
await copyIcons();
await writeTable(DIST);
const said = await sentences(join(HERE, "src"));
const languages = await buildWords(said);
await writeManifests(DIST, languages, await templateWords());
await buildConsole();
const packs = await packSets(DIST, sets, BESIDE_READER);
await nameReaderSet(packs);
await buildWorker(core, packs);
await writeLicences();
await describe(core);
await compressFiles(DIST);
await compileCatalogs();

/**
 * Builds the page's script in chunks. Returns the addresses that every page needs, those of each feature set, and for
 * each feature all that it loads until a person uses it.
 */
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
    define: { __VERSION__: JSON.stringify(version), __READER__: JSON.stringify(READER) },
  });
  let outputs = await foldCore(HERE, metafile.outputs, MAIN);
  for (const name of Object.keys(SETS)) {
    const paths = placeFiles(outputs).sets[name].map((path) => `dist${path}`);
    outputs = await joinSmallChunks(HERE, outputs, paths);
  }
  const { core, sets, reach, entries } = placeFiles(outputs);
  const mounted = [
    ...(await read(join(HERE, "src/main.ts"))).matchAll(/(\w+): \(\) => import\("\.\/(features\/[^"]+)"\)/g),
  ];
  const graphs = {};
  for (const [, feature, module] of mounted) {
    const entry = entries.find((path) => outputs[path].entryPoint === `src/${module}.ts`);
    const kinds = ["import-statement", ...(feature === "form" ? ["dynamic-import"] : [])]; // begun at the first tap
    const paths = reach(entry, kinds, new Set([MAIN]));
    graphs[feature] = addressesOf(paths).filter(
      (path) => !core.includes(path) && !sets.field.includes(path) && !ONLINE.test(path),
    );
  }
  return { core, sets, graphs };
}

/** Places each file: the core's, and the set that has it first. */
function placeFiles(outputs) {
  const reach = (path, kinds, seen = new Set()) => {
    if (seen.has(path) || !(path in outputs)) return seen; // Node's own modules, which no browser loads, have none
    seen.add(path);
    for (const each of outputs[path].imports) if (kinds.includes(each.kind)) reach(each.path, kinds, seen);
    return seen;
  };
  const core = addressesOf(reach(MAIN, ["import-statement"]));
  const entries = Object.keys(outputs).filter((path) => outputs[path].entryPoint && path !== MAIN);
  const beginsWith = (path, names) => names.some((name) => outputs[path].entryPoint.startsWith(`src/${name}`));
  const others = Object.values(SETS).flat();
  const placed = new Set(core);
  const sets = {};
  for (const [name, beginnings] of Object.entries(SETS)) {
    const own = entries.filter((path) =>
      name === "reader" ? !beginsWith(path, others) : beginsWith(path, beginnings),
    );
    const files = addressesOf(new Set(own.flatMap((path) => [...reach(path, ["import-statement"])])));
    sets[name] = files.filter((path) => !placed.has(path) && !ONLINE.test(path));
    for (const path of sets[name]) placed.add(path);
  }
  return { core, sets, reach, entries };
}

/** The addresses of built files, sorted. */
function addressesOf(paths) {
  return [...paths].map((path) => path.slice("dist".length)).sort();
}

/** Writes the address of the reader's set, which stands in no set's own files, into the core script. */
async function nameReaderSet({ reader }) {
  const file = join(HERE, MAIN);
  await writeFile(file, (await readFile(file, "utf8")).replace(READER, reader.address));
}

/** Builds the script that applies a chosen look before the first paint. */
async function buildLook() {
  await bundle({ entryPoints: ["src/ui/look.ts"], outdir: "dist/app", format: "iife" });
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
  await bundle({ entryPoints: ["src/console/worker/push.ts"], outfile: "dist/console/sw.js", format: "iife" });
  const practice = { entryPoints: ["src/features/forms/practice-page.ts"], loader: { ".css": "text" } };
  await bundle({ ...practice, outdir: "dist/console/assets", format: "esm" });
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

/** Every translation of the catalogs by language and French sentence. */
async function templateWords() {
  const words = {};
  for (const name of (await sorted(join(CONTENT, "locale"))).filter((each) => each.endsWith(".po"))) {
    const { translations } = gettext.po.parse(await read(join(CONTENT, "locale", name)));
    const entries = Object.values(translations[""] ?? {}).filter(({ comments }) => !comments?.flag?.includes("fuzzy"));
    words[basename(name, ".po")] = Object.fromEntries(entries.map(({ msgid, msgstr }) => [msgid, msgstr[0]]));
  }
  return words;
}

/** Writes the notices that the licences of bundled packages require. */
async function writeLicences() {
  const texts = [];
  for (const [name, version] of Object.entries(await bundledPackages())) {
    const folder = join(HERE, "node_modules", name);
    const file = (await sorted(folder)).find((each) => /^licen[cs]e/i.test(each));
    const text = await read(file ? join(folder, file) : join(KEPT_TEXTS, `${name}.txt`));
    texts.push(`${name} ${version}\n\n${text.trim()}\n`);
  }
  await writeFile(join(DIST, "app/licences.txt"), texts.join("\n\n"));
}

/** Versions by name of the packages of which a bundle or a page holds at least a byte. */
async function bundledPackages() {
  const packages = {};
  for (const name of [...bundled].sort())
    packages[name] = JSON.parse(await read(join(HERE, "node_modules", name, "package.json"))).version;
  return packages;
}

/**
 * Builds the worker, which keeps the core when it is installed, feature sets when they are needed, and the words of
 * the language that is read.
 */
async function buildWorker(core, packs) {
  const kept = (await distFiles(DIST)).filter((path) => path.startsWith("/app/") && !ONLINE.test(path));
  const build = createHash("sha256");
  for (const path of kept) build.update(path).update(await readFile(join(DIST, path)));
  const digests = [];
  for (const path of core) digests.push([path, workerDigest(await readFile(join(DIST, path)))]);
  const locales = kept.filter((path) => /^\/app\/(locale\/.*\.json|[a-z]+\.webmanifest)$/.test(path));
  await bundle({
    entryPoints: { sw: "src/sw/worker.ts" },
    outdir: "dist",
    format: "iife",
    define: {
      __VERSION__: JSON.stringify(version),
      __BUILD__: JSON.stringify(build.digest("hex").slice(0, 12)),
      __CORE__: JSON.stringify(digests),
      __SETS__: JSON.stringify(Object.values(packs)),
      __ALONE__: JSON.stringify(["/app/icon-192.png", ...locales]),
    },
  });
}

/** Writes assets.json, and fails above the budget. */
async function describe(core) {
  const files = await describeFiles(DIST);
  const css = await readFile(join(DIST, "styles.css"), "utf8");
  await writeFile(
    join(DIST, "assets.json"),
    JSON.stringify(
      { css: css.trim(), scripts: ["/app/main.js"], graphs, packages: await bundledPackages(), files },
      null,
      1,
    ),
  );
  const sum = (paths) => paths.reduce((total, path) => total + files[path].brotli, 0);
  const setBytes = (name) => sum(Object.keys(files).filter((path) => SET.exec(path)?.[1] === name));
  const desk = Object.keys(files).filter((path) => path.startsWith("/console/"));
  const measured = {
    core: sum([...core, "/sw.js"]),
    ...Object.fromEntries(Object.keys(SETS).map((name) => [name, setBytes(name)])),
    online: sum(Object.keys(files).filter((path) => ONLINE.test(path))),
    styles: sum(["/styles.css"]),
    console: sum(desk.filter((path) => !LAZY.test(path) && path !== PRACTICE)),
    practice: sum([PRACTICE]),
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

/** Writes every translated entry of each catalog, without fuzzy ones: what sync/locale.py reads from the .po file. */
async function compileCatalogs() {
  await mkdir(join(DIST, "catalogs"));
  for (const name of await sorted(join(CONTENT, "locale"))) {
    if (!name.endsWith(".po")) continue;
    const bytes = await readFile(source(join(CONTENT, "locale", name)));
    const texts = {};
    for (const entry of Object.values(gettext.po.parse(bytes).translations[""] ?? {}))
      if (entry.msgid && entry.msgstr[0] && !entry.comments?.flag?.includes("fuzzy"))
        texts[entry.msgid_plural ? `${entry.msgid}\0${entry.msgid_plural}` : entry.msgid] = entry.msgstr.join("\0");
    const po = createHash("sha256").update(bytes).digest("base64url");
    await writeFile(join(DIST, "catalogs", `${basename(name, ".po")}.json`), JSON.stringify({ po, texts }));
  }
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
  for (const output of Object.values(result.metafile.outputs))
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
      if (name && bytesInOutput > 0) bundled.add(name);
    }
  return result;
}

/** The path, if a change below it makes a new build necessary; packages are covered by their lock file. */
function source(path) {
  const named = relative(ROOT, path);
  if (named.startsWith("pwa/node_modules/") || INPUTS.some((input) => `${named}/`.startsWith(`${input}/`))) return path;
  throw new Error(`The build reads ${named}, which no line of pwa/inputs.txt covers`);
}
