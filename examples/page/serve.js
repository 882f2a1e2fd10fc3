// Serves the page, and plays the CDN: /cdn/hebbian/ is the package, /cdn/models/ the trained networks.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const hebbian = fileURLToPath(import.meta.resolve("hebbian/package.json"));
const folders = {
  "/cdn/hebbian/": dirname(hebbian),
  "/cdn/models/": join(import.meta.dirname, "../../models"),
  "/": import.meta.dirname,
};
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8" };

const server = createServer(async (request, response) => {
  try {
    const path = normalize(new URL(request.url, "http://localhost").pathname);
    const prefix = Object.keys(folders).find((each) => path.startsWith(each));
    const file = join(folders[prefix], path === "/" ? "index.html" : path.slice(prefix.length));
    const body = await readFile(file);
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
