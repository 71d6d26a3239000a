// A front proxy as an operator would put before CouchDB: it gzips answers for clients that can read them.
import http from "node:http";
import zlib from "node:zlib";

const SMALLEST = 256; // bytes; below, gzip gains nothing

/** Resolves to the port of a gzipping proxy before `target` (a URL). */
export function front(target) {
  const { hostname, port } = new URL(target);
  const server = http.createServer((request, response) => {
    const { method, url, headers } = request;
    const forwarded = http.request({ hostname, port, method, path: url, headers }, async (answer) => {
      let body = Buffer.concat(await answer.toArray());
      const sent = { ...answer.headers };
      delete sent["transfer-encoding"];
      if (!sent["content-encoding"] && body.length > SMALLEST && /\bgzip\b/.test(headers["accept-encoding"] ?? "")) {
        body = zlib.gzipSync(body);
        sent["content-encoding"] = "gzip";
      }
      if (method !== "HEAD") sent["content-length"] = body.length;
      response.writeHead(answer.statusCode, sent).end(body);
    });
    forwarded.on("error", () => response.writeHead(502).end());
    request.pipe(forwarded);
  });
  return new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(server.address().port)));
}
