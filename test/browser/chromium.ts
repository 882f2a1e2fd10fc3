import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium } from "playwright-core";

const executablePath = "/usr/bin/chromium";

/** Chromium itself calls home, whatever flags it is given; no page of ours has these names in it. */
const chromiumsOwn = /(^|\/)[a-z.-]+\.(google|googleapis|gstatic)\.com[:/]/;

/**
 * Starts Debian's Chromium without a window and without its own talk to the network. All that does not go to this
 * machine, from pages and from workers however deep, ends at a proxy, which writes it down and answers nothing.
 */
export async function startChromium() {
  if (!existsSync(executablePath)) throw new Error(`there is no ${executablePath}; apt-get install chromium`);
  const strayRequests: string[] = [];
  const writeDown = (url: string) => {
    if (!chromiumsOwn.test(url)) strayRequests.push(url);
  };
  const proxy = createServer((request, response) => {
    writeDown(request.url!);
    response.writeHead(502).end();
  });
  proxy.on("connect", (request, socket) => {
    writeDown(request.url!);
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const browser = await chromium.launch({
    executablePath,
    proxy: { server: `127.0.0.1:${(proxy.address() as AddressInfo).port}`, bypass: "127.0.0.1" },
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return {
    chromium: browser,
    strayRequests: strayRequests as readonly string[],
    async stop() {
      await browser.close();
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}

/**
 * Opens a page in a profile of its own, and waits for the promise that it leaves in the global variable `name`.
 * Throws if the promise rejects, or the page has an error that nobody catches before that.
 */
export async function visit<Result>(browser: Browser, url: string, name: string): Promise<Result> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const failed = new Promise<never>((_, reject) => page.on("pageerror", reject));
    failed.catch(() => {});
    await page.goto(url);
    const result = page.evaluate((name) => (globalThis as never)[name], name) as Promise<Result>;
    return await Promise.race([result, failed]);
  } finally {
    await context.close();
  }
}
