import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import {
  desktop,
  keep,
  mouseStroke,
  onScreen,
  type Path,
  phone,
  section,
  servePage,
  until,
  type VisitOptions,
} from "./support.js";

const { visit: visitPage } = servePage();

async function visit(viewport: typeof desktop, options: VisitOptions = {}) {
  const visited = await visitPage(viewport, options);
  const play = await section(visited.page, "gestures");
  await play.locator("[role=application]").waitFor();
  await section(visited.page, "gestures");
  return { ...visited, play };
}

const down: Path = [
  [0.5, 0.15],
  [0.5, 0.85],
];
const up = down.toReversed();
const right: Path = [
  [0.15, 0.5],
  [0.85, 0.5],
];
const left = right.toReversed();
const round: Path = Array.from({ length: 17 }, (_, k) => {
  const angle = (2 * Math.PI * k) / 16 - Math.PI / 2;
  return [0.5 + 0.3 * Math.cos(angle), 0.5 + 0.3 * Math.sin(angle)];
});
const vee: Path = [
  [0.2, 0.2],
  [0.5, 0.8],
  [0.8, 0.2],
];

type Draw = (page: Page, pad: Locator, stroke: Path) => Promise<void>;
const withMouse: Draw = (page, pad, stroke) => mouseStroke(page, pad, stroke, 6);
const withFinger: Draw = async (page, pad, stroke) => {
  const touch = await page.context().newCDPSession(page);
  const [first, ...rest] = await onScreen(pad, stroke);
  const send = (type: "touchStart" | "touchMove" | "touchEnd", points: Path) =>
    touch.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y]) => ({ x, y })) });
  await send("touchStart", [first!]);
  for (const point of rest) await send("touchMove", [point]);
  await send("touchEnd", []);
};

const floating = (page: Page) => page.getByRole("complementary", { name: "The switch" });
const padOf = (place: Locator) => place.locator("[role=application]");
const says = (place: Locator, words: RegExp) =>
  place.getByRole("status").filter({ hasText: words }).first().waitFor();
/** The section that is at the top of the screen. */
const topmost = (page: Page) =>
  page.evaluate(() => {
    const all = [...document.querySelectorAll("main section")];
    return all.findLast((each) => each.getBoundingClientRect().top <= innerHeight / 3)!.id;
  });

describe.each([
  ["a pointer, on a desktop", desktop, withMouse],
  ["a finger, on a phone", phone, withFinger],
] as const)("with %s", (how, viewport, draw) => {
  it("gestures scroll, go from section to section and play, after one example of each; what is none does nothing", async () => {
    const { page, errors, play } = await visit(viewport, { reducedMotion: true });
    // One's own gesture for one of them: a V.
    await play.getByRole("button", { name: "Change the gesture for “Next section”" }).click();
    await draw(page, padOf(play), vee);
    await draw(page, padOf(play), vee);
    await says(play, /^Next section\.$/);
    await play.getByRole("button", { name: "Switch it on" }).click();
    const pad = padOf(floating(page));
    await pad.waitFor();

    const from = await page.evaluate(() => scrollY);
    await draw(page, pad, up);
    await until(async () => expect(await page.evaluate(() => scrollY)).toBeLessThan(from - 200));
    await draw(page, pad, down);
    await until(async () => expect(Math.abs((await page.evaluate(() => scrollY)) - from)).toBeLessThan(80));
    const before = await topmost(page);
    await draw(page, pad, left);
    await until(async () => expect(await topmost(page)).not.toBe(before));
    await draw(page, pad, vee);
    await until(async () => expect(await topmost(page)).toBe(before));
    // Neither a dot nor what no gesture looks like moves anything.
    const rests = await page.evaluate(() => scrollY);
    await draw(page, pad, [
      [0.5, 0.5],
      [0.52, 0.5],
    ]);
    await says(floating(page), /too short/);
    expect(await page.evaluate(() => scrollY)).toBe(rests);

    await page.evaluate(() => scrollTo(0, 0));
    await page.locator("#draw").getByRole("button", { name: "Give me the pen" }).waitFor();
    await draw(page, pad, round);
    await page.locator("#draw").getByRole("button", { name: "Show me how" }).waitFor();
    expect(errors).toEqual([]);
    await section(page, "gestures");
    await keep(page, `gestures-${how.replace(/.* a /, "")}`);
    await floating(page).getByRole("button", { name: "Switch it off" }).click();
    expect(await floating(page).count()).toBe(0);
  });
});

it("a pointer without a button draws by moving and ends by resting; what was shown is kept for the next visit", async () => {
  const { page, errors, play } = await visit(desktop);
  await play.getByLabel(/My pointer has no button/).check();
  await play.getByRole("button", { name: "Change the gesture for “Scroll up”" }).click();
  const hover = async (stroke: Path) => {
    const [first, ...rest] = await onScreen(padOf(play), stroke);
    await page.mouse.move(...first!);
    for (const point of rest) await page.mouse.move(...point, { steps: 6 });
  };
  await hover(vee);
  await says(play, /Draw a gesture/);
  // To rest where one is, and then to draw anew, is a new stroke.
  await page.mouse.move(2, 2);
  await hover(vee);
  await says(play, /^Scroll up\.$/);
  await page.reload();
  const back = await section(page, "gestures");
  await back.locator("[role=application]").waitFor();
  await withMouse(page, padOf(back), vee);
  await says(back, /^Scroll up\.$/);
  expect(errors).toEqual([]);
});

it("is used by keys alone", async () => {
  const { page, play } = await visit(desktop);
  await padOf(play).focus();
  for (let k = 0; k < 6; k++) await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Space");
  for (let k = 0; k < 12; k++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await says(play, /^Scroll down\.$/);
});
