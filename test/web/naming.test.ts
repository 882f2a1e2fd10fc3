import { readFileSync } from "node:fs";
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { loadModel } from "../../src/lifetime/index.js";
import {
  keep,
  mouseStroke,
  type Path,
  phone,
  section,
  servePage,
  underTheHood,
  until,
  type VisitOptions,
} from "./support.js";

const { visit: visitPage } = servePage();
const desktop = { width: 1440, height: 900 };
const tablet = { width: 820, height: 1180 };

async function visit(viewport: typeof desktop, options: VisitOptions = {}) {
  const visited = await visitPage(viewport, options);
  return { ...visited, game: await arrived(visited.page) };
}
async function arrived(page: Page): Promise<Locator> {
  const game = await section(page, "name-it");
  await game.locator("[role=application]").waitFor();
  await section(page, "name-it");
  return game;
}

const round = (x: number, y: number, radius: number): Path =>
  Array.from({ length: 17 }, (_, k) => {
    const angle = (2 * Math.PI * k) / 16 - Math.PI / 2;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });

/** What is taught, stroke by stroke, in shares of the sheet; and each again, otherwise. */
const drawn: Readonly<Record<string, readonly Path[]>> = {
  ring: [round(0.5, 0.5, 0.32)],
  kiss: [
    [
      [0.2, 0.2],
      [0.8, 0.8],
    ],
    [
      [0.8, 0.2],
      [0.2, 0.8],
    ],
  ],
};
const again: typeof drawn = {
  ring: [round(0.45, 0.55, 0.24)],
  kiss: [
    [
      [0.3, 0.15],
      [0.75, 0.7],
    ],
    [
      [0.85, 0.25],
      [0.2, 0.75],
    ],
  ],
};
/** Like nothing that it knows. */
const zigzag: readonly Path[] = [
  [
    [0.1, 0.8],
    [0.2, 0.2],
    [0.35, 0.8],
    [0.5, 0.2],
    [0.65, 0.8],
    [0.8, 0.2],
    [0.9, 0.8],
  ],
];
const sheetOf = (game: Locator) => game.locator("[role=application]");

type Draw = (strokes: readonly Path[]) => Promise<void>;
async function withMouse(page: Page, sheet: Locator, strokes: readonly Path[]) {
  for (const stroke of strokes) await mouseStroke(page, sheet, stroke, 2);
}
async function withFinger(page: Page, sheet: Locator, strokes: readonly Path[]) {
  const touch = await page.context().newCDPSession(page);
  await sheet.scrollIntoViewIfNeeded();
  for (const stroke of strokes) {
    const { x, y, width } = (await sheet.boundingBox())!;
    const send = (type: "touchStart" | "touchMove" | "touchEnd", points: Path) =>
      touch.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: points.map(([u, v]) => ({ x: x + u * width, y: y + v * width })),
      });
    await send("touchStart", stroke.slice(0, 1));
    for (const point of stroke.slice(1)) await send("touchMove", [point]);
    await send("touchEnd", []);
  }
}
/** From corner to corner by arrows, which go 0.05 of the sheet at a time, and begin in the middle. */
async function withKeys(page: Page, sheet: Locator, strokes: readonly Path[]) {
  await sheet.focus();
  let place: Path[number] = [0.5, 0.5];
  const go = async ([x, y]: Path[number]) => {
    const [across, down] = [Math.round((x - place[0]) / 0.05), Math.round((y - place[1]) / 0.05)];
    const most = Math.max(Math.abs(across), Math.abs(down));
    for (let k = 0; k < most; k++) {
      if (k < Math.abs(across)) await page.keyboard.press(across > 0 ? "ArrowRight" : "ArrowLeft");
      if (k < Math.abs(down)) await page.keyboard.press(down > 0 ? "ArrowDown" : "ArrowUp");
    }
    place = [place[0] + 0.05 * across, place[1] + 0.05 * down];
  };
  for (const stroke of strokes) {
    await go(stroke[0]!);
    await page.keyboard.press("Space");
    for (const point of stroke.slice(1)) await go(point);
    await page.keyboard.press("Space");
  }
}

const said = (game: Locator) => game.locator("[data-said]").getAttribute("data-said");
const says = (game: Locator, words: string | RegExp) =>
  until(async () => expect(await said(game)).toMatch(words));
const names = (game: Locator) =>
  game.locator("[data-name]").evaluateAll((all) => all.map((each) => (each as HTMLElement).dataset.name));
const button = (game: Locator, name: string | RegExp) => game.getByRole("button", { name });

