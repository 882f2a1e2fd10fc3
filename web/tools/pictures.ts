import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { startChromium } from "../../test/browser/chromium.js";
import { serve } from "../../test/browser/serve.js";
import { photograph } from "./screens.js";
import { tell } from "./story.js";

/**
 * Pictures of the built page, and the animation of the README: `npm run pictures:web`. With names, only those that begin with
 * one of them: `npm run pictures:web -- story first-phone`; `--page` and `--into` are the folders of the page and of its pictures.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    page: { type: "string", default: "dist/web" },
    into: { type: "string", default: "docs/results/playground" },
  },
});
const { page, into } = values;
const wanted = (name: string) =>
  positionals.length === 0 || positionals.some((beginning) => name.startsWith(beginning));
mkdirSync(into, { recursive: true });
const server = await serve(page, false);
const browser = await startChromium();
try {
  if (wanted("story")) await tell(browser.chromium, server.url, into);
  await photograph(browser.chromium, server.url, into, wanted);
} finally {
  await browser.stop();
  server.stop();
}
