import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { loadModel } from "../../src/lifetime/index.js";
import {
  coloursIn,
  desktop,
  difference,
  keep,
  phone,
  pixelsOf,
  section,
  servePage,
  until,
  type VisitOptions,
} from "./support.js";

const { visit: visitPage } = servePage();

async function visit(viewport: typeof desktop, options: VisitOptions = {}) {
  const visited = await visitPage(viewport, options);
  await visited.page.locator("#explore canvas").first().waitFor();
  const game = await section(visited.page, "name-it");
  await game.locator(".symbol").first().waitFor();
  await section(visited.page, "name-it");
  return { ...visited, game };
}

type Path = readonly (readonly [x: number, y: number])[];
const line = (...corners: Path): Path => corners;
const round = (x: number, y: number, radius: number): Path =>
  Array.from({ length: 17 }, (_, k) => {
    const angle = (2 * Math.PI * k) / 16 - Math.PI / 2;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });

/** Five symbols, stroke by stroke, in shares of the sheet; and each again, otherwise. */
const drawn: readonly (readonly Path[])[] = [
  [round(0.5, 0.5, 0.32)],
  [line([0.2, 0.2], [0.8, 0.8]), line([0.8, 0.2], [0.2, 0.8])],
  [line([0.25, 0.2], [0.25, 0.8], [0.8, 0.8])],
  [line([0.2, 0.75], [0.5, 0.2], [0.8, 0.75]), line([0.33, 0.55], [0.67, 0.55])],
  [line([0.2, 0.25], [0.8, 0.25]), line([0.5, 0.25], [0.5, 0.85])],
];
const again: readonly (readonly Path[])[] = [
  [round(0.45, 0.55, 0.24)],
  [line([0.3, 0.15], [0.75, 0.7]), line([0.85, 0.25], [0.2, 0.75])],
  [line([0.35, 0.15], [0.28, 0.7], [0.75, 0.74])],
  [line([0.25, 0.85], [0.55, 0.25], [0.75, 0.85]), line([0.35, 0.65], [0.7, 0.62])],
  [line([0.25, 0.2], [0.75, 0.26]), line([0.52, 0.25], [0.45, 0.75])],
];

async function draw(page: Page, sheet: Locator, strokes: readonly Path[]) {
  await sheet.scrollIntoViewIfNeeded();
  for (const stroke of strokes) {
    const box = (await sheet.boundingBox())!;
    const at = ([x, y]: readonly [number, number]) =>
      [box.x + x * box.width, box.y + y * box.height] as const;
    await page.mouse.move(...at(stroke[0]!));
    await page.mouse.down();
    for (const point of stroke.slice(1)) await page.mouse.move(...at(point), { steps: 4 });
    await page.mouse.up();
  }
}
const sheetOf = (game: Locator, symbol: number) => game.locator(".symbol .sheet > canvas").nth(symbol);
const question = (game: Locator) => game.locator(".question .sheet > canvas");
const named = async (game: Locator) => Number(await game.locator("[data-named]").getAttribute("data-named"));
/** Probabilities of the five: of the network, and without plasticity. */
async function shares(game: Locator): Promise<{ plastic: number[]; still: number[] }> {
  const all = await game
    .locator("[data-share]")
    .evaluateAll((found) => found.map((element) => Number((element as HTMLElement).dataset.share)));
  return { plastic: all.filter((_, k) => k % 2 === 0), still: all.filter((_, k) => k % 2 === 1) };
}

describe.each([
  ["a desktop", desktop],
  ["a phone", phone],
] as const)("on %s", (name, viewport) => {
  it("lives by itself: symbols are drawn again, and named better than without plasticity", async () => {
    const { errors, game } = await visit(viewport);
    await until(async () =>
      expect(Number(await game.locator("[data-asked]").getAttribute("data-asked"))).toBeGreaterThan(2),
    );
    const tally = game.locator(".tally b");
    const [plastic, still] = (await tally.allTextContents()).map(Number);
    expect(plastic).toBeGreaterThan(1);
    expect(plastic).toBeGreaterThan(still!);
    const box = (await game.locator(".board").boundingBox())!;
    expect(box.height).toBeLessThan(viewport.height);
    expect(coloursIn(await pixelsOf(sheetOf(game, 2)))).toBeGreaterThan(4);
    expect(errors).toEqual([]);
    await keep(game, `name-it-${name.replace("a ", "")}`);
  });

  it("names what somebody draws again, of five symbols that somebody drew; and thinks anew when one is redrawn", async () => {
    const { page, errors, game } = await visit(viewport);
    for (const [symbol, strokes] of drawn.entries()) await draw(page, sheetOf(game, symbol), strokes);
    let right = 0;
    for (const [symbol, strokes] of again.entries()) {
      const clear = game.getByRole("button", { name: "Clear the drawing" });
      if (await clear.isVisible()) await clear.click();
      await draw(page, question(game), strokes);
      await page.waitForTimeout(250);
      const { plastic, still } = await shares(game);
      expect(plastic.reduce((sum, share) => sum + share)).toBeCloseTo(1, 2);
      expect(Math.max(...still)).toBeLessThan(0.5);
      if ((await named(game)) === symbol) right++;
    }
    expect(right).toBeGreaterThanOrEqual(4);
    // What was asked last looks like symbol 5, until symbol 1 does so more.
    expect(await named(game)).toBe(4);
    const before = await shares(game);
    await game.getByRole("button", { name: "Clear symbol 5" }).click();
    await draw(page, sheetOf(game, 4), [round(0.5, 0.6, 0.2), line([0.5, 0.1], [0.5, 0.4])]);
    await game.getByRole("button", { name: "Clear symbol 1" }).click();
    await draw(page, sheetOf(game, 0), drawn[4]!);
    await until(async () => expect(await named(game)).toBe(0));
    expect((await shares(game)).plastic[0]).toBeGreaterThan(before.plastic[0]! + 0.3);
    expect(errors).toEqual([]);
    await keep(game, `name-it-drawn-${name.replace("a ", "")}`);
  });
});

