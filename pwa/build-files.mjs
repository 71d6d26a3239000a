/** Files of the build that no bundler writes: the page of a quick exit, and compressed copies for servers. */
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Builds the page to which a quick exit leads: numbers alone, without a word of this site. */
export async function writeTable(dist) {
  const numbers = Array.from({ length: 10 }, (_, index) => index + 1);
  const rows = numbers.map((row) => `<tr>${numbers.map((column) => `<td>${row * column}`).join("")}`);
  const icon =
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 2'%3E%3Cpath d='M0 0h1v2h1V1H0z'/%3E%3C/svg%3E";
  const head = `<meta charset=utf-8><meta name=viewport content="width=device-width"><title>Table</title><link rel=icon href="${icon}">`;
  const page = `<!doctype html><html lang=fr>${head}<h1>Table</h1><table border=1 cellpadding=5>${rows.join("")}</table>`;
  await writeFile(join(dist, "app/table.html"), page);
}

/** Writes each file that servers send, except images, once more for each content encoding. */
export async function compressFiles(dist) {
  for (const path of await distFiles(dist)) {
    if (path.endsWith(".png") || !/^\/((console\/)?sw\.js$|app\/|console\/assets\/)/.test(path)) continue;
    const bytes = await readFile(join(dist, path));
    for (const [encoding, body] of [
      ["br", brotli(bytes)],
      ["gzip", gzipSync(bytes, { level: 9 })],
    ]) {
      const target = join(dist, "compressed", encoding, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, body);
    }
  }
}

/** The addresses of all files in the build, sorted. */
export async function distFiles(dist) {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(dist.length));
  return files.filter((path) => path !== "/assets.json").sort();
}

/** Digest and sizes of every file of the build, by address. */
export async function describeFiles(dist) {
  const files = {};
  for (const path of await distFiles(dist)) {
    const bytes = await readFile(join(dist, path));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    files[path] = { sha256, bytes: bytes.length, brotli: brotli(bytes).length };
  }
  return files;
}

function brotli(bytes) {
  return brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
}
