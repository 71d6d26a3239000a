/** Joins chunks after the bundler has split them: requests cost a phone more than bytes that it does not run yet. */
import { createHash } from "node:crypto";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as esbuild from "esbuild";

const SMALL = 5_500; // bytes; larger ones stay apart, so that a page does not read what it does not use

/** Puts the one chunk that `main` imports into `main` itself: a request less before anything starts. */
export async function foldCore(here, outputs, main) {
  const [{ path: chunk } = {}, ...more] = outputs[main].imports.filter(({ kind }) => kind === "import-statement");
  if (!chunk || more.length > 0) return outputs;
  await cp(join(here, chunk), join(here, main));
  await rm(join(here, chunk));
  const folded = {};
  for (const [path, output] of Object.entries(outputs)) {
    if (path === main) continue;
    const imports = output.imports.map((each) => (each.path === chunk ? { ...each, path: main } : each));
    if (path === chunk) folded[main] = { ...output, imports, entryPoint: outputs[main].entryPoint };
    else folded[path] = { ...output, imports };
    const file = join(here, path === chunk ? main : path);
    await writeFile(file, (await readFile(file, "utf8")).split(`./${basename(chunk)}`).join(`./${basename(main)}`));
  }
  return folded;
}

/** Joins the small shared chunks among `paths` into one, and returns the outputs with it in their place. */
export async function joinSmallChunks(here, outputs, paths) {
  const joined = joinableChunks(outputs, paths);
  if (joined.length < 2) return outputs;
  const folder = dirname(joined[0]);
  const digest = createHash("sha256").update(joined.join()).digest("hex").slice(0, 8).toUpperCase();
  const path = `${folder}/chunk-${digest}.js`;
  const exported = joined.flatMap((chunk) => outputs[chunk].exports.map((name) => `${chunk} ${name}`));
  const nameOf = (chunk, name) => `$${exported.indexOf(`${chunk} ${name}`).toString(36)}`;
  const contents = joined.map((chunk) => {
    const names = outputs[chunk].exports.map((name) => `${name} as ${nameOf(chunk, name)}`);
    return `export {${names.join()}} from "./${basename(chunk)}"`;
  });
  await esbuild.build({
    stdin: { contents: contents.join("\n"), resolveDir: join(here, folder) },
    outfile: join(here, path),
    bundle: true,
    minify: true,
    format: "esm",
    charset: "utf8",
    external: Object.keys(outputs)
      .filter((each) => !joined.includes(each))
      .map((each) => `./${basename(each)}`),
  });
  const replaced = {};
  for (const [file, output] of Object.entries(outputs)) {
    if (joined.includes(file)) await rm(join(here, file));
    else {
      const code = await readFile(join(here, file), "utf8");
      await writeFile(join(here, file), redirectImports(code, joined, path, nameOf));
      replaced[file] = { ...output, imports: importsInstead(output.imports, joined, path) };
    }
  }
  const imports = joined.flatMap((chunk) => outputs[chunk].imports).filter((each) => !joined.includes(each.path));
  replaced[path] = { imports, exports: [], inputs: {}, bytes: 0 };
  return replaced;
}

/** Shared chunks that import, of the same set, only each other: joined ones can make no circle. */
function joinableChunks(outputs, paths) {
  let chunks = paths.filter((path) => !outputs[path].entryPoint && outputs[path].bytes < SMALL);
  for (let before = -1; before !== chunks.length; ) {
    before = chunks.length;
    const others = paths.filter((path) => !chunks.includes(path));
    chunks = chunks.filter((path) => !outputs[path].imports.some((each) => others.includes(each.path)));
  }
  return chunks.sort();
}

function redirectImports(code, joined, path, nameOf) {
  return code.replace(/import(?:\{([^}]*)\}from)?"\.\/([\w-]+\.js)"/g, (statement, names, file) => {
    const chunk = joined.find((each) => basename(each) === file);
    if (!chunk) return statement;
    const renamed = names?.replace(
      /([^,\s]+)( as [^,]+)?/g,
      (_, name, as) => `${nameOf(chunk, name)}${as ?? ` as ${name}`}`,
    );
    return `import${renamed === undefined ? "" : `{${renamed}}from`}"./${basename(path)}"`;
  });
}

function importsInstead(imports, joined, path) {
  const others = imports.filter((each) => !joined.includes(each.path));
  return others.length === imports.length ? imports : [...others, { path, kind: "import-statement" }];
}

/** The digest by which the worker knows a file of its build: 108 bits of SHA-256, which no other file has. */
export function workerDigest(content) {
  return createHash("sha256").update(content).digest("base64url").slice(0, 18);
}

/** Writes each feature set as one file; the reader's has the page of the quick exit, the look and the icon too. */
export async function packSets(dist, sets, besideReader) {
  const packs = {};
  for (const [name, addresses] of Object.entries(sets)) {
    const files = [];
    for (const address of [...addresses, ...(name === "reader" ? besideReader : [])])
      files.push([address, await readFile(join(dist, address), "utf8")]);
    // The longest first: in the order of their names, which are digests, the set's size after brotli varies by 200 bytes.
    files.sort(([, one], [, other]) => other.length - one.length);
    const text = JSON.stringify(Object.fromEntries(files));
    const digest = createHash("sha256").update(text).digest();
    const address = `/app/${name}-${digest.toString("hex").slice(0, 8).toUpperCase()}.json`;
    await writeFile(join(dist, address), text);
    const chunks = addresses.map((path) => path.slice(-11, -9)).join(""); // of each chunk's own digest
    packs[name] = { address, digest: workerDigest(text), chunks };
  }
  return packs;
}