async function teach(game: Locator, name: string, draw: () => Promise<void>) {
  await button(game, "Teach it a word").click();
  await draw();
  await game.getByLabel("What is it called?").fill(name);
  await button(game, "Remember it").click();
}

const ways = [
  ["a pointer, on a desktop", desktop, withMouse],
  ["a finger, on a phone", phone, withFinger],
] as const;

describe.each(ways)("with %s", (how, viewport, drawWith) => {
  it("it is taught two words by one drawing each, guesses aloud what is drawn again, and does not know what it never saw", async () => {
    const { page, errors, game } = await visit(viewport);
    const draw: Draw = (strokes) => drawWith(page, sheetOf(game), strokes);
    for (const name of await names(game)) await button(game, `Forget “${name}”`).click();
    await says(game, "I know nothing yet");
    for (const name of ["ring", "kiss"]) await teach(game, name, () => draw(drawn[name]!));
    expect(await names(game)).toEqual(["ring", "kiss"]);
    const scrolled = await page.evaluate(() => scrollY);
    for (const name of ["kiss", "ring"]) {
      await draw(again[name]!);
      await says(game, `“${name}”`);
      await until(async () => expect(await game.locator("[data-aloud]").textContent()).toContain(name));
      await button(game, "Clear").click();
    }
    // A finger that draws moves the pen, not the page.
    expect(Math.abs((await page.evaluate(() => scrollY)) - scrolled)).toBeLessThan(320);
    await draw(zigzag);
    await says(game, "I don’t know this one");
    await button(game, "Teach it this one").click();
    await game.getByLabel("What is it called?").fill("teeth");
    await button(game, "Remember it").click();
    await draw(zigzag);
    await says(game, "“teeth”!");
    expect(errors).toEqual([]);
    await keep(game, `name-it-${how.replace(/.* a /, "")}`);
  });
});

it("is taught and asked by keys alone, on a tablet: with arrows, or by letting the page draw", async () => {
  const { page, errors, game } = await visit(tablet, { reducedMotion: true });
  const press = async (name: string | RegExp) => {
    await button(game, name).focus();
    await page.keyboard.press("Enter");
  };
  await press("Teach it a word");
  // The name is asked for first, and Enter answers that there is no drawing yet.
  await page.keyboard.type("kiss");
  await page.keyboard.press("Enter");
  await game.getByText("Draw something first.").waitFor();
  await withKeys(page, sheetOf(game), drawn.kiss!);
  await press("Remember it");
  expect(await names(game)).toContain("kiss");
  // Whoever came by keys is on the sheet again, and draws.
  await until(async () =>
    expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("application"),
  );
  await withKeys(page, sheetOf(game), again.kiss!);
  await says(game, "“kiss”");
  await press("Clear");
  await press("Let the page draw “house” again");
  await says(game, "“house”");
  await press("Teach it a word");
  await press("Draw something for me");
  await game.getByLabel("What is it called?").focus();
  await page.keyboard.type("thing");
  await page.keyboard.press("Enter");
  expect(await names(game)).toContain("thing");
  expect(errors).toEqual([]);
});

it("refuses an empty sheet, a dot, no name, and a name that it has, and says why", async () => {
  const { page, game } = await visit(desktop);
  await button(game, "Teach it a word").click();
  const refused = (why: string | RegExp) => game.getByRole("alert").filter({ hasText: why }).waitFor();
  const remember = () => button(game, "Remember it").click();
  await remember();
  await refused("Draw something first.");
  await withMouse(page, sheetOf(game), [[[0.5, 0.5]]]);
  await remember();
  await refused(/hardly more than a dot/);
  await withMouse(page, sheetOf(game), drawn.kiss!);
  await remember();
  await refused("Type a name.");
  await game.getByLabel("What is it called?").fill("House");
  await remember();
  await refused(/knows “House” already/);
  await button(game, "Cancel").click();
  await withMouse(page, sheetOf(game), [[[0.5, 0.5]]]);
  await says(game, /hardly more than a dot/);
  expect(await game.locator("[data-named=true]").count()).toBe(0);
});

it("plays by itself until somebody draws, and stands still for those who ask for it", async () => {
  const { page, game } = await visit(desktop);
  await until(async () => expect(await game.locator("[data-named=true]").count()).toBe(1));
  await withMouse(page, sheetOf(game), drawn.ring!);
  await page.waitForTimeout(300);
  expect(await sheetOf(game).locator("[data-strokes]").getAttribute("data-strokes")).toBe("1");

  const still = await visit(desktop, { reducedMotion: true });
  await until(async () => expect(await still.game.locator("[data-named=true]").count()).toBe(1));
  const paths = () => sheetOf(still.game).locator("svg").innerHTML();
  const before = await paths();
  await still.page.waitForTimeout(4000);
  expect(await paths()).toBe(before);
});

