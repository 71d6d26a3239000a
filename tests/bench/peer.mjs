// The peer: PouchDB, as a phone, replicating the corpus from a server that speaks CouchDB's protocol.
//   node peer.mjs COUCHDB CORPUS     (BENCH_MODULES names the folder whose node_modules hold PouchDB)
// Talks in lines: prints {"front": port}, reads the port of the link the phone shall use, then for each line it reads
// runs the next step (first sync, nothing new, a week of edits) and prints what was replicated.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";
import { front } from "./front.mjs";

const require = createRequire(path.join(process.env.BENCH_MODULES, "package.json"));
const PouchDB = require("pouchdb").plugin(require("pouchdb-adapter-memory"));

const [address, corpus] = process.argv.slice(2);
const server = new URL(address);
const credentials = server.username ? { authorization: `Basic ${btoa(`${server.username}:${server.password}`)}` } : {};
const name = `bench-${Date.now()}`;
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (value) => console.log(JSON.stringify(value));

async function admin(method, where, body) {
  const headers = { "content-type": "application/json", ...credentials };
  const answer = await fetch(new URL(where, server.origin), { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${where}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** The corpus as CouchDB documents, by id: the fields of the front matter and the Markdown body. */
function documents(version) {
  const guides = path.join(corpus, version, "guides");
  return new Map(
    fs
      .readdirSync(guides)
      .sort()
      .map((slug) => {
        const text = fs.readFileSync(path.join(guides, slug, "fr.md"), "utf8");
        const end = text.indexOf("\n---\n");
        const fields = Object.fromEntries(
          text
            .slice(4, end)
            .split("\n")
            .map((line) => {
              const colon = line.indexOf(": ");
              return [line.slice(0, colon), JSON.parse(line.slice(colon + 2))];
            }),
        );
        const _id = `guide:${slug}:fr`;
        return [_id, { _id, type: "guide", slug, lang: "fr", ...fields, body: text.slice(end + 5) }];
      }),
  );
}

const before = documents("v1");
const after = documents("v2");
await admin("PUT", `/${name}`);
const written = await admin("POST", `/${name}/_bulk_docs`, { docs: [...before.values()] });
const revisions = new Map(written.map(({ id, rev }) => [id, rev]));

async function week() {
  const docs = [];
  for (const [id, document] of after) {
    if (JSON.stringify(document) === JSON.stringify(before.get(id))) continue;
    docs.push(revisions.has(id) ? { ...document, _rev: revisions.get(id) } : document);
  }
  for (const [id] of before) if (!after.has(id)) docs.push({ _id: id, _rev: revisions.get(id), _deleted: true });
  await admin("POST", `/${name}/_bulk_docs`, { docs });
}

say({ front: await front(server.origin) });
const link = (await lines.next()).value;
const phone = new PouchDB("phone", { adapter: "memory" });
const remote = new PouchDB(`http://127.0.0.1:${link}/${name}`, {
  fetch(url, options) {
    for (const [key, value] of Object.entries(credentials)) options.headers.set(key, value);
    return PouchDB.fetch(url, options);
  },
});
for (const prepare of [() => {}, () => {}, week]) {
  await lines.next();
  await prepare();
  say({ ready: true });
  await lines.next();
  const { docs_written, ok } = await phone.replicate.from(remote);
  say({ documents: docs_written, ok });
}
await admin("DELETE", `/${name}`);
process.exit(0);
