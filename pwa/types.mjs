/** Checks the types of each part against the globals it may use: page, worker, neither, tests. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

const projects = readdirSync(import.meta.dirname ?? ".").filter((name) => /^tsconfig\.(?!base).*\.json$/.test(name));
const failed = projects.filter(
  (project) => spawnSync("npx", ["--no-install", "tsc", "-p", project], { stdio: "inherit" }).status !== 0,
);
if (failed.length > 0) {
  console.error(`Types do not hold in ${failed.join(", ")}`);
  process.exit(1);
}
