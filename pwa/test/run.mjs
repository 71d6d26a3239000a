/**
 * Bundles every `*.test.ts` of this folder and runs the bundles with Node's test runner.
 * `node test/run.mjs send` runs those whose path contains "send".
 * A file's name must be unique across folders, because the bundles go into one.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "../node_modules/.cache/kunnafoni"); // inside, so that packages are found
const filter = process.argv[2] ?? "";
const paths = readdirSync(HERE, { recursive: true, encoding: "utf8" }).filter(
  (path) => path.endsWith(".test.ts") && path.includes(filter),
);

rmSync(OUT, { recursive: true, force: true });
await esbuild.build({
  entryPoints: paths.map((path) => join(HERE, path)),
  outdir: OUT,
  entryNames: "[name]",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  packages: "external",
  sourcemap: "inline",
  logLevel: "warning",
  define: { __VERSION__: '"test"' },
});
const tests = paths.map((path) => join(OUT, basename(path).replace(/\.ts$/, ".mjs")));
process.exit(
  spawnSync(process.execPath, ["--enable-source-maps", "--test", "--test-reporter=spec", ...tests], {
    stdio: "inherit",
  }).status ?? 1,
);