it("sends what it knows to a friend, who draws and is guessed; what the friend has kept stays the friend's", async () => {
  const mine = await visit(desktop);
  await teach(mine.game, "un bisou", () => withMouse(mine.page, sheetOf(mine.game), drawn.kiss!));
  await button(mine.game, "Send it to a friend").click();
  await mine.game.getByText("The link is copied").waitFor();
  const link = new URL(await mine.page.evaluate(() => navigator.clipboard.readText()));

  const friend = await visit(phone);
  await teach(friend.game, "ring", () => withFinger(friend.page, sheetOf(friend.game), drawn.ring!));
  await friend.game.getByText("Kept on this device").waitFor();
  await friend.page.goto(`${new URL(friend.page.url()).origin}/${link.search}${link.hash}`);
  const game = await arrived(friend.page);
  await game.getByText("Somebody taught it “heart”, “house”, “fish” and “un bisou”").waitFor();
  await withFinger(friend.page, sheetOf(game), again.kiss!);
  await says(game, "“un bisou”");
  expect(friend.errors).toEqual([]);

  await friend.page.goto(new URL(friend.page.url()).origin);
  const own = await arrived(friend.page);
  await until(async () => expect(await names(own)).toContain("ring"));
  expect(await names(own)).not.toContain("un bisou");
});

it("still knows tomorrow what it was taught, from what the device has kept; and forgets it when it is told to", async () => {
  const { page, errors, game } = await visit(desktop);
  for (const name of await names(game)) await button(game, `Forget “${name}”`).click();
  for (const name of ["ring", "kiss"])
    await teach(game, name, () => withMouse(page, sheetOf(game), drawn[name]!));
  await game.getByText("Kept on this device").waitFor();
  await withMouse(page, sheetOf(game), again.kiss!);
  await says(game, "“kiss”");
  // Of all of the drawing, not of what was there a moment ago.
  await game.locator("[data-looked=true]").waitFor();
  const shares = () =>
    game.locator(".bar span").evaluateAll((all) => all.map((bar) => (bar as HTMLElement).style.width));
  const before = await shares();

  await page.clock.install({ time: Date.now() + 86_400_000 });
  await page.reload();
  const tomorrow = await arrived(page);
  await tomorrow.getByText("You taught it yesterday.").waitFor();
  expect(await names(tomorrow)).toEqual(["ring", "kiss"]);
  await withMouse(page, sheetOf(tomorrow), again.kiss!);
  await says(tomorrow, "“kiss”");
  await tomorrow.locator("[data-looked=true]").waitFor();
  expect(await shares()).toEqual(before);

  await button(tomorrow, "Begin anew").click();
  await tomorrow.getByText("It has forgotten them").waitFor();
  await page.reload();
  expect(await names(await arrived(page))).toEqual(["heart", "house", "fish"]);
  expect(errors).toEqual([]);
});

it("says in words that a browser keeps nothing, and goes on", async () => {
  const { page } = await visitPage(desktop);
  await page.addInitScript(() => Object.defineProperty(window, "indexedDB", { get: () => undefined }));
  await page.reload();
  const game = await arrived(page);
  await teach(game, "kiss", () => withMouse(page, sheetOf(game), drawn.kiss!));
  await game.getByText("This browser lets the page keep nothing").waitFor();
  await withMouse(page, sheetOf(game), again.kiss!);
  await says(game, "“kiss”");
});

it("can be taken along: a PNG, and the network for Node", async () => {
  const { page, errors, game } = await visit(desktop);
  await underTheHood(game);
  const saved = async (name: string) => {
    const saving = page.waitForEvent("download");
    await game.getByRole("button", { name, exact: true }).click();
    const download = await saving;
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  };
  const png = await saved("PNG");
  expect([png.name, ...png.bytes.subarray(1, 4)]).toEqual(["hebbian-name-it.png", 0x50, 0x4e, 0x47]);
  const life = (await loadModel((await saved("Model")).bytes)).begin();
  const picture = new Float32Array(31 * 31).fill(1, 400, 500);
  life.step({ picture, label: [0, 0, 1, 0, 0] });
  const answer = life.step({ picture });
  expect(answer.indexOf(Math.max(...answer))).toBe(2);
  expect(errors).toEqual([]);
});
