import { join } from "node:path";
import { startChromium } from "../test/browser/chromium.js";
import { serve } from "../test/browser/serve.js";
import { machineHere } from "./machine.js";
import { median } from "./statistics.js";

/**
 * `npm run bench:page`: how soon the playground is alive, in headless Chromium with an empty cache; medians of several
 * visits. Prints JSON. Needs the page as `npm run build:web` leaves it, which the command does first.
 */

const VISITS = 7;
const screens = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
};

interface Times {
  /** Milliseconds from the navigation to the first contentful paint. */
  readonly painted: number;
  /** Milliseconds from the navigation to the first answers of the networks of the first section. */
  readonly answered: number;
  /** Milliseconds of the longest task on the page's own thread until then; 0 where none took over 50. */
  readonly starting: number;
  /** The same for what follows, as each section is looked at for a second. */
  readonly running: number;
}

const built = join(import.meta.dirname, "../web");
const server = await serve(built, false);
const browser = await startChromium();

async function timesOf(viewport: { width: number; height: number }): Promise<Times> {
  const context = await browser.chromium.newContext({ viewport });
  try {
    const page = await context.newPage();
    await page.addInitScript(() => {
      const seen = { longest: 0 };
      Object.assign(globalThis, { seen });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) seen.longest = Math.max(seen.longest, duration);
      }).observe({ type: "longtask", buffered: true });
    });
    await page.goto(server.url);
    await page.waitForFunction(() => performance.getEntriesByName("alive").length > 0);
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
    const [painted, answered] = await page.evaluate(() =>
      ["first-contentful-paint", "alive"].map((name) => performance.getEntriesByName(name)[0]!.startTime),
    );
    return { painted: painted!, answered: answered!, starting, running };
  } finally {
    await context.close();
  }
}

const cases = [];
for (const [screen, viewport] of Object.entries(screens)) {
  const visits: Times[] = [];
  for (let k = 0; k < VISITS; k++) visits.push(await timesOf(viewport));
  const of = (key: keyof Times) => Math.round(median(visits.map((times) => times[key])));
  cases.push({
    screen,
    visits: VISITS,
    painted: of("painted"),
    answered: of("answered"),
    longestTask: { starting: of("starting"), running: of("running") },
  });
}
await browser.stop();
server.stop();
console.log(JSON.stringify({ ...machineHere(), command: "npm run bench:page", cases }, null, 2));
