import { mkdirSync } from "node:fs";
import { startChromium } from "../../test/browser/chromium.js";
import { serve } from "../../test/browser/serve.js";
import { photograph } from "./screens.js";
import { tell } from "./story.js";

/** Pictures of the built page, and the animation of the README: `npm run pictures:web`, or this with two folders, of the page and for them. */
const [page = "dist/web", folder = "docs/results/playground"] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const server = await serve(page, false);
const browser = await startChromium();
try {
  await tell(browser.chromium, server.url, folder);
  await photograph(browser.chromium, server.url, folder);
} finally {
  await browser.stop();
  server.stop();
}
