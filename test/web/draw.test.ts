import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { random } from "../../src/tasks/index.js";
import { randomDrawing } from "../../web/src/drawings/shapes.js";
import { codeOf } from "../../web/src/page/draw/drawingCode.js";
import { desktop, keep, phone, pixelsOf, servePage, until } from "./support.js";

const { visit } = servePage();
const SIDE = 29;
const PIXELS = SIDE * SIDE;

const stageOf = (page: Page) => page.locator("#draw");
const phase = (page: Page) => stageOf(page).locator("[data-phase]").getAttribute("data-phase");
const reaches = (page: Page, wanted: string) =>
  until(async () => expect(await phase(page)).toBe(wanted), 60_000);
const padOf = (page: Page) => stageOf(page).locator(".pad canvas");
const stillOf = (page: Page) => stageOf(page).locator(".still canvas");

/** What a square of lights shows, as ink and paper: by the middle of each light, in a moment when none is on its way. */
async function inkOn(canvas: Locator, lit = 100): Promise<number[]> {
  const { width, rgba } = await pixelsOf(canvas);
  const cell = width / SIDE;
  return Array.from({ length: PIXELS }, (_, k) => {
    const [x, y] = [Math.floor(((k % SIDE) + 0.5) * cell), Math.floor((Math.floor(k / SIDE) + 0.5) * cell)];
    return rgba[4 * (y * width + x)]! > lit ? 1 : 0;
  });
}
const wrong = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, ink, k) => sum + Number(ink !== b[k]), 0) / PIXELS;

/** Draws across the pad, in shares of its side, with a pointer that is put down and lifted once. */
async function stroke(page: Page, points: readonly (readonly [number, number])[]) {
  const box = (await padOf(page).boundingBox())!;
  const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(points[0]!));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 3 });
  await page.mouse.up();
}

const screens = [
  ["a desktop", desktop],
  ["a phone", phone],
] as const;

describe.each(screens)("the first screen, on %s", (name, viewport) => {
  it("tells its story by itself: drawn, looked at once, half gone, and back", async () => {
    const { page, errors } = await visit(viewport);
    await reaches(page, "healed");
    const whole = await stageOf(page).locator("[data-wrong]").getAttribute("data-wrong");
    expect(Number(whole)).toBeLessThan(0.01);
    expect(Number(await stageOf(page).locator("[data-still]").getAttribute("data-still"))).toBeGreaterThan(
      0.05,
    );
    // All of the story is on the first screen.
    const box = (await stillOf(page).boundingBox())!;
    expect(box.y + box.height).toBeLessThan(viewport.height);
    const asked = await page.evaluate(() => performance.getEntriesByType("resource").length);
    expect(asked).toBeLessThan(12);
    expect(errors).toEqual([]);
    await keep(page, `draw-${name.replace("a ", "")}`);
  });

  it("remembers what a visitor drew: rubbed out and spoilt, it heals, and without plasticity it does not", async () => {
    const { page, errors } = await visit(viewport);
    await stageOf(page).getByRole("button", { name: "Give me the pen" }).click();
    await reaches(page, "drawing");
    await stroke(page, [
      [0.2, 0.8],
      [0.5, 0.15],
      [0.8, 0.8],
    ]);
    await stroke(page, [
      [0.3, 0.55],
      [0.7, 0.55],
    ]);
    await stageOf(page).getByRole("button", { name: "Let it look" }).click();
    await reaches(page, "whole");
    await page.waitForTimeout(1000);
    const drawing = await inkOn(padOf(page));
    expect(drawing.reduce((sum, ink) => sum + ink, 0)).toBeGreaterThan(60);
    // The memory is that drawing, as light.
    expect(wrong(await inkOn(stageOf(page).locator(".memory canvas"), 60), drawing)).toBeLessThan(0.12);

    await stroke(page, [
      [0.1, 0.7],
      [0.9, 0.7],
      [0.9, 0.85],
      [0.1, 0.85],
    ]);
    expect(wrong(await inkOn(padOf(page)), drawing)).toBeGreaterThan(0.02);
    const damages = viewport === phone ? [null] : [null, "Spoil it"];
    for (const damage of damages) {
      if (damage) await stageOf(page).getByRole("button", { name: damage }).click();
      await reaches(page, "healed");
      await until(async () => expect(wrong(await inkOn(padOf(page)), drawing)).toBeLessThan(0.01));
      expect(wrong(await inkOn(stillOf(page)), drawing)).toBeGreaterThan(0.03);
    }
    expect(errors).toEqual([]);
  });
});

describe("the first screen", () => {
  it("is drawn on by keys alone", async () => {
    const { page } = await visit(desktop);
    await stageOf(page).getByRole("button", { name: "Give me the pen" }).focus();
    await page.keyboard.press("Enter");
    await reaches(page, "drawing");
    await stageOf(page).locator(".pad").focus();
    await page.keyboard.press("Space");
    for (let k = 0; k < 9; k++) await page.keyboard.press("ArrowRight");
    for (let k = 0; k < 9; k++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await until(async () =>
      expect((await inkOn(padOf(page))).filter((ink) => ink === 1).length).toBeGreaterThan(40),
    );
    const look = stageOf(page).getByRole("button", { name: "Let it look" });
    await look.focus();
    await page.keyboard.press("Enter");
    await reaches(page, "whole");
    await stageOf(page).getByRole("button", { name: "Rub out half" }).focus();
    await page.keyboard.press("Enter");
    await reaches(page, "healed");
    expect(Number(await stageOf(page).locator("[data-wrong]").getAttribute("data-wrong"))).toBeLessThan(0.01);
  });

  it("shows what a friend drew, whose link one opens", async () => {
    const drawing = randomDrawing(random(5, "friend", 0));
    const { page } = await visit(desktop, { query: `?drawn=${codeOf(drawing)}` });
    await reaches(page, "healed");
    await until(async () => expect(wrong(await inkOn(padOf(page)), [...drawing])).toBeLessThan(0.01));
  });

  it("can be paused, and stands still for those who ask for it", async () => {
    const { page } = await visit(desktop, { reducedMotion: true });
    await reaches(page, "healed");
    await page.waitForTimeout(500);
    const before = await pixelsOf(padOf(page));
    await page.waitForTimeout(5000);
    expect((await pixelsOf(padOf(page))).rgba).toEqual(before.rgba);
  });
});
