import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { gesturesCode } from "../../web/src/page/gestures/code.js";
import { usualGestures } from "../../web/src/page/gestures/gesture.js";
import { nameItCode } from "../../web/src/page/name-it/code.js";
import { exploreCode } from "../../web/src/sections/explore/code.js";
import { insideCode } from "../../web/src/sections/look-inside/code.js";
import { rememberCode } from "../../web/src/sections/remember/code.js";
import { ruleCode } from "../../web/src/sections/your-own-rule/code.js";
import { symbol } from "../../web/src/worker/symbols.js";
import { startChromium } from "../browser/chromium.js";
import { serve } from "../browser/serve.js";

/** What "Copy as code" copies on the page runs as it stands, in a fresh folder with the packed packages and nothing else. */
const { folder } = inject("installed");

const typed = {
  weight: "w + alpha * H",
  H: "clip(H + eta * pre * post - 0.001 * theta, -1, 1)",
  more: "theta per post <- 0.9 * theta + 0.1 * post",
  etaStart: 0.01,
  seed: 15,
};
const named = [symbol(1, 7), symbol(1, 3)].map((drawing, k) => ({ name: ["mum", "coffee"][k]!, drawing }));
const programs: readonly (readonly [name: string, code: string, says: RegExp])[] = [
  [
    "remember",
    rememberCode({ presentations: 1, delay: 2 }),
    /^mean squared error of the restored picture: 0\.\d{4}\n$/,
  ],
  ["explore", exploreCode({ seed: 15 }), /^found it \d+ times in 200 steps\n$/],
  ["look-inside", insideCode({ pre: 3, post: 528 }), /^1025 x 1025 connections/],
  ["name-it", nameItCode(named, named[1]!.drawing), /^(coffee|I don't know)\n$/],
  [
    "your-own-rule",
    ruleCode(typed).replace("episodes: 2000", "episodes: 200"),
    /^100 lives: [\d.]+ % wrong\n200 lives: [\d.]+ % wrong\n$/,
  ],
];

/** A new folder within the project that the packages are installed in. */
function fresh(name: string): string {
  const at = join(folder, "copied", name);
  mkdirSync(at, { recursive: true });
  return at;
}

it.each(programs)("the program copied from %s runs as it stands", (name, code, says) => {
  const at = fresh(name);
  writeFileSync(join(at, "copied.mjs"), code);
  const said = execFileSync(process.execPath, ["copied.mjs"], {
    cwd: at,
    encoding: "utf8",
    timeout: 240_000,
  });
  expect(said.replaceAll("%", " %").replace(/ +%/g, " %")).toMatch(says);
});

it("the page copied from gestures runs as it stands: each gesture, drawn again elsewhere, does its own", async () => {
  // Beside node_modules, where whoever copies it is told to put it.
  writeFileSync(join(folder, "index.html"), gesturesCode(usualGestures));
  const server = await serve(folder, false);
  const browser = await startChromium();
  try {
    const page = await browser.chromium.newPage();
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    await page.goto(server.url);
    const pad = page.locator("svg[data-ready]");
    await pad.waitFor({ timeout: 60_000 });
    const box = (await pad.boundingBox())!;
    const draw = async (gesture: number) => {
      const points = usualGestures[gesture]!.map(
        ([x, y]) => [box.x + (0.06 + 0.8 * x) * box.width, box.y + (0.1 + 0.8 * y) * box.height] as const,
      );
      await page.mouse.move(...points[0]!);
      await page.mouse.down();
      for (const point of points.slice(1)) await page.mouse.move(...point, { steps: 2 });
      await page.mouse.up();
    };
    const state = () => page.evaluate(() => [scrollY, Number(document.body.classList.contains("dark"))]);
    const bottom = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
    for (const [gesture, comes] of [
      [0, [400, 0]],
      [0, [800, 0]],
      [1, [400, 0]],
      [2, [bottom, 0]],
      [3, [0, 0]],
      [4, [0, 1]],
    ] as const) {
      await draw(gesture);
      expect(await state(), `gesture ${gesture}`).toEqual(comes);
    }
    expect(errors).toEqual([]);
  } finally {
    await browser.stop();
    server.stop();
  }
});
