import { join } from "node:path";
import { startChromium } from "../test/browser/chromium.js";
import { serve } from "../test/browser/serve.js";
import { machineHere } from "./machine.js";
import { median } from "./statistics.js";

/**
 * `npm run bench:page`: how soon the playground is alive, in headless Chromium with an empty cache; medians of several
 * visits, and the best. Prints JSON. Needs the page as `npm run build:web` leaves it, which the command does first.
 */

const VISITS = 5;
const screens = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
};

interface Times {
  /** Milliseconds from the navigation to the first contentful paint. */
  readonly painted: number;
  /** Milliseconds from the navigation to the first drawing that was put back, without a click. */
  readonly remembered: number;
  /** Of files that were asked for until all sections were there, in thousands, as they lie on the server. */
  readonly kilobytes: number;
  /** How much the page moved under its visitor by itself, until it was looked at to its end; in thousandths. */
  readonly shift: number;
  /** Milliseconds of the longest task on the page's own thread until all sections were there; 0 where none took over 50. */
  readonly starting: number;
  /** The same for what follows, as each section is looked at for a second. */
  readonly running: number;
}

/** Run in the page before all else: what it does is written down, and `there` answers when it has begun. */
const WATCH = `(() => {
  const seen = { longest: 0, shift: 0 };
  const watch = (type, heard) => new PerformanceObserver((list) => list.getEntries().forEach(heard)).observe({ type, buffered: true });
  watch("longtask", ({ duration }) => { seen.longest = Math.max(seen.longest, duration); });
  watch("layout-shift", ({ value, hadRecentInput }) => { if (!hadRecentInput) seen.shift += value; });
  const alive = new Promise((resolve) => watch("mark", ({ name }) => { if (name === "alive") resolve(); }));
  const last = new Promise((resolve) => new MutationObserver(() => {
    if (document.getElementById("look-inside")) resolve();
  }).observe(document, { childList: true, subtree: true }));
  Object.assign(globalThis, { seen, there: Promise.all([alive, last]) });
})()`;

const built = join(import.meta.dirname, "../web");
const server = await serve(built, false);
const browser = await startChromium();

async function timesOf(viewport: { width: number; height: number }): Promise<Times> {
  const context = await browser.chromium.newContext({ viewport });
  try {
    const page = await context.newPage();
    // What Playwright puts into a page to wait in it takes a tenth of a second of its thread: the page is asked without.
    const client = await context.newCDPSession(page);
    await client.send("Page.enable");
    await client.send("Page.addScriptToEvaluateOnNewDocument", { source: WATCH });
    const before = server.sent();
    await page.goto(server.url, { waitUntil: "commit" });
    await client.send("Runtime.evaluate", { expression: "there.then(() => {})", awaitPromise: true });
    await page.waitForTimeout(500);
    const kilobytes = (server.sent() - before) / 1000;
    const longest = () =>
      page.evaluate(() => {
        const { seen } = globalThis as unknown as { seen: { longest: number } };
        const { longest } = seen;
        seen.longest = 0;
        return longest;
      });
    const starting = await longest();
    const sections = page.locator("main section[id]");
    for (const section of await sections.all()) {
      await section.evaluate((element) => element.scrollIntoView());
      await page.waitForTimeout(1000);
    }
    const running = await longest();
    const shift = await page.evaluate(
      () => 1000 * (globalThis as unknown as { seen: { shift: number } }).seen.shift,
    );
    const [painted, remembered] = await page.evaluate(() =>
      ["first-contentful-paint", "alive"].map((name) => performance.getEntriesByName(name)[0]!.startTime),
    );
    return { painted: painted!, remembered: remembered!, kilobytes, shift, starting, running };
  } finally {
    await context.close();
  }
}

const cases = [];
for (const [screen, viewport] of Object.entries(screens)) {
  const visits: Times[] = [];
  for (let k = 0; k < VISITS; k++) visits.push(await timesOf(viewport));
  const of = (key: keyof Times) => Math.round(median(visits.map((times) => times[key])));
  // Of the machine's own disturbances a median has its share, and the best visit hardly any.
  const best = (key: keyof Times) => Math.round(Math.min(...visits.map((times) => times[key])));
  cases.push({
    screen,
    visits: VISITS,
    painted: of("painted"),
    remembered: of("remembered"),
    kilobytes: of("kilobytes"),
    layoutShift: of("shift") / 1000,
    longestTask: { starting: of("starting"), running: of("running") },
    best: {
      painted: best("painted"),
      remembered: best("remembered"),
      longestTask: { starting: best("starting"), running: best("running") },
    },
  });
}
await browser.stop();
server.stop();
console.log(JSON.stringify({ ...machineHere(), command: "npm run bench:page", cases }, null, 2));
