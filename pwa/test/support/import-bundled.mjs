/** Imports a TypeScript module of `test/support` in Node, bundled into a file that goes again. */
import { mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as esbuild from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));

/** The exports of `name`, the file's name without its ending. */
export async function importBundled(name) {
  const folder = mkdtempSync(join(HERE, "../../node_modules/.bundled-")); // inside, so that packages are found
  try {
    const outfile = join(folder, `${name}.mjs`);
    await esbuild.build({
      entryPoints: [join(HERE, `${name}.ts`)],
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      packages: "external",
      logLevel: "warning",
      define: { __VERSION__: '"test"' },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
