import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode } from "fast-png";
import type { Browser, Locator, Page } from "playwright-core";
import { indexedPng } from "./indexedPng.js";

/** What the page looks like: the first screen as time goes by, then each section, on a desktop and on a phone, by day and by night. */

const desktop = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const lying = { width: 844, height: 390 };
type Screen = typeof desktop;

/** Seconds after the page was asked for. */
const MOMENTS = [0.5, 3, 10];
/** How long a section is looked at before its picture is taken, ms. */
const WHILE = 2500;
/** ... and how long one stays at its end before, ms. */
const SETTLES = 400;
const SECTIONS = [
  "code",
  "idea",
  "name-it",
  "gestures",
  "explore",
  "remember",
  "your-own-rule",
  "look-inside",
];

/** What a section has come to before its picture is taken. */
const comesTo: Readonly<Record<string, (section: Locator) => Promise<void>>> = {
  code: async (section) => {
    const phase = (name: string) => section.locator(`[data-phase=${name}]`).waitFor();
    await section.getByRole("button", { name: "Let it look, once" }).click();
    await phase("whole");
    await section.getByRole("button", { name: "Erase half" }).click();
    await phase("healed");
  },
  "name-it": (section) => section.locator("[data-named=true]").first().waitFor(),
  gestures: (section) => section.locator("[role=application]").waitFor(),
  explore: (section) => section.locator("[data-who=plastic] [data-found]:not(:text-is('0'))").waitFor(),
  remember: async (section) => {
    await section.locator("[data-phase=asking]").waitFor();
    await section.getByRole("button", { name: "Ask for picture 2" }).click();
    await section.getByRole("button", { name: "Lower half away" }).click();
    await section.locator("[data-error=plastic]").waitFor();
  },
  "your-own-rule": (section) => section.locator("[data-episodes]:not([data-episodes='0'])").waitFor(),
  "look-inside": (section) => section.locator("[data-synapse]").waitFor(),
};

/** Photographs the page at `url` into `folder`: those pictures whose names are wanted. */
export async function photograph(
  browser: Browser,
  url: string,
  folder: string,
  wanted: (name: string) => boolean,
): Promise<void> {
  const visit = async (screen: Screen, dark: boolean): Promise<Page> => {
    const small = screen !== desktop;
    const context = await browser.newContext({
      viewport: screen,
      colorScheme: dark ? "dark" : "light",
      hasTouch: small,
      isMobile: small,
    });
    return context.newPage();
  };
  const keep = async (target: Page | Locator, name: string) => {
    const { width, height, data, channels } = decode(await target.screenshot());
    const rgba = new Uint8Array(4 * width * height).fill(255);
    for (let k = 0; k < width * height; k++) {
      for (let c = 0; c < 3; c++) rgba[4 * k + c] = data[channels * k + c]!;
    }
    writeFileSync(join(folder, `${name}.png`), indexedPng(width, height, rgba));
    console.log(name);
  };

  for (const [name, screen] of Object.entries({ desktop, phone, lying })) {
    const moments = MOMENTS.filter((seconds) => wanted(`first-${name}-${seconds}s`));
    if (moments.length === 0) continue;
    const page = await visit(screen, false);
    const begun = Date.now();
    await page.goto(url, { waitUntil: "commit" });
    for (const seconds of moments) {
      await page.waitForTimeout(Math.max(0, begun + 1000 * seconds - Date.now()));
      await keep(page, `first-${name}-${seconds}s`);
    }
    await page.context().close();
  }
  for (const [name, screen, dark] of [
    ["", desktop, false],
    ["-dark", desktop, true],
    ["-phone", phone, false],
  ] as const) {
    if (!SECTIONS.some((id) => wanted(`${id}${name}`))) continue;
    const page = await visit(screen, dark);
    page.setDefaultTimeout(90_000);
    await page.goto(url);
    await page.locator("#look-inside").waitFor();
    // Where it is always night, day makes no difference.
    const which = dark ? "main section[id]:not(.night)" : "main section[id]:not(#draw)";
    const there = await page.locator(which).evaluateAll((all) => all.map(({ id }) => id));
    for (const id of there.filter((each) => wanted(`${each}${name}`))) {
      const section = page.locator(`#${id}`);
      await section.evaluate((element) => element.scrollIntoView());
      await comesTo[id]?.(section);
      // Curves are made as one comes near them.
      await section.evaluate((element) => element.scrollIntoView({ block: "end" }));
      await page.waitForTimeout(SETTLES);
      await section.evaluate((element) => element.scrollIntoView());
      await page.waitForTimeout(WHILE);
      // What is fixed to a phone's screen stands in the way of a picture that is taller.
      await keep(screen === phone ? page : section, `${id}${name}`);
    }
    await page.context().close();
  }
}
