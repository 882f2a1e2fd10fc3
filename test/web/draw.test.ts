import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { drawingFromCode } from "../../web/src/page/draw/drawingCode.js";
import { desktop, keep, mouseStroke, onScreen, type Path, phone, servePage, until } from "./support.js";

const { visit } = servePage();
const tablet = { width: 820, height: 1180 };

const stageOf = (page: Page) => page.locator("#draw");
const phase = (page: Page) => stageOf(page).locator("[data-phase]").getAttribute("data-phase");
const reaches = (page: Page, wanted: string) =>
  until(async () => expect(await phase(page)).toBe(wanted), 60_000);
const stillOf = (page: Page) => stageOf(page).locator(".still canvas");

const screens = [
  ["a desktop", desktop],
  ["a phone", phone],
] as const;

/** Run in the page before all else: writes down each phase of the story as it comes. */
const watchesPhases = () => {
  const phases: string[] = [];
  Object.assign(globalThis, { phases });
  new MutationObserver(() => {
    const phase = document.querySelector("#draw [data-phase]")?.getAttribute("data-phase");
    if (phase && phases.at(-1) !== phase) phases.push(phase);
  }).observe(document, { subtree: true, childList: true, attributes: true });
};

describe.each(screens)("the first screen, on %s", (name, viewport) => {
  it("tells its story by itself: drawn, looked at once, half gone, and back", async () => {
    const { page, errors } = await visit(viewport, { before: watchesPhases });
    await reaches(page, "healed");
    // However fast the first story is told, it has all of its parts; the network may have been waited for.
    const phases = await page.evaluate(() => (globalThis as unknown as { phases: string[] }).phases);
    expect(phases.filter((phase) => phase !== "waking").slice(0, 6)).toEqual([
      "drawing",
      "looking",
      "whole",
      "damaged",
      "healing",
      "healed",
    ]);
    const whole = await stageOf(page).locator("[data-wrong]").getAttribute("data-wrong");
    expect(Number(whole)).toBeLessThan(0.01);
    expect(Number(await stageOf(page).locator("[data-still]").getAttribute("data-still"))).toBeGreaterThan(
      0.05,
    );
    // All of the story is on the first screen.
    const box = (await stillOf(page).boundingBox())!;
    expect(box.y + box.height).toBeLessThan(viewport.height);
    expect(errors).toEqual([]);
    await keep(page, `draw-${name.replace("a ", "")}`);
  });
});

it("asks for nothing but the first screen before that has told its story, then for all the rest", async () => {
  const { page, errors } = await visit(desktop);
  await reaches(page, "healed");
  await page.locator("#look-inside").waitFor();
  const [alive, asked] = await page.evaluate(
    () =>
      [
        performance.getEntriesByName("alive")[0]!.startTime,
        performance.getEntriesByType("resource").map(({ startTime }) => startTime),
      ] as const,
  );
  // Three scripts, their styles, a font, an icon; the network, and who computes it.
  expect(asked.filter((startTime) => startTime < alive).length).toBeLessThan(10);
  expect(errors).toEqual([]);
});

type Draw = (page: Page, pad: Locator, strokes: readonly Path[]) => Promise<void>;
const house: readonly Path[] = [
  [
    [0.2, 0.8],
    [0.2, 0.4],
    [0.5, 0.15],
    [0.8, 0.4],
    [0.8, 0.8],
    [0.2, 0.8],
  ],
  [
    [0.45, 0.8],
    [0.45, 0.6],
    [0.6, 0.6],
    [0.6, 0.8],
  ],
];
/** The eraser goes over the left half, line by line. */
const rub: readonly Path[] = [
  Array.from({ length: 10 }, (_, k) => [k % 2 === 0 ? 0.05 : 0.4, 0.1 + 0.085 * k] as const),
];

const withMouse: Draw = async (page, pad, strokes) => {
  for (const stroke of strokes) await mouseStroke(page, pad, stroke, 3);
};
const withFinger: Draw = async (page, pad, strokes) => {
  const touch = await page.context().newCDPSession(page);
  const send = (type: "touchStart" | "touchMove" | "touchEnd", points: Path) =>
    touch.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y]) => ({ x, y })) });
  for (const stroke of strokes) {
    const [first, ...rest] = await onScreen(pad, stroke);
    await send("touchStart", [first!]);
    for (const point of rest) await send("touchMove", [point]);
    await send("touchEnd", []);
  }
};
/** Arrows go one of 29 pixels at a time, from where they are. */
const withKeys: Draw = async (page, pad, strokes) => {
  await pad.focus();
  let place: Path[number] = [14.5, 14.5];
  const go = async ([x, y]: Path[number]) => {
    const [across, down] = [Math.round(29 * x - place[0]), Math.round(29 * y - place[1])];
    const most = Math.max(Math.abs(across), Math.abs(down));
    for (let k = 1; k <= most; k++) {
      const turn = (by: number) => Math.round((by * k) / most) !== Math.round((by * (k - 1)) / most);
      if (turn(across)) await page.keyboard.press(across > 0 ? "ArrowRight" : "ArrowLeft");
      if (turn(down)) await page.keyboard.press(down > 0 ? "ArrowDown" : "ArrowUp");
    }
    place = [place[0] + across, place[1] + down];
  };
  for (const stroke of strokes) {
    await go(stroke[0]!);
    await page.keyboard.press("Space");
    for (const point of stroke.slice(1)) await go(point);
    await page.keyboard.press("Space");
  }
};

describe.each([
  ["a pointer, on a desktop", desktop, withMouse],
  ["a finger, on a phone", phone, withFinger],
  ["keys alone, on a tablet", tablet, withKeys],
] as const)("with %s", (how, viewport, draw) => {
  it("a visitor draws, lets it look, smashes the drawing in every way, and gets it back with under 1 % of pixels wrong", async () => {
    const { page, errors } = await visit(viewport, { reducedMotion: true });
    const stage = stageOf(page);
    const pad = stage.locator("[role=application]");
    const press = (name: string) => stage.getByRole("button", { name, exact: true }).press("Enter");
    const wrong = async () => {
      await reaches(page, "healed");
      return Number(await stage.locator("[data-wrong]").getAttribute("data-wrong"));
    };
    // The page has told its story once; then the pen is the visitor's.
    await reaches(page, "healed");
    await press("Give me the pen");
    await reaches(page, "drawing");
    await draw(page, pad, house);
    await press("Let it look, once");
    await reaches(page, "whole");
    // What it saw is what was drawn, as the address that can be sent has it.
    const code = await until(() => {
      const drawn = new URL(page.url()).searchParams.get("drawn");
      expect(drawn).not.toBeNull();
      return drawn!;
    });
    const ink = drawingFromCode(code)!.reduce((sum, pixel) => sum + pixel, 0);
    expect(ink).toBeGreaterThan(100);

    // Damage that heals at once is seen in the other network, which stays without.
    for (const name of ["Rub out half", "Tear it", "Spoil it"]) {
      await press(name);
      expect(await wrong(), name).toBeLessThan(0.01);
      expect(Number(await stage.locator("[data-still]").getAttribute("data-still")), name).toBeGreaterThan(
        0.02,
      );
    }
    await draw(page, pad, rub);
    expect(await wrong(), "by hand").toBeLessThan(0.01);
    expect(errors).toEqual([]);
    await keep(page, `draw-own-${how.replace(/.* a /, "")}`);
  });
});
