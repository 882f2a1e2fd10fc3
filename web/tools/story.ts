import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode } from "fast-png";
import type { Browser } from "playwright-core";
import { Animation } from "../src/page/animation.js";

const screen = { width: 880, height: 600 };
/** Milliseconds of the page's clock from picture to picture, and of ours until its worker has answered. */
const [FRAME, ANSWER] = [100, 50];
/** How long the finished drawing stays before all begins again, ms. */
const REST = 1800;

type Point = readonly [x: number, y: number];
/** A house with its sun, in shares of the pad; and a hand that rubs its left half out. */
const house: readonly (readonly Point[])[] = [
  [
    [0.14, 0.86],
    [0.14, 0.5],
    [0.4, 0.26],
    [0.66, 0.5],
    [0.66, 0.86],
    [0.14, 0.86],
  ],
  [
    [0.33, 0.86],
    [0.33, 0.64],
    [0.47, 0.64],
    [0.47, 0.86],
  ],
  Array.from({ length: 13 }, (_, k): Point => {
    const angle = (2 * Math.PI * k) / 12;
    return [0.8 + 0.09 * Math.cos(angle), 0.2 + 0.09 * Math.sin(angle)];
  }),
];
const rub: readonly Point[] = Array.from({ length: 11 }, (_, k) => [
  k % 2 === 0 ? 0.04 : 0.42,
  0.16 + 0.075 * k,
]);

/** Records the first screen, drawn on and destroyed like a visitor would, as `story.gif` in the folder: the page's own pixels and times. */
export async function tell(browser: Browser, url: string, folder: string): Promise<void> {
  const context = await browser.newContext({ viewport: screen });
  const page = await context.newPage();
  // Its clock goes on by one picture when that is asked for, so that taking pictures slows nothing down.
  await page.clock.install({ time: 0 });
  await page.goto(url);
  await page.clock.pauseAt(60_000);
  const stage = page.locator("#draw");
  const pad = stage.locator("[role=application]");
  const phase = () => stage.locator("[data-phase]").getAttribute("data-phase");
  const button = (name: string) => stage.getByRole("button", { name, exact: true });

  // A headless browser shows no pointer.
  await page.evaluate(() => {
    const ring = document.createElement("div");
    ring.style.cssText =
      "position:fixed;width:22px;height:22px;margin:-11px;border:2px solid #fff;border-radius:50%;pointer-events:none;z-index:9";
    document.body.append(ring);
    addEventListener(
      "pointermove",
      ({ clientX, clientY }) => {
        ring.style.left = `${clientX}px`;
        ring.style.top = `${clientY}px`;
      },
      true,
    );
  });
  const animation = new Animation(FRAME);
  const passes = async () => {
    await page.clock.runFor(FRAME);
    await new Promise((resolve) => setTimeout(resolve, ANSWER));
  };
  const frame = async () => {
    await passes();
    const { width, height, data, channels } = decode(await page.screenshot());
    const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
    for (let k = 0; k < width * height; k++) {
      for (let c = 0; c < 3; c++) rgba[4 * k + c] = data[channels * k + c]!;
    }
    animation.add({ width, height, rgba });
  };
  const lasts = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += FRAME) await frame();
  };
  const until = async (wanted: string) => {
    for (let tries = 0; (await phase()) !== wanted; tries++) {
      if (tries > 100) throw new Error(`the page is still ${await phase()}, not ${wanted}`);
      await frame();
    }
  };
  const box = (await pad.boundingBox())!;
  const at = ([x, y]: Point) => [box.x + x * box.width, box.y + y * box.height] as const;
  /** Along a path, so far in each picture, in shares of the pad. */
  const drags = async (path: readonly Point[], far: number) => {
    await page.mouse.move(...at(path[0]!));
    await page.mouse.down();
    for (let k = 1; k < path.length; k++) {
      const [from, to] = [path[k - 1]!, path[k]!];
      const parts = Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / far);
      for (let part = 1; part <= parts; part++) {
        const share = part / parts;
        await page.mouse.move(
          ...at([from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]),
        );
        await frame();
      }
    }
    await page.mouse.up();
  };
  const presses = async (name: string) => {
    await button(name).hover();
    await frame();
    await button(name).click();
  };

  await passes();
  await button("Give me the pen").click();
  while ((await phase()) !== "drawing") await passes();
  await page.mouse.move(...at([0.5, 0.5]));
  for (let k = 0; k < 10; k++) await passes();
  await lasts(300);
  for (const stroke of house) await drags(stroke, 0.2);
  await presses("Let it look, once");
  await until("whole");
  await lasts(500);
  await drags(rub, 0.4);
  await until("healed");
  // At the roof, for what a neuron of ink remembers.
  await page.mouse.move(...at([0.4, 0.28]));
  await lasts(1200);
  await presses("Tear it");
  await until("healed");
  await lasts(REST);
  writeFileSync(join(folder, "story.gif"), animation.end());
  await context.close();
}
