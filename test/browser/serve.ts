import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
};

/** What a page must be served with to have shared memory, and so threads. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export interface Served {
  readonly url: string;
  /** Bytes of the files that were sent so far. */
  sent(): number;
  stop(): void;
}

/** Serves a folder on this machine, with or without cross-origin isolation, and with whatever other headers. */
export async function serve(
  folder: string,
  isolated: boolean,
  headers: Readonly<Record<string, string>> = {},
  /** Paths that lead to others. */
  moved: Readonly<Record<string, string>> = {},
): Promise<Served> {
  let sent = 0;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    if (moved[pathname]) {
      response.writeHead(302, { Location: moved[pathname] }).end();
      return;
    }
    const file = join(folder, normalize(pathname.endsWith("/") ? `${pathname}index.html` : pathname));
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404, isolated ? isolation : {}).end("not found");
      return;
    }
    sent += statSync(file).size;
    const type = types[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "Content-Type": type, ...headers, ...(isolated && isolation) });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    sent: () => sent,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