it("is drawn on with a finger, and the page stays where it is", async () => {
  const { page, errors, game } = await visit(phone);
  const touch = await page.context().newCDPSession(page);
  const drawBy = async (sheet: Locator, strokes: readonly Path[]) => {
    await sheet.scrollIntoViewIfNeeded();
    const { x, y, width } = (await sheet.boundingBox())!;
    const send = (type: "touchStart" | "touchMove" | "touchEnd", points: Path) =>
      touch.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: points.map(([u, v]) => ({ x: x + u * width, y: y + v * width })),
      });
    for (const stroke of strokes) {
      await send("touchStart", stroke.slice(0, 1));
      for (const point of stroke.slice(1)) await send("touchMove", [point]);
      await send("touchEnd", []);
    }
  };
  await drawBy(sheetOf(game, 3), drawn[0]!);
  const scrolled = await page.evaluate(() => scrollY);
  await drawBy(question(game), again[0]!);
  expect(Math.abs((await page.evaluate(() => scrollY)) - scrolled)).toBeLessThan(250);
  await until(async () => expect(await named(game)).toBe(3));
  expect(errors).toEqual([]);
});

it("is an address: who opens it sees the same symbols and the same drawing, named the same", async () => {
  const first = await visit(desktop, { query: "?seed=4" });
  await draw(first.page, sheetOf(first.game, 1), drawn[3]!);
  await draw(first.page, question(first.game), again[3]!);
  await until(async () => expect(await named(first.game)).toBe(1));
  await until(() => expect(new URL(first.page.url()).searchParams.get("drawing")).not.toBeNull());
  const second = await visit(desktop, { query: new URL(first.page.url()).search, isolation: true });
  expect(await second.page.evaluate(() => crossOriginIsolated)).toBe(true);
  await until(async () => expect(await named(second.game)).toBe(1));
  for (const k of [1, 4]) {
    const [one, other] = [await pixelsOf(sheetOf(first.game, k)), await pixelsOf(sheetOf(second.game, k))];
    expect(difference(one, other, [0, one.height])).toBeLessThan(4);
  }
  await second.game.getByRole("button", { name: "Reset" }).click();
  await until(() => expect([...new URL(second.page.url()).searchParams.keys()]).toEqual(["seed"]));
  await until(async () =>
    expect(Number(await second.game.locator("[data-asked]").getAttribute("data-asked"))).toBeGreaterThan(0),
  );
});

it("is played by keys alone, and stands still for those who ask for it", async () => {
  const { page, game } = await visit(desktop, { reducedMotion: true });
  await until(async () => expect(await named(game)).toBeGreaterThanOrEqual(0));
  await page.waitForTimeout(500);
  const before = await pixelsOf(question(game));
  expect(coloursIn(before)).toBeGreaterThan(4);
  await page.waitForTimeout(4000);
  expect((await pixelsOf(question(game))).rgba).toEqual(before.rgba);

  await game.getByRole("button", { name: "Ask for symbol 2" }).focus();
  await page.keyboard.press("Enter");
  await until(async () => expect(await named(game)).toBe(1));
  const symbol = await pixelsOf(sheetOf(game, 1));
  await game.getByRole("button", { name: "New symbol 2" }).focus();
  await page.keyboard.press("Enter");
  await until(async () => expect((await pixelsOf(sheetOf(game, 1))).rgba).not.toEqual(symbol.rgba));
  await game.getByRole("button", { name: "Ask for symbol 2" }).focus();
  await page.keyboard.press("Space");
  await until(async () => expect(await named(game)).toBe(1));
});

it("can be taken along: a PNG, the network for Node, and code", async () => {
  const { page, errors, game } = await visit(desktop);
  await until(async () => expect(await named(game)).toBeGreaterThanOrEqual(0));
  const saved = async (name: string) => {
    const saving = page.waitForEvent("download");
    await game.getByRole("button", { name, exact: true }).click();
    const download = await saving;
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  };
  const png = await saved("PNG");
  expect([png.name, ...png.bytes.subarray(1, 4)]).toEqual(["hebbian-name-it.png", 0x50, 0x4e, 0x47]);
  mkdirSync(join(import.meta.dirname, "../../artefacts/web"), { recursive: true });
  writeFileSync(join(import.meta.dirname, "../../artefacts/web", png.name), png.bytes);
  const life = (await loadModel((await saved("Model")).bytes)).begin();
  const picture = new Float32Array(31 * 31).fill(1, 400, 500);
  life.step({ picture, label: [0, 0, 1, 0, 0] });
  const answer = life.step({ picture });
  expect(answer.indexOf(Math.max(...answer))).toBe(2);
  expect(errors).toEqual([]);
});
