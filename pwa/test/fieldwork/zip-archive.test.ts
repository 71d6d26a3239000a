/** Python's zipfile opens the archive, with every checksum right. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { encodeUtf8 } from "../../src/crypto/bytes";
import { zipArchive } from "../../src/fieldwork/zip-archive";

it("a ZIP archive opens elsewhere, whole", async () => {
  const folder = mkdtempSync(join(tmpdir(), "zip-"));
  const file = join(folder, "dossier.zip");
  const entries = [
    { name: "dossier.html", bytes: encodeUtf8("<p>Kɛnɛba") },
    { name: "1-capturé.png", bytes: new Uint8Array(70_000).map((_, index) => index % 251) },
  ];
  writeFileSync(file, new Uint8Array(await new Blob(zipArchive(entries)).arrayBuffer()));
  const read =
    "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print(z.testzip(), z.namelist(), len(z.read(z.namelist()[1])))";
  const { stdout } = spawnSync("python3", ["-c", read, file], {
    encoding: "utf8",
    env: { ...process.env, PYTHONUTF8: "1" },
  });
  rmSync(folder, { recursive: true });
  assert.equal(stdout.trim(), "None ['dossier.html', '1-capturé.png'] 70000");
});
