import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished, vi } from "vitest";
import { startChromium } from "../browser/chromium.js";
import { serve } from "../browser/serve.js";

const root = join(import.meta.dirname, "../..");
/** The built page, as `npm run build:web` leaves it. */
export const built = join(root, "dist/web");
export const artefacts = join(root, "artefacts/web");

export const desktop = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };

export interface Visit {
  readonly page: Page;
  /** Whatever went wrong in the page so far. */
  readonly errors: readonly string[];
}
export interface VisitOptions {
  /** Behind the page's address. */
  readonly query?: string;
  /** By a server that sends the headers for shared memory. */
  readonly isolation?: boolean;
  readonly reducedMotion?: boolean;
  /** What the page is to run before all else. */
  readonly before?: () => void;
}

/** Serves the built page while a file's tests run. What a test visits is closed when it ends. */
export function servePage(folder = built) {
  let browser: Awaited<ReturnType<typeof startChromium>>;
  let plain: Awaited<ReturnType<typeof serve>>;
  let isolated: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    browser = await startChromium();
    plain = await serve(folder, false);
    isolated = await serve(folder, true);
  }, 60_000);
  afterAll(async () => {
    await browser?.stop();
    plain?.stop();
    isolated?.stop();
  });
  return {
    browser: () => browser,
    visit: (viewport: typeof desktop, options: VisitOptions = {}): Promise<Visit> => {
      const { query = "", isolation = false, reducedMotion = false, before } = options;
      const context = {
        ...(reducedMotion && { reducedMotion: "reduce" as const }),
        permissions: ["clipboard-read", "clipboard-write"],
      };
      return open(
        browser.chromium,
        `${isolation ? isolated.url : plain.url}${query}`,
        viewport,
        context,
        before,
      );
    },
  };
}

/** Run in the page before all else: workers answer late, as those of slow machines do. */
export const slowWorkers = () => {
  const add = Worker.prototype.addEventListener;
  Worker.prototype.addEventListener = function (
    this: Worker,
    type: string,
    listener: never,
    options?: never,
  ) {
    const late = (event: Event) => setTimeout(() => (listener as (event: Event) => void)(event), 120);
    add.call(this, type, type === "message" ? late : listener, options);
  } as typeof add;
};

/** What `holdsWorkers` leaves in the page. */
interface Answers {
  held: boolean;
  letGo(): void;
}
/** Run in the page before all else: what workers answer can be held back, by `held` and `letGo`. */
export const holdsWorkers = () => {
  const waiting: (() => void)[] = [];
  const answers: Answers = {
    held: false,
    letGo() {
      answers.held = false;
      for (const hear of waiting.splice(0)) hear();
    },
  };
  Object.assign(globalThis, { answers });
  const add = Worker.prototype.addEventListener;
  Worker.prototype.addEventListener = function (
    this: Worker,
    type: string,
    listener: never,
    options?: never,
  ) {
    const hear = listener as (event: Event) => void;
    const held = (event: Event) => {
      if (answers.held) waiting.push(() => hear(event));
      else hear(event);
    };
    add.call(this, type, type === "message" ? held : hear, options);
  } as typeof add;
};

/** What somebody does before any worker answers what was asked since; then all answers come, and have been heard. */
export async function beforeAnswers(page: Page, does: () => Promise<unknown>): Promise<void> {
  await page.evaluate(() => {
    (globalThis as unknown as { answers: Answers }).answers.held = true;
  });
  await does();
  await page.evaluate(() => (globalThis as unknown as { answers: Answers }).answers.letGo());
  await settled(page);
}
/** When a few answers more have had the time to come. */
export const settled = (page: Page) => page.waitForTimeout(400);

/** Places, in shares of an element's width and height, or on the screen. */
export type Path = readonly (readonly [x: number, y: number])[];

/** Where a stroke on an element lies on the screen, to which the element is brought. */
export async function onScreen(element: Locator, stroke: Path): Promise<Path> {
  await element.scrollIntoViewIfNeeded();
  const box = (await element.boundingBox())!;
  return stroke.map(([x, y]) => [box.x + x * box.width, box.y + y * box.height]);
}
/** A stroke by the mouse, in so many moves from place to place. */
export async function mouseStroke(page: Page, element: Locator, stroke: Path, steps: number): Promise<void> {
  const [first, ...rest] = await onScreen(element, stroke);
  await page.mouse.move(...first!);
  await page.mouse.down();
  for (const point of rest) await page.mouse.move(...point, { steps });
  await page.mouse.up();
}

/** Milliseconds that a page may take for anything on a busy machine. */
const PATIENCE = 60_000;

/** Tries until it holds. */
export const until = <T>(check: () => T | Promise<T>, timeout = PATIENCE) =>
  vi.waitFor(check, { timeout, interval: 100 });

/** Opens the page like somebody with such a screen, or a finger on a phone, and writes down its errors. */
async function open(
  browser: Browser,
  url: string,
  viewport: typeof desktop,
  options: Parameters<Browser["newContext"]>[0],
  before?: () => void,
): Promise<Visit> {
  const small = viewport.width < 600;
  const context: BrowserContext = await browser.newContext({
    viewport,
    hasTouch: small,
    isMobile: small,
    acceptDownloads: true,
    ...options,
  });
  if (before) await context.addInitScript(before);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  onTestFinished(() => context.close());
  await page.goto(url);
  return { page, errors };
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha of each. */
  readonly rgba: readonly number[];
}

/** What is on a canvas just now. */
export const pixelsOf = (canvas: Locator): Promise<Pixels> =>
  canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const { data } = (element as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height);
    return { width, height, rgba: [...data] };
  });

/** Mean difference of red, from 0 to 255, over some rows of two pictures of one size. */
export function difference(a: Pixels, b: Pixels, [from, to]: [number, number]): number {
  let sum = 0;
  for (let k = from * a.width; k < to * a.width; k++) sum += Math.abs(a.rgba[4 * k]! - b.rgba[4 * k]!);
  return sum / ((to - from) * a.width);
}

/** How many different colours there are. */
export const coloursIn = ({ rgba, width, height }: Pixels): number =>
  new Set(
    Array.from(
      { length: width * height },
      (_, k) => (rgba[4 * k]! << 16) | (rgba[4 * k + 1]! << 8) | rgba[4 * k + 2]!,
    ),
  ).size;

/**
 * Keeps what can be seen, for people: artefacts/web is not committed. Last in a test: a picture of something that is taller
 * than the screen leaves Chromium with the pointer in another place than the page believes.
 */
export async function keep(target: Page | Locator, name: string): Promise<void> {
  mkdirSync(artefacts, { recursive: true });
  await target.screenshot({ path: join(artefacts, `${name}.png`) });
}

/** Opens a section's quiet menu. */
export async function underTheHood(found: Locator): Promise<void> {
  const menu = found.locator("details.tools");
  if ((await menu.getAttribute("open")) === null) await menu.locator("summary").click();
}

/** The section Remember, when its networks have lived through the pictures and are asked. */
export async function remembering(page: Page): Promise<Locator> {
  const remember = await section(page, "remember");
  await remember.locator("[data-phase=asking]").waitFor();
  return remember;
}

/** Brings a section into view and waits until it is there. */
export async function section(page: Page, id: string): Promise<Locator> {
  const found = page.locator(`#${id}`);
  await found.evaluate((element) => element.scrollIntoView());
  return found;
}
