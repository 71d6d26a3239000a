/** Bundles every test/*.test.ts and runs them with Node's own test runner. `node test/run.mjs feed` runs those whose name holds "feed". */
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "../node_modules/.cache/kunnafoni"); // inside, so that packages are found
const wanted = process.argv[2] ?? "";
const names = readdirSync(HERE).filter((name) => name.endsWith(".test.ts") && name.includes(wanted));

rmSync(OUT, { recursive: true, force: true });
await esbuild.build({
  entryPoints: names.map((name) => join(HERE, name)),
  outdir: OUT,
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
const tests = names.map((name) => join(OUT, name.replace(/\.ts$/, ".mjs")));
process.exit(
  spawnSync(process.execPath, ["--enable-source-maps", "--test", "--test-reporter=spec", ...tests], {
    stdio: "inherit",
  }).status ?? 1,
);
